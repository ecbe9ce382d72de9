import { type NestedArray, tensor } from '@reparam/tensor';
import type { Kink, Sample } from '../operation.ts';
import type { Variable } from '../variable.ts';

/** Arguments to check an operation at, in double precision. */
export function sample(run: (...inputs: Variable[]) => Variable, ...inputs: NestedArray[]): Sample {
  return { run, inputs: inputs.map((values) => tensor(values, { dtype: 'float64' })) };
}

/** What an operation promises at a point without a derivative. */
export function kink(
  run: (...inputs: Variable[]) => Variable,
  inputs: readonly NestedArray[],
  cotangents: readonly NestedArray[],
): Kink {
  return { at: inputs.map((values) => JSON.stringify(values)).join(', '), run, inputs, cotangents };
}

/** Distinct entries without a pattern: [2, 3], [3], [2, 3, 2]. */
export const matrix = [
  [0.3, -1.2, 2.5],
  [-0.4, 0.9, 1.1],
] as const;
export const vector = [0.7, -0.2, 1.6] as const;
export const cube = [
  [
    [0.2, -0.8],
    [1.4, 0.6],
    [-1.1, 0.5],
  ],
  [
    [-0.3, 2.1],
    [0.9, -1.7],
    [0.1, 1.3],
  ],
] as const;
