import { arange, formatShape, normalizeAxis, type Shape, ShapeError, sizeOf } from '@reparam/tensor';
import { documented } from '../../operation.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { add, mul } from '../elementwise.ts';
import { reshape } from '../movement/shape.ts';
import { cube, matrix, sample, vector } from '../samples.ts';
import { gather } from './gather.ts';
import { countFromStart, type Indices, toIndices } from './positions.ts';
import { indexing } from './record.ts';

/**
 * Entries at whole-number indices of any shape, as in NumPy: along an axis
 * [...lead, count, ...rest] → [...lead, ...indices, ...rest], or without one of all elements in row-major order.
 * Unlike {@link gather}, which is strict, it takes plain arrays, and negative indices count from the end.
 * @throws IndexError on an index outside −count … count − 1, DTypeError, ArgumentError.
 */
export const take = documented(
  (x: Operand, indices: Indices, axis?: number): Variable => {
    const operand = toVariable(x);
    const source = axis === undefined ? reshape(operand, [operand.size]) : operand;
    const along = normalizeAxis('take', axis ?? 0, source.shape);
    return gather(source, countFromStart('take', toIndices('take', indices), along, source.shape), along);
  },
  (f) =>
    indexing(
      'take',
      'y[j] = x[indices[j]]',
      [
        sample((x) => f(x!, [-1, 0, 4, 4]), matrix),
        sample((x) => f(x!, [2, -2], -1), matrix),
        sample((x) => f(x!, [[0, -1]], 1), cube),
        sample((x) => f(x!, -2, 0), vector),
      ],
      'indices -n … n - 1',
    ),
);

/** Row-major positions in x of the entries with index 0 on the axis: shape with that axis of length 1, int32. */
function starts(shape: Shape, axis: number): Variable {
  const rest = sizeOf(shape.slice(axis + 1));
  const rows = arange(0, sizeOf(shape.slice(0, axis)), 1, { dtype: 'int32' });
  const columns = arange(0, rest, 1, { dtype: 'int32' });
  const positions = add(mul(reshape(rows, [-1, 1]), shape[axis]! * rest), columns);
  return reshape(positions, shape.with(axis, 1));
}

function requireAligned(x: Shape, indices: Shape, axis: number): void {
  const odd =
    x.length === indices.length
      ? x.findIndex((length, k) => k !== axis && length !== indices[k] && length !== 1 && indices[k] !== 1)
      : undefined;
  if (odd === -1) return;
  throw new ShapeError(
    'takeAlongAxis',
    `indices are ${formatShape(indices)} but x is ${formatShape(x)}` +
      (odd === undefined
        ? `; they need as many axes. To pick whole entries of axis ${axis}, use take.`
        : ` (axis ${odd}: ${indices[odd]} and ${x[odd]}). ` +
          `Away from axis ${axis}, lengths must be equal or 1.`),
    { x, indices },
  );
}

/**
 * One index for each place, as in NumPy (PyTorch calls it gather): y[i, j, k] = x[i, indices[i, j, k], k] for axis 1.
 * The int32 indices have as many axes as x; away from the axis lengths are equal or 1, and broadcast. Negative
 * indices count from the end. With the result of argsort or argmax (keepDims) it gives sorted or largest entries.
 * @throws ShapeError, IndexError on an index outside −count … count − 1, DTypeError, AxisError.
 */
export const takeAlongAxis = documented(
  (x: Operand, indices: Indices, axis: number): Variable => {
    const operand = toVariable(x);
    const { shape } = operand;
    const along = normalizeAxis('takeAlongAxis', axis, shape);
    const chosen = toIndices('takeAlongAxis', indices);
    requireAligned(shape, chosen.shape, along);
    const steps = mul(countFromStart('takeAlongAxis', chosen, along, shape), sizeOf(shape.slice(along + 1)));
    return gather(reshape(operand, [operand.size]), add(steps, starts(shape, along)));
  },
  (f) =>
    indexing(
      'takeAlongAxis',
      'y[i, j] = x[i, indices[i, j]]',
      [
        sample(
          (x) =>
            f(
              x!,
              [
                [2, -2],
                [1, 1],
              ],
              1,
            ),
          matrix,
        ),
        sample((x) => f(x!, [[1, 0, -1]], 0), matrix),
        sample((x) => f(x!, [[[0, 1]], [[-1, 0]]], -2), cube),
        sample(
          (x) =>
            f(
              x!,
              [
                [0, 1, 0],
                [0, 0, 1],
              ],
              0,
            ),
          [[0.4], [-0.3]],
        ),
      ],
      'indices -n … n - 1',
    ),
);
