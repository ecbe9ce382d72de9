import { fromTypedArray, type Tensor } from '@reparam/tensor';

export interface Grid {
  /** float64 [count^D, D] */
  readonly points: Tensor;
  /** The volume that each point stands for. */
  readonly cell: number;
}

/**
 * `count` evenly spaced points along each of D axes from −reach to reach. The sum of f · cell over them is the
 * trapezoidal rule, which for smooth functions that vanish at the ends is exact to far below its spacing.
 */
export function evenGrid(dimensions: number, reach: number, count: number): Grid {
  const spacing = (2 * reach) / (count - 1);
  const total = count ** dimensions;
  const data = new Float64Array(total * dimensions);
  for (let point = 0; point < total; point++) {
    let rest = point;
    for (let d = dimensions - 1; d >= 0; d--) {
      data[point * dimensions + d] = -reach + spacing * (rest % count);
      rest = Math.floor(rest / count);
    }
  }
  return { points: fromTypedArray(data, [total, dimensions]), cell: spacing ** dimensions };
}

/** Σ f(point) · cell */
export function integrate(
  { points, cell }: Grid,
  f: (point: readonly number[], index: number) => number,
): number {
  const dimensions = points.shape[1]!;
  const values = points.toTypedArray();
  let total = 0;
  for (let i = 0; i < points.shape[0]!; i++) {
    total += f(Array.from(values.subarray(i * dimensions, (i + 1) * dimensions)), i);
  }
  return total * cell;
}
