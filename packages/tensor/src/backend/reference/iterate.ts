import type { Shape } from '../../shape.ts';

/** A joint walk over several strided views of one shape, with as few axes as possible. */
export interface Walk {
  readonly shape: Shape;
  /** strides[k] are those of view k. */
  readonly strides: readonly (readonly number[])[];
}

/**
 * Drops axes of length 1 and merges neighbours that every view steps through evenly, so that contiguous data
 * becomes one long row whatever its shape.
 */
export function coalesce(shape: Shape, strides: readonly (readonly number[])[]): Walk {
  const lengths: number[] = [];
  const merged: number[][] = strides.map(() => []);
  shape.forEach((length, axis) => {
    if (length === 1) return;
    const last = lengths.length - 1;
    const even = last >= 0 && strides.every((view, k) => merged[k]![last] === view[axis]! * length);
    if (even) {
      lengths[last]! *= length;
      strides.forEach((view, k) => {
        merged[k]![last] = view[axis]!;
      });
    } else {
      lengths.push(length);
      strides.forEach((view, k) => {
        merged[k]!.push(view[axis]!);
      });
    }
  });
  return { shape: lengths, strides: merged };
}

/**
 * Calls `visit` once for each row along the last axis with the position of its first element in every view
 * (an array that is reused), how many elements it has and each view's stride along it.
 */
export function forEachRow(
  { shape, strides }: Walk,
  offsets: readonly number[],
  visit: (positions: readonly number[], count: number, rowStrides: readonly number[]) => void,
): void {
  if (shape.includes(0)) return;
  const outer = shape.length - 1;
  const count = outer < 0 ? 1 : shape[outer]!;
  const rowStrides = strides.map((view) => view[outer] ?? 0);
  const positions = [...offsets];
  const index = new Array<number>(Math.max(outer, 0)).fill(0);
  for (;;) {
    visit(positions, count, rowStrides);
    let axis = outer - 1;
    for (; axis >= 0; axis--) {
      for (let k = 0; k < positions.length; k++) positions[k]! += strides[k]![axis]!;
      if (++index[axis]! < shape[axis]!) break;
      index[axis] = 0;
      for (let k = 0; k < positions.length; k++) positions[k]! -= strides[k]![axis]! * shape[axis]!;
    }
    if (axis < 0) return;
  }
}
