import { isContiguous, type Layout } from '../../layout.ts';
import { contiguousStrides, type Shape, sizeOf } from '../../shape.ts';

/**
 * The layout of `view`, a view of a row-major array, where the elements of that array are found through `source`
 * instead. Undefined where strides cannot say it: the steps of the view cross from one row of the source to the next
 * at places where these are not evenly apart.
 */
export function composeLayouts(source: Layout, view: Layout): Layout | undefined {
  const { shape } = view;
  if (sizeOf(shape) === 0) return { shape, strides: contiguousStrides(shape), offset: source.offset };
  if (isContiguous(source)) return { shape, strides: view.strides, offset: source.offset + view.offset };
  const axes = mergeAxes(source);
  const lengths = axes.map(({ length }) => length);
  const start = digitsOf(view.offset, lengths);
  if (start === undefined) return undefined;
  const steps = shape.map((length, axis) => (length === 1 ? 0 : view.strides[axis]!));
  const digits = steps.map((step) =>
    digitsOf(Math.abs(step), lengths)?.map((digit) => digit * Math.sign(step)),
  );
  if (!digits.every((each) => each !== undefined)) return undefined;
  const staysInside = lengths.every((length, k) => {
    const reach = shape.map((count, axis) => (count - 1) * digits[axis]![k]!);
    const lowest = reach.reduce((sum, each) => sum + Math.min(each, 0), start[k]!);
    const highest = reach.reduce((sum, each) => sum + Math.max(each, 0), start[k]!);
    return lowest >= 0 && highest < length;
  });
  if (!staysInside) return undefined;
  const along = (counts: readonly number[]): number =>
    counts.reduce((sum, count, k) => sum + count * axes[k]!.stride, 0);
  return { shape, strides: digits.map(along), offset: source.offset + along(start) };
}

/** The axes of a layout, without those of length 1; neighbours that are evenly apart become one. */
function mergeAxes({ shape, strides }: Layout): { length: number; stride: number }[] {
  const axes: { length: number; stride: number }[] = [];
  shape.forEach((length, axis) => {
    if (length === 1) return;
    const stride = strides[axis]!;
    const last = axes.at(-1);
    if (last !== undefined && last.stride === stride * length) {
      last.length *= length;
      last.stride = stride;
    } else axes.push({ length, stride });
  });
  return axes;
}

/** A position in a row-major array of this shape as an index for each axis; undefined outside of it. */
function digitsOf(position: number, shape: Shape): number[] | undefined {
  let rest = position;
  const digits = contiguousStrides(shape).map((stride) => {
    const digit = Math.floor(rest / stride);
    rest -= digit * stride;
    return digit;
  });
  return rest === 0 && (digits[0] ?? 0) < (shape[0] ?? 1) ? digits : undefined;
}
