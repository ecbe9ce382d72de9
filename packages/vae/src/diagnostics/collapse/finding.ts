/** What may be the matter with a run. */
export const causes = [
  'diverged',
  'learning-rate-too-high',
  'decoder-needs-no-latents',
  'noise-exceeds-signal',
  'kl-weight-too-high',
  'initial-noise-too-large',
  'annealing-too-short',
  'latents-explain-too-little',
  'posterior-variance-collapsed',
  'overfitting',
] as const;

export type Cause = (typeof causes)[number];

export interface Finding {
  readonly cause: Cause;
  /** `lawful` is what theory says a sound run does here; a `warning` may be meant, or cannot be told from what is known. */
  readonly severity: 'fault' | 'warning' | 'lawful';
  /** The numbers that it rests on: nats, variances, epochs and counts. */
  readonly evidence: Readonly<Record<string, number>>;
  readonly explanation: string;
  readonly remedy: string;
}

/** A number for a sentence. */
export function show(value: number): string {
  return Number.isInteger(value) ? String(value) : Number(value.toPrecision(4)).toString();
}
