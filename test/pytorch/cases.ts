import type { Case } from './case.ts';
import { convolution } from './cases/convolution.ts';
import { elementwise } from './cases/elementwise.ts';
import { indexing } from './cases/indexing.ts';
import { linearAlgebra } from './cases/linear-algebra.ts';
import { movement } from './cases/movement.ts';
import { reduction } from './cases/reduction.ts';

/**
 * All that is compared. Where conventions differ, inputs keep away from the difference or expressions undo it:
 * - variance and standardDeviation divide by n unless told, PyTorch by n − 1.
 * - median of an even count is the mean of the two in the middle, PyTorch's the lower one (its quantile is like ours).
 * - chunk gives as many parts as it is told, PyTorch's may give fewer (its tensor_split is like ours).
 * - maxPool shares the cotangent among ties, PyTorch's gives it to the first (its amax is like ours).
 * - clamp at a bound gives half of the cotangent to x, PyTorch's all of it.
 * - qr has a positive diagonal in r, PyTorch leaves its sign open.
 * - cholesky, and with positiveDefinite solve and inverse, read the symmetric part, PyTorch's cholesky a triangle.
 * - softplus is never replaced by x, PyTorch's is above a threshold.
 */
export const cases: readonly Case[] = [
  elementwise,
  reduction,
  linearAlgebra,
  convolution,
  movement,
  indexing,
].flat();
