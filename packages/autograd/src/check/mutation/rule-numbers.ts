import { normal, RandomKey } from '@reparam/tensor';
import type { Rules } from '../../operation.ts';
import { noGrad, type TapeNode } from '../../tape.ts';
import { Variable } from '../../variable.ts';

/** The numbers of the inputs that can have a cotangent. */
export function floatingInputs(nodes: readonly TapeNode[]): number[] {
  return [
    ...new Set(nodes.flatMap(({ inputs }) => inputs.flatMap((x, i) => (x.dtype === 'int32' ? [] : [i])))),
  ].sort((a, b) => a - b);
}

/**
 * What a rule makes of random cotangents and tangents, these one by one and together, wherever it is used; 0 stands
 * for all zeros. Inputs that no check ever differentiates by are included, so that nobody takes a mutant for
 * harmless that was only never asked.
 */
export function ruleNumbers(rules: Rules<unknown>, nodes: readonly TapeNode[]): number[] {
  const checked = new Set(
    nodes.flatMap(({ inputs }) => inputs.flatMap(({ tracked }, i) => (tracked ? [i] : []))),
  );
  return nodes.flatMap((node) => {
    const asked = floatingInputs([node]).filter((i) => node.inputs[i]!.tracked || !checked.has(i));
    return asked.flatMap((i) => pulledTo(rules, node, i)).concat(pushedFrom(rules, node, asked));
  });
}

/** Why a mutant of one input's rule may change nothing: there is nothing to change. */
export function noDerivativeBy(
  rules: Rules<unknown>,
  nodes: readonly TapeNode[],
  input: number,
): string | undefined {
  const numbers = nodes.flatMap((node) => [
    ...pulledTo(rules, node, input),
    ...pushedFrom(rules, node, [input]),
  ]);
  return numbers.every((value) => value === 0) ? 'there is no derivative by that input' : undefined;
}

function random(x: Variable): Variable {
  return new Variable(normal(RandomKey.fromSeed(1), x.shape, { dtype: 'float64' }));
}

function pulledTo(rules: Rules<unknown>, node: TapeNode, input: number): number[] {
  if (input >= node.inputs.length) return [];
  return noGrad(() => valuesOf(rules.vjp(input, random(node.output), node)));
}

/** Along all of these inputs together, then along each alone. */
function pushedFrom(rules: Rules<unknown>, node: TapeNode, inputs: readonly number[]): number[] {
  return [inputs, ...inputs.map((input) => [input])].flatMap((moving) =>
    noGrad(() =>
      valuesOf(
        rules.jvp(
          node.inputs.map((x, i) => (moving.includes(i) ? random(x) : undefined)),
          node,
        ),
      ),
    ),
  );
}

function valuesOf(result: Variable | undefined): number[] {
  const values = result ? [...result.value.toTypedArray()] : [];
  return values.some((value) => value !== 0) ? values : [0];
}
