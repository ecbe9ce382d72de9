import type { Tensor } from '@reparam/tensor';

/** Means and variances of columns, updated row by row in double precision (Welford 1962). */
export class RunningMoments {
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;
  #count = 0;

  constructor(columns: number) {
    this.#mean = new Float64Array(columns);
    this.#squares = new Float64Array(columns);
  }

  /** Rows taken in so far. */
  get count(): number {
    return this.#count;
  }

  /** rows: [N, columns] */
  addRows(rows: Tensor): void {
    const columns = this.#mean.length;
    const values = rows.toTypedArray();
    for (let row = 0; row < rows.shape[0]!; row++) {
      this.#count++;
      for (let d = 0; d < columns; d++) {
        const deviation = values[row * columns + d]! - this.#mean[d]!;
        this.#mean[d]! += deviation / this.#count;
        this.#squares[d]! += deviation * (values[row * columns + d]! - this.#mean[d]!);
      }
    }
  }

  means(): number[] {
    return Array.from(this.#mean);
  }

  /** Mean squared deviations: divided by N. */
  variances(): number[] {
    return Array.from(this.#squares, (sum) => sum / this.#count);
  }

  /** Of the means, from the variances divided by N − 1. */
  standardErrors(): number[] {
    return Array.from(this.#squares, (sum) => Math.sqrt(sum / (this.#count - 1) / this.#count));
  }
}
