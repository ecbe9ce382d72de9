import type { DType, Shape, Tensor } from '@reparam/tensor';

/** The elements of a tensor in a few numbers. What is told of sizes leaves out NaN and infinities, which are counted. */
export interface TensorSummary {
  readonly shape: Shape;
  readonly dtype: DType;
  /** Undefined when no element is finite; the same holds for the next two. */
  readonly min?: number;
  readonly max?: number;
  readonly mean?: number;
  /** √Σ xᵢ² */
  readonly norm: number;
  readonly nan: number;
  readonly infinite: number;
  /** The first few elements in row-major order. */
  readonly first: readonly number[];
}

const shown = 4;

export function summarize(tensor: Tensor): TensorSummary {
  const values = tensor.toTypedArray();
  let [min, max, sum, squares, nan, infinite] = [Infinity, -Infinity, 0, 0, 0, 0];
  for (const value of values) {
    if (Number.isFinite(value)) {
      min = Math.min(min, value);
      max = Math.max(max, value);
      sum += value;
      squares += value * value;
    } else if (Number.isNaN(value)) nan++;
    else infinite++;
  }
  const finite = values.length - nan - infinite;
  return {
    shape: tensor.shape,
    dtype: tensor.dtype,
    ...(finite > 0 && { min, max, mean: sum / finite }),
    norm: Math.sqrt(squares),
    nan,
    infinite,
    first: Array.from(values.subarray(0, shown)),
  };
}
