import { formatShape, normalizeAxes, normalizeAxis, ShapeError, sizeOf } from '@reparam/tensor';
import { documented } from '../../operation.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { cube, sample, vector } from '../samples.ts';
import { movement } from './record.ts';
import { reshape } from './shape.ts';

/**
 * Drops axes of length 1: those listed, or all of them.
 * @throws ShapeError when a listed axis is longer, AxisError.
 */
export const squeeze = documented(
  (x: Operand, axes?: number | readonly number[]): Variable => {
    const operand = toVariable(x);
    const { shape } = operand;
    const dropped =
      axes === undefined
        ? shape.flatMap((length, axis) => (length === 1 ? [axis] : []))
        : normalizeAxes('squeeze', axes, shape);
    const long = dropped.find((axis) => shape[axis] !== 1);
    if (long !== undefined) {
      throw new ShapeError(
        'squeeze',
        `axis ${long} of ${formatShape(shape)} has length ${shape[long]}, not 1. ` +
          'To pick one entry of it use slice, to join it with its neighbour reshape.',
        { x: shape },
      );
    }
    return reshape(
      operand,
      shape.filter((_, axis) => !dropped.includes(axis)),
    );
  },
  (f) =>
    movement('squeeze', 'y[i, j] = x[i, 0, j]', [
      sample((x) => f(x!), [[[0.4], [-1.3]]]),
      sample((x) => f(x!, -1), [[[0.4], [-1.3]]]),
      sample((x) => f(x!, [0, 2]), [[[0.4], [-1.3]]]),
    ]),
);

/**
 * Adds axes of length 1 (NumPy's expand_dims): `axes` are their places in the result, negative ones from its end.
 * @throws AxisError.
 */
export const unsqueeze = documented(
  (x: Operand, axes: number | readonly number[]): Variable => {
    const operand = toVariable(x);
    const count = typeof axes === 'number' ? 1 : axes.length;
    const added = normalizeAxes('unsqueeze', axes, [...operand.shape, ...new Array<number>(count).fill(1)]);
    // In increasing order, so that each lands at its place in the result.
    return reshape(
      operand,
      added.reduce<readonly number[]>((shape, axis) => shape.toSpliced(axis, 0, 1), operand.shape),
    );
  },
  (f) =>
    movement('unsqueeze', 'y[i, 0, j] = x[i, j]', [
      sample((x) => f(x!, 1), vector),
      sample((x) => f(x!, -1), cube),
      sample((x) => f(x!, [0, -2]), vector),
    ]),
);

/**
 * Joins the axes from `first` to `last`, both included (all of them unless told), into one; a scalar becomes [1].
 * @throws AxisError, ShapeError when last comes before first.
 */
export const flatten = documented(
  (x: Operand, first = 0, last = -1): Variable => {
    const operand = toVariable(x);
    const { shape } = operand;
    if (shape.length === 0 && first === 0 && last === -1) return reshape(operand, [1]);
    const from = normalizeAxis('flatten', first, shape);
    const to = normalizeAxis('flatten', last, shape);
    if (to < from) {
      throw new ShapeError(
        'flatten',
        `axes ${first} to ${last} of ${formatShape(shape)} are none: axis ${to} comes before axis ${from}.`,
        { x: shape },
      );
    }
    const joined = sizeOf(shape.slice(from, to + 1));
    return reshape(operand, shape.toSpliced(from, to - from + 1, joined));
  },
  (f) =>
    movement('flatten', 'y[i·n + j] = x[i, j]', [
      sample((x) => f(x!), cube),
      sample((x) => f(x!, 1), cube),
      sample((x) => f(x!, 0, -2), cube),
    ]),
);
