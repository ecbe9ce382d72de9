import { allocate, type Tensor } from '@reparam/tensor';

/** Elements along the sides of a block: three of them fit into the first-level cache. */
const block = 64;

/** The product of row-major matrices in cache-sized blocks, rows of b innermost: what packing and registers come after. */
export function blockedMatmul(a: Tensor, b: Tensor): Float32Array {
  const [rows, inner] = a.shape as readonly [number, number];
  const columns = b.shape[1]!;
  const [left, right] = [a.data as Float32Array, b.data as Float32Array];
  const out = allocate('float32', rows * columns) as Float32Array;
  for (let k0 = 0; k0 < inner; k0 += block) {
    const k1 = Math.min(k0 + block, inner);
    for (let j0 = 0; j0 < columns; j0 += block) {
      const j1 = Math.min(j0 + block, columns);
      for (let i = 0; i < rows; i++) {
        for (let k = k0; k < k1; k++) {
          const factor = left[i * inner + k]!;
          for (let j = j0; j < j1; j++) out[i * columns + j]! += factor * right[k * columns + j]!;
        }
      }
    }
  }
  return out;
}
