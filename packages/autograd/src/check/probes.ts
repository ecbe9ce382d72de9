import { normal, type RandomKey, type Tensor } from '@reparam/tensor';

/** A direction in the joint space of some tensors: a flat part for each. */
export interface Probe {
  /** In words, for messages. */
  readonly where: string;
  readonly parts: readonly Float64Array[];
}

/** How many random vectors stand for a space that is too large to walk through. */
const projections = 3;

/** Every unit vector of the joint space, or random vectors where it has more than `limit` dimensions. */
export function probes(sizes: readonly number[], limit: number, key: RandomKey): Probe[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total > limit) {
    return Array.from({ length: projections }, (_, p) => ({
      where: `random projection ${p}`,
      parts: sizes.map((size, k) => flat(normal(key.foldIn(p).foldIn(k), [size], { dtype: 'float64' }))),
    }));
  }
  return sizes.flatMap((size, k) =>
    Array.from({ length: size }, (_, i) => ({
      where: `entry ${i}${sizes.length > 1 ? ` of input ${k}` : ''}`,
      parts: sizes.map((each, other) => {
        const part = new Float64Array(each);
        if (other === k) part[i] = 1;
        return part;
      }),
    })),
  );
}

/** The elements in row-major order, in double precision. */
export function flat(x: Tensor): Float64Array {
  return Float64Array.from(x.toTypedArray());
}

export function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
