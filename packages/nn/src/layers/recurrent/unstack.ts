import { slice, type Variable } from '@reparam/autograd';

/**
 * The entries along an axis, each without it. They are found by halving: the cotangent of a slice is as large as
 * what it was cut from, so cutting n entries off the whole one by one would cost n times its size to differentiate,
 * and halving costs log₂ n times.
 */
export function unstack(x: Variable, axis: number): Variable[] {
  const length = x.shape[axis]!;
  if (length === 0) return [];
  if (length === 1) return [x.reshape(x.shape.filter((_, k) => k !== axis))];
  const middle = Math.ceil(length / 2);
  const part = (from: number, to: number): Variable =>
    slice(
      x,
      x.shape.map((_, k) => (k === axis ? [from, to] : null)),
    );
  return [...unstack(part(0, middle), axis), ...unstack(part(middle, length), axis)];
}
