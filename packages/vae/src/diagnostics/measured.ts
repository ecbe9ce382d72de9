/** A mean over draws. */
export interface Measured {
  readonly value: number;
  /** Of the value, from the spread over draws. */
  readonly standardError: number;
}

/** The mean of independent draws, at least two. */
export function measure(draws: readonly number[]): Measured {
  const count = draws.length;
  const value = draws.reduce((sum, each) => sum + each, 0) / count;
  const squares = draws.reduce((sum, each) => sum + (each - value) ** 2, 0);
  return { value, standardError: Math.sqrt(squares / (count - 1) / count) };
}
