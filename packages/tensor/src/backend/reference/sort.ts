import { allocate, type NumericArray } from '../../dtype.ts';
import { Tensor } from '../../tensor.ts';

/** Whether `a` belongs before `b`: smaller, or a number where b is NaN. */
function precedes(a: number, b: number): boolean {
  return a < b || (Number.isNaN(b) && !Number.isNaN(a));
}

export function sort(source: Tensor): Tensor {
  const count = source.shape.at(-1)!;
  const { data, offset } = source.contiguous();
  const out = allocate('int32', source.size);
  let [sorted, spare] = [allocate('int32', count), allocate('int32', count)];
  for (let start = 0; start < source.size; start += count) {
    for (let i = 0; i < count; i++) sorted[i] = i;
    // Merge sort from below: neighbouring runs of sorted positions are merged until one is left.
    for (let run = 1; run < count; run *= 2) {
      for (let left = 0; left < count; left += 2 * run) {
        const middle = Math.min(left + run, count);
        merge(data, offset + start, sorted, spare, left, middle, Math.min(middle + run, count));
      }
      [sorted, spare] = [spare, sorted];
    }
    out.set(sorted, start);
  }
  return Tensor.wrap(out, source.shape);
}

/** Merges the runs left … middle and middle … end of positions by their keys; of equal keys the left goes first. */
function merge(
  keys: NumericArray,
  offset: number,
  from: NumericArray,
  to: NumericArray,
  left: number,
  middle: number,
  end: number,
): void {
  let [l, r] = [left, middle];
  for (let k = left; k < end; k++) {
    const takeRight =
      r < end && (l === middle || precedes(keys[offset + from[r]!]!, keys[offset + from[l]!]!));
    to[k] = takeRight ? from[r++]! : from[l++]!;
  }
}
