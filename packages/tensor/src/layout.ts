import { ArgumentError, AxisError, IndexError, ShapeError } from './errors.ts';
import { contiguousStrides, formatShape, normalizeAxis, requireShape, type Shape, sizeOf } from './shape.ts';

/** Where the elements of a view lie: element (i₀, i₁, …) is at offset + Σ iₖ·strides[k]. */
export interface Layout {
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly offset: number;
}

/**
 * What to take of one axis: an index (the axis goes away), `[start, stop]` or `[start, stop, step]`
 * (stop excluded), or null for all of it. Negative positions count from the end; a negative step walks
 * backwards, and null stands for the end that the step walks from or to.
 */
export type SliceRange =
  | number
  | null
  | readonly [start: number | null, stop: number | null]
  | readonly [start: number | null, stop: number | null, step: number];

/** A slice with everything spelled out: element i of axis k is element start[k] + i·step[k] of the source. */
export interface SliceWindow {
  readonly start: readonly number[];
  readonly step: readonly number[];
  readonly shape: Shape;
}

/** All of a tensor. */
export function wholeWindow(shape: Shape): SliceWindow {
  return { start: shape.map(() => 0), step: shape.map(() => 1), shape };
}

export function contiguousLayout(shape: Shape): Layout {
  // A copy, so that a caller who goes on to change their array does not change a tensor.
  return { shape: [...shape], strides: contiguousStrides(shape), offset: 0 };
}

/** True when the elements lie in row-major order without gaps (axes of length 1 may have any stride). */
export function isContiguous({ shape, strides }: Layout): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return sizeOf(shape) === 0;
    expected *= shape[axis]!;
  }
  return true;
}

/** Fills in a single −1. @throws ShapeError when the sizes differ, ArgumentError on a bad length. */
export function resolveReshape(shape: Shape, requested: Shape): number[] {
  const size = sizeOf(shape);
  const inferred = requested.indexOf(-1);
  const listed = requested.filter((_, axis) => axis !== inferred);
  if (listed.includes(-1)) {
    throw new ArgumentError(
      'reshape',
      'shape',
      requested,
      `shape ${formatShape(requested)} leaves more than one length to be worked out; only one may be -1.`,
    );
  }
  requireShape('reshape', listed);
  const known = sizeOf(listed);
  const resolved = requested.map((length) => (length === -1 ? (known === 0 ? 0 : size / known) : length));
  if (sizeOf(resolved) !== size || !resolved.every(Number.isInteger)) {
    throw new ShapeError(
      'reshape',
      `${formatShape(shape)} has ${size} elements, which do not fill ${formatShape(requested)}. ` +
        'The product of the lengths has to stay the same; one length may be -1 to be worked out.',
      { input: shape, requested },
    );
  }
  return resolved;
}

/** The same elements under another shape, or undefined when only a copy could do it. */
export function reshapeLayout(layout: Layout, shape: Shape): Layout | undefined {
  if (isContiguous(layout)) return { shape, strides: contiguousStrides(shape), offset: layout.offset };
  // Axes of length 1 may come and go in any view.
  const kept = layout.strides.filter((_, axis) => layout.shape[axis] !== 1);
  const lengths = layout.shape.filter((length) => length !== 1);
  const wanted = shape.filter((length) => length !== 1);
  if (lengths.length !== wanted.length || lengths.some((length, i) => length !== wanted[i])) return undefined;
  let next = 0;
  const strides = shape.map((length) => (length === 1 ? 0 : kept[next++]!));
  return { shape, strides, offset: layout.offset };
}

/** @throws AxisError unless `axes` names every axis once. */
export function permuteLayout(layout: Layout, axes: readonly number[]): Layout {
  const { shape, strides, offset } = layout;
  const order = axes.map((axis) => normalizeAxis('permute', axis, shape));
  if (order.length !== shape.length || new Set(order).size !== shape.length) {
    throw new AxisError(
      'permute',
      `axes [${axes.join(', ')}] must name each of the ${shape.length} axes of ${formatShape(shape)} once.`,
      axes.find((_, position) => order.indexOf(order[position]!) !== position) ?? axes.length,
      shape,
    );
  }
  return { shape: order.map((axis) => shape[axis]!), strides: order.map((axis) => strides[axis]!), offset };
}

/** Repeats axes of length 1, and adds leading ones, without copying: their stride is 0. */
export function expandLayout(layout: Layout, target: Shape): Layout {
  requireShape('expand', target);
  const lead = target.length - layout.shape.length;
  const strides = target.map((length, axis) => {
    const source = axis < lead ? 1 : layout.shape[axis - lead]!;
    if (source !== length && source !== 1) throw expandError(layout.shape, target, axis);
    return source === 1 ? 0 : layout.strides[axis - lead]!;
  });
  if (lead < 0) throw expandError(layout.shape, target, 0);
  return { shape: [...target], strides, offset: layout.offset };
}

function expandError(shape: Shape, target: Shape, axis: number): ShapeError {
  return new ShapeError(
    'expand',
    `${formatShape(shape)} cannot be expanded to ${formatShape(target)} (axis ${axis} of the target): ` +
      'only axes of length 1 are repeated, and new axes come first.',
    { input: shape, target },
  );
}

/**
 * Spells out the ranges of a slice; axes not listed are kept whole. Axes picked by one index are kept with
 * length 1 here: `dropped` lists them.
 * @throws IndexError when a range leaves its axis, AxisError when there are more ranges than axes.
 */
export function resolveSlice(
  shape: Shape,
  ranges: readonly SliceRange[],
): SliceWindow & { readonly dropped: readonly number[] } {
  if (ranges.length > shape.length) {
    throw new AxisError(
      'slice',
      `there are ${ranges.length} ranges, but the rank of ${formatShape(shape)} is ${shape.length}. Give at most one an axis.`,
      shape.length,
      shape,
    );
  }
  const resolved = shape.map((length, axis) => {
    const range = ranges[axis] ?? null;
    if (range === null) return { start: 0, step: 1, length };
    if (typeof range === 'number')
      return { start: position(range, length - 1, axis, shape), step: 1, length: 1 };
    return resolveRange(range, axis, shape);
  });
  return {
    start: resolved.map(({ start }) => start),
    step: resolved.map(({ step }) => step),
    shape: resolved.map(({ length }) => length),
    dropped: ranges.flatMap((range, axis) => (typeof range === 'number' ? [axis] : [])),
  };
}

function resolveRange(
  [from, to, step = 1]: Exclude<SliceRange, number | null>,
  axis: number,
  shape: Shape,
): { start: number; step: number; length: number } {
  const length = shape[axis]!;
  if (!Number.isInteger(step) || step === 0) {
    throw new ArgumentError(
      'slice',
      'step',
      step,
      `the step of axis ${axis} is ${step}; use a whole number ≠ 0.`,
    );
  }
  if (step > 0) {
    const start = from === null ? 0 : position(from, length, axis, shape);
    const stop = to === null ? length : position(to, length, axis, shape);
    return { start, step, length: Math.max(0, Math.ceil((stop - start) / step)) };
  }
  const start = from === null ? length - 1 : position(from, length - 1, axis, shape);
  const stop = to === null ? -1 : position(to, length, axis, shape);
  return { start, step, length: Math.max(0, Math.ceil((stop - start) / step)) };
}

function position(index: number, last: number, axis: number, shape: Shape): number {
  const length = shape[axis]!;
  const resolved = index < 0 ? index + length : index;
  if (!Number.isInteger(index) || resolved < 0 || resolved > last) {
    throw new IndexError(
      'slice',
      `${index} is outside axis ${axis} of ${formatShape(shape)}: ` +
        (last < 0 ? 'the axis has no elements.' : `positions run from ${-length} to ${last}.`),
      index,
      axis,
      shape,
    );
  }
  return resolved;
}

export function sliceLayout(layout: Layout, window: SliceWindow): Layout {
  const { strides, offset } = layout;
  return {
    shape: window.shape,
    strides: strides.map((stride, axis) => stride * window.step[axis]!),
    offset: window.shape.includes(0)
      ? offset
      : offset + window.start.reduce((sum, start, axis) => sum + start * strides[axis]!, 0),
  };
}
