import { allocate, type NumericArray } from '../../dtype.ts';
import { Tensor } from '../../tensor.ts';
import { forEachMatrix } from './matrices.ts';

export function cholesky(a: Tensor): Tensor {
  const n = a.shape.at(-1)!;
  const out = Tensor.wrap(allocate(a.dtype, a.size), a.shape);
  const [rowStride, columnStride] = a.strides.slice(-2) as [number, number];
  const factor = new Float64Array(n * n);
  forEachMatrix(a.shape.slice(0, -2), [a, out], ([start, outStart]) => {
    factor.fill(0);
    factorize(a.data, start!, rowStride, columnStride, n, factor);
    out.data.set(factor, outStart);
  });
  return out;
}

/**
 * Row after row (Cholesky and Banachiewicz; Golub & Van Loan, Matrix Computations, §4.2):
 * lᵢⱼ = (aᵢⱼ − Σ_{k<j} lᵢₖ lⱼₖ)/lⱼⱼ and lᵢᵢ = √(aᵢᵢ − Σ_{k<i} lᵢₖ²). Stops at the first pivot that is not
 * positive, and leaves it where its root would be.
 */
function factorize(
  a: NumericArray,
  start: number,
  rowStride: number,
  columnStride: number,
  n: number,
  factor: Float64Array,
): void {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j <= i; j++) {
      const other = j * n;
      let sum = a[start + i * rowStride + j * columnStride]!;
      for (let k = 0; k < j; k++) sum -= factor[row + k]! * factor[other + k]!;
      if (j < i) {
        factor[row + j] = sum / factor[other + j]!;
      } else if (sum > 0 && sum < Infinity) {
        factor[row + j] = Math.sqrt(sum);
      } else {
        factor[row + j] = sum;
        return;
      }
    }
  }
}
