/** Weight decay, for rules that have it. */
export interface WeightDecayOptions {
  /** λ, how strongly parameters are pulled to zero. */
  readonly weightDecay?: number;
  /** Which parameters decay, by name; all unless told. `(name) => name.endsWith('weight')` spares biases. */
  readonly decays?: (name: string) => boolean;
}

/** λ of one parameter: 0 for those that do not decay. */
export function weightDecayOf(
  weightDecay: number,
  decays: WeightDecayOptions['decays'],
): (name: string) => number {
  return (name) => (decays === undefined || decays(name) ? weightDecay : 0);
}
