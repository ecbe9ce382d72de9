import { z } from 'zod';
import { UserError } from '../files/user-error.ts';

const finite = z.number();
const count = z.number().int().nonnegative();

const summarySchema = z.strictObject({
  /** Nats per example, on the held-out examples; elbo = reconstruction − kl. */
  heldOut: z.strictObject({ elbo: finite, reconstruction: finite, kl: finite }),
  activeUnits: count,
  seed: z.number().int(),
  /** The run's options by name, as they were used. */
  settings: z.record(z.string(), z.json()),
  /** Training time over all sessions of the run. */
  seconds: z.number().nonnegative(),
  epochs: count,
  examples: z.strictObject({ train: count, heldOut: count }),
  /** Version of reparam that wrote the file. */
  version: z.string().min(1),
});

/** The contents of summary.json: how a run ended, for programs to read. */
export type Summary = z.infer<typeof summarySchema>;

/** @throws UserError when a number is not finite or a field is missing: nothing invalid reaches the disk. */
export function encodeSummary(summary: Summary): string {
  return `${JSON.stringify(requireSummary(summary, 'The summary of this run'), null, 2)}\n`;
}

/** @throws UserError naming `path` and the field that is wrong. */
export function parseSummary(text: string, path = 'summary.json'): Summary {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(
      `"${path}" is not JSON; it was cut short or edited, so train again to write it anew.`,
      {
        cause: error,
      },
    );
  }
  return requireSummary(value, `"${path}"`);
}

function requireSummary(value: unknown, place: string): Summary {
  const result = summarySchema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new UserError(
    `${place} is not valid at ${path.length === 0 ? 'its top' : path.join('.')}: ${message}.`,
  );
}
