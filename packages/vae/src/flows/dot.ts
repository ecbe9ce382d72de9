import { einsum, mul, type Variable } from '@reparam/autograd';

/** Σ_d a_d·b_d, keeping the axis: [..., D], [..., D] → [..., 1]. */
export function dot(a: Variable, b: Variable): Variable {
  return mul(a, b).sum({ axes: -1, keepDims: true });
}

/** The matrix [..., m, n] times the vector [..., n] → [..., m]; the leading axes broadcast. */
export function matrixVector(matrix: Variable, vector: Variable): Variable {
  return einsum('...ij,...j->...i', matrix, vector);
}
