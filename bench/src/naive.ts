import { allocate, type Tensor } from '@reparam/tensor';

/** The matrix product as it is written in textbooks, for row-major matrices: what tiling is measured against. */
export function naiveMatmul(a: Tensor, b: Tensor): Float32Array {
  const [rows, inner] = a.shape as readonly [number, number];
  const columns = b.shape[1]!;
  const [left, right] = [a.data as Float32Array, b.data as Float32Array];
  const out = allocate('float32', rows * columns) as Float32Array;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += left[i * inner + k]! * right[k * columns + j]!;
      out[i * columns + j] = sum;
    }
  }
  return out;
}
