import { requireSameDType } from './dtype.ts';
import { ArgumentError, ShapeError } from './errors.ts';
import { place } from './primitives.ts';
import { formatShape, normalizeAxis, type Shape, sameShape } from './shape.ts';
import type { Tensor } from './tensor.ts';

function numbered<X, T>(tensors: readonly X[], read: (x: X) => T): Record<string, T> {
  return Object.fromEntries(tensors.map((x, i) => [`tensors[${i}]`, read(x)]));
}

/** The shape rule of {@link concat}. @throws ShapeError when shapes differ away from `axis`. */
export function concatShape(shapes: readonly Shape[], axis: number): number[] {
  const [first] = shapes;
  if (first === undefined) throw new ArgumentError('concat', 'tensors', [], 'needs at least one tensor.');
  const resolved = normalizeAxis('concat', axis, first);
  shapes.forEach((shape, i) => {
    const differs = shape.length !== first.length || shape.some((n, k) => k !== resolved && n !== first[k]);
    if (differs) {
      throw new ShapeError(
        'concat',
        `tensors[${i}] is ${formatShape(shape)} but tensors[0] is ${formatShape(first)}; ` +
          `all lengths except that of axis ${resolved} must agree.`,
        numbered(shapes, (each) => each),
      );
    }
  });
  return first.map((length, k) =>
    k === resolved ? shapes.reduce((sum, shape) => sum + shape[k]!, 0) : length,
  );
}

/** Joins tensors along an axis they have. @throws ShapeError, DTypeError. */
export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  const shape = concatShape(
    tensors.map((x) => x.shape),
    axis,
  );
  const dtype = requireSameDType(
    'concat',
    numbered(tensors, (x) => x.dtype),
  );
  const resolved = normalizeAxis('concat', axis, shape);
  let next = 0;
  const placements = tensors.map((source) => {
    const start = shape.map((_, k) => (k === resolved ? next : 0));
    next += source.shape[resolved]!;
    return { source, start };
  });
  return place(placements, shape, { dtype });
}

/**
 * The shape that {@link stack} lifts each of its tensors to, and the axis along which it then joins them.
 * @throws ShapeError when shapes differ, AxisError, ArgumentError when there is none.
 */
export function liftToStack(shapes: readonly Shape[], axis: number): { lifted: number[]; axis: number } {
  const [first] = shapes;
  if (first === undefined) throw new ArgumentError('stack', 'tensors', [], 'needs at least one tensor.');
  const odd = shapes.findIndex((shape) => !sameShape(shape, first));
  if (odd >= 0) {
    throw new ShapeError(
      'stack',
      `tensors[${odd}] is ${formatShape(shapes[odd]!)} but tensors[0] is ${formatShape(first)}; ` +
        'all shapes must be equal. To join along an axis they have, use concat.',
      numbered(shapes, (shape) => shape),
    );
  }
  const position = normalizeAxis('stack', axis, [...first, 1]);
  return { lifted: first.toSpliced(position, 0, 1), axis: position };
}

/** Joins tensors of one shape along a new axis. @throws ShapeError, AxisError, DTypeError, ArgumentError. */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  const { lifted, axis: position } = liftToStack(
    tensors.map((x) => x.shape),
    axis,
  );
  requireSameDType(
    'stack',
    numbered(tensors, (x) => x.dtype),
  );
  return concat(
    tensors.map((x) => x.reshape(lifted)),
    position,
  );
}

/** The shape rule of {@link pad}. @throws ArgumentError unless each axis has a pair of whole numbers ≥ 0. */
export function padShape(shape: Shape, widths: readonly (readonly [number, number])[]): number[] {
  const valid = widths.every(
    (pair) => pair.length === 2 && pair.every((width) => Number.isInteger(width) && width >= 0),
  );
  if (widths.length !== shape.length || !valid) {
    throw new ArgumentError(
      'pad',
      'widths',
      widths,
      `widths ${JSON.stringify(widths)} must give [before, after], both ≥ 0, for each axis of ${formatShape(shape)}.`,
    );
  }
  return shape.map((length, axis) => widths[axis]![0] + length + widths[axis]![1]);
}

/** Surrounds a tensor with `value`: widths[k] = [before, after] on axis k. */
export function pad(x: Tensor, widths: readonly (readonly [number, number])[], value = 0): Tensor {
  const shape = padShape(x.shape, widths);
  const start = widths.map(([before]) => before);
  return place([{ source: x, start }], shape, { dtype: x.dtype, fill: value });
}
