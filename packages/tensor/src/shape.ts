import { ArgumentError, AxisError, ShapeError } from './errors.ts';

/** Lengths of the axes, outermost first; [] is a scalar. */
export type Shape = readonly number[];

export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** Number of elements: the product of all lengths, 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/** Row-major strides, in elements. */
export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** @throws ArgumentError unless every length is a whole number ≥ 0. */
export function requireShape(operation: string, shape: Shape): void {
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new ArgumentError(
        operation,
        'shape',
        shape,
        `shape ${formatShape(shape)} has the length ${length}; lengths are whole numbers ≥ 0.`,
      );
    }
  }
}

/** Counts a negative axis from the end. @throws AxisError when the shape has no such axis. */
export function normalizeAxis(operation: string, axis: number, shape: Shape): number {
  const rank = shape.length;
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    const hint = rank === 0 ? 'a scalar has no axes' : `axes run from ${-rank} to ${rank - 1}`;
    throw new AxisError(operation, `no axis ${axis} in shape ${formatShape(shape)}: ${hint}.`, axis, shape);
  }
  return axis < 0 ? axis + rank : axis;
}

/** Axes in increasing order; undefined stands for all of them. @throws AxisError on a missing or repeated axis. */
export function normalizeAxes(
  operation: string,
  axes: number | readonly number[] | undefined,
  shape: Shape,
): number[] {
  if (axes === undefined) return shape.map((_, axis) => axis);
  const listed = typeof axes === 'number' ? [axes] : axes;
  const normalized = listed.map((axis) => normalizeAxis(operation, axis, shape)).sort((a, b) => a - b);
  normalized.forEach((axis, position) => {
    if (axis === normalized[position - 1]) {
      throw new AxisError(
        operation,
        `axis ${axis} is listed twice for shape ${formatShape(shape)}.`,
        axis,
        shape,
      );
    }
  });
  return normalized;
}

/** The shape after reducing `axes` (already normalised), which stay as length 1 when `keepDims`. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): number[] {
  if (keepDims) return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return shape.filter((_, axis) => !axes.includes(axis));
}

/**
 * NumPy broadcasting: align at the last axis; lengths must agree or be 1. The last `trailing` axes of every
 * shape (none unless told) are left out of it, and of the result.
 * @throws ShapeError naming the arguments and the first axis that disagrees.
 */
export function broadcastShapes(
  operation: string,
  named: Readonly<Record<string, Shape>>,
  trailing = 0,
): number[] {
  const shapes = Object.values(named).map((shape) => shape.slice(0, shape.length - trailing));
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    const lead = rank - shape.length;
    for (let axis = 0; axis < shape.length; axis++) {
      const length = shape[axis]!;
      if (length === 1 || length === result[lead + axis]) continue;
      if (result[lead + axis] !== 1) {
        throw broadcastError(operation, named, trailing, lead + axis - rank - trailing);
      }
      result[lead + axis] = length;
    }
  }
  return result;
}

function broadcastError(
  operation: string,
  named: Readonly<Record<string, Shape>>,
  trailing: number,
  axis: number,
): ShapeError {
  const facts = Object.entries(named)
    .map(([name, shape]) => {
      const length = shape.at(axis);
      return `${name} is ${formatShape(shape)}${length === undefined ? '' : ` (axis ${axis} = ${length})`}`;
    })
    .join(', ');
  const subject = trailing === 0 ? 'shapes' : `the axes before the last ${trailing}`;
  return new ShapeError(
    operation,
    `${subject} do not broadcast: ${facts}. Aligned at the last axis, lengths must be equal or 1; ` +
      'reshape or slice one of them so that they are.',
    named,
  );
}
