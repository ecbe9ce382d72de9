import { stack, sum, type Variable } from '@reparam/autograd';
import { ArgumentError } from '@reparam/tensor';

/** Latents that share their free bits, by number. */
export type Groups = readonly (readonly number[])[];

/** @throws ArgumentError unless every latent 0 … latents − 1 is in exactly one group. */
export function requireGroups(operation: string, groups: Groups, latents: number): void {
  const members = groups.flat().toSorted((a, b) => a - b);
  const complete = members.length === latents && members.every((latent, i) => latent === i);
  if (complete && groups.every(({ length }) => length > 0)) return;
  throw new ArgumentError(
    operation,
    'groups',
    groups,
    `groups are ${JSON.stringify(groups)}; each of the latents 0 … ${latents - 1} must be in exactly one of them, and ` +
      'none may be empty.',
  );
}

/** The KL of every group: [latents] → [groups]. */
export function sumGroups(klPerLatent: Variable, groups: Groups): Variable {
  return stack(groups.map((latents) => sum(klPerLatent.take([...latents]))));
}
