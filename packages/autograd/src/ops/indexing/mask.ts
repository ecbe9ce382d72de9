import {
  ArgumentError,
  broadcastShapes,
  formatShape,
  fromTypedArray,
  type NestedArray,
  requireSameDType,
  ShapeError,
  sameShape,
  Tensor,
  tensor,
} from '@reparam/tensor';
import { documented } from '../../operation.ts';
import { type Operand, toVariable, Variable } from '../../variable.ts';
import { equal, where } from '../elementwise.ts';
import { cast } from '../movement/cast.ts';
import { cube, matrix, sample } from '../samples.ts';
import { indexing } from './record.ts';

/** Truth values as nested plain arrays. */
export type BooleanArray = readonly (boolean | BooleanArray)[];

type TruthValues = boolean | number | readonly TruthValues[];

function toNumbers(values: TruthValues): NestedArray {
  return typeof values === 'object' ? values.map(toNumbers) : Number(values);
}

/** Plain booleans or numbers as a tensor of what is 0 and what is not. */
export function maskFrom(values: TruthValues): Tensor {
  return tensor(toNumbers(values), { dtype: 'float64' });
}

/**
 * The positions of the ones in a mask, an int32 vector for each of its axes, in row-major order.
 * @throws ArgumentError on an entry other than 0 and 1.
 */
export function positionsOfOnes(operation: string, mask: Tensor): Tensor[] {
  const values = mask.toTypedArray();
  const odd = values.find((value) => value !== 0 && value !== 1);
  if (odd !== undefined) {
    throw new ArgumentError(
      operation,
      'mask',
      mask,
      `a ${mask.dtype} tensor is a mask of 0 and 1, but the one of shape ${formatShape(mask.shape)} has the entry ` +
        `${odd}. Positions are int32: use cast('int32').`,
    );
  }
  const ones = Int32Array.from(values.keys()).filter((position) => values[position] === 1);
  let block = mask.size;
  return mask.shape.map((length) => {
    block /= length;
    return fromTypedArray(ones.map((position) => Math.floor(position / block) % length));
  });
}

/**
 * x with `value` where the mask is not 0. The mask (0 and 1 of any element type, or nested booleans; a constant) and
 * the value broadcast to the shape of x. What is replaced may be NaN or infinite: it gets a cotangent of 0.
 * @throws ShapeError when mask or value would enlarge x, DTypeError when the value is of another type.
 */
export const maskedFill = documented(
  (x: Operand, mask: Operand | TruthValues, value: Operand): Variable => {
    const operand = toVariable(x);
    const filling = toVariable(value, operand.dtype);
    const masked =
      mask instanceof Variable || mask instanceof Tensor ? toVariable(mask) : new Variable(maskFrom(mask));
    const shapes = { x: operand.shape, mask: masked.shape, value: filling.shape };
    const together = broadcastShapes('maskedFill', shapes);
    if (!sameShape(together, operand.shape)) {
      throw new ShapeError(
        'maskedFill',
        `mask ${formatShape(masked.shape)} and value ${formatShape(filling.shape)} must broadcast to x ` +
          `${formatShape(operand.shape)}, not enlarge it to ${formatShape(together)}. Expand x first.`,
        shapes,
      );
    }
    requireSameDType('maskedFill', { x: operand.dtype, value: filling.dtype });
    // Compared in its own type: 0.5 is no longer a truth when cast to int32.
    return where(cast(equal(masked, 0), operand.dtype), operand, filling);
  },
  (f) =>
    indexing(
      'maskedFill',
      'y[i] = value where mask[i] ≠ 0, else x[i]',
      [
        sample((x, value) => f(x!, [true, false, true], value!), matrix, 0.4),
        sample((x, value) => f(x!, [[1], [0]], value!), matrix, matrix[1]),
        sample((x) => f(x!, [[[0, 1]], [[1, 0]]], -2), cube),
      ],
      'masks are constants',
    ),
);
