import { formatShape, type Shape, ShapeError, sameShape } from '@reparam/tensor';
import type { Rules } from './operation.ts';
import { expand, reshape } from './ops/movement/shape.ts';
import { sum } from './ops/reductions/sum.ts';
import type { Variable } from './variable.ts';

/** Undoes broadcasting: sums a cotangent over the axes along which an input of `shape` was repeated. */
export function sumTo(x: Variable, shape: Shape): Variable {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.rank - shape.length;
  const axes = x.shape.flatMap((length, axis) =>
    axis < lead || (shape[axis - lead] === 1 && length !== 1) ? [axis] : [],
  );
  return reshape(sum(x, { axes, keepDims: true }), shape);
}

/** The opposite: repeats a tangent to the output's shape. */
export function expandTo(x: Variable, shape: Shape): Variable {
  return sameShape(x.shape, shape) ? x : expand(x, shape);
}

/**
 * The one place through which every cotangent passes: broadcasting is undone, and the shape is asserted.
 * @throws ShapeError when a rule returned a cotangent that is not of its input's shape.
 */
export function fitCotangent(
  rules: Rules<unknown>,
  index: number,
  cotangent: Variable,
  shape: Shape,
): Variable {
  const fitted = rules.broadcasts ? sumTo(cotangent, shape) : cotangent;
  if (!sameShape(fitted.shape, shape)) {
    throw new ShapeError(
      rules.name,
      `its rule gave input ${index} a cotangent of ${formatShape(fitted.shape)}, but the input is ${formatShape(shape)}.`,
      { cotangent: fitted.shape, input: shape },
    );
  }
  return fitted;
}
