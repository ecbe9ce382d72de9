/** A mean over draws and how far it may be from the truth by chance. */
export interface Estimate {
  readonly mean: number;
  readonly variance: number;
  /** Of the mean. */
  readonly standardError: number;
}

export function estimate(values: ArrayLike<number>): Estimate {
  const count = values.length;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i]!;
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[i]! - mean) ** 2;
  const variance = squares / (count - 1);
  return { mean, variance, standardError: Math.sqrt(variance / count) };
}

/** Column `d` of row-major rows. */
export function column(values: ArrayLike<number>, columns: number, d: number): Float64Array {
  return Float64Array.from({ length: values.length / columns }, (_, row) => values[row * columns + d]!);
}
