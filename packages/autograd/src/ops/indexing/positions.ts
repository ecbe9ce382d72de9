import {
  ArgumentError,
  constant,
  DTypeError,
  formatShape,
  IndexError,
  input,
  isRecorded,
  map,
  type NestedArray,
  type Shape,
  scalar,
  scalarFunctions,
  Tensor,
  tensor,
} from '@reparam/tensor';
import { type Rules, withoutGradient } from '../../operation.ts';
import { apply } from '../../tape.ts';
import { type Operand, toVariable, Variable } from '../../variable.ts';

/** Indices as people write them: int32 variables and tensors, or plain whole numbers. */
export type Indices = Operand | Int32Array | NestedArray;

/** Indices as an int32 variable. @throws ArgumentError for plain numbers that are no int32. */
export function toIndices(operation: string, indices: Indices): Variable {
  if (indices instanceof Variable || indices instanceof Tensor) return toVariable(indices);
  if (indices instanceof Int32Array) return new Variable(Tensor.wrap(indices, [indices.length]));
  const exact = tensor(indices, { dtype: 'float64' });
  const odd = exact.data.find((value) => value !== (value | 0));
  if (odd !== undefined) {
    throw new ArgumentError(operation, 'indices', indices, `index ${odd} is no int32.`);
  }
  return new Variable(exact.cast('int32'));
}

/** What indices point into. */
interface Target {
  readonly operation: string;
  readonly axis: number;
  readonly shape: Shape;
}

const { add, less, select } = scalarFunctions;
const [index, length] = [input(0), input(1)];
const nonNegative = select(less(index, constant(0)), add(index, length), index);

// The values are looked at in the forward rule, and only there.
const countFromStartRules: Rules<Target> = {
  name: 'countFromStart',
  forward: ([indices], target) => {
    requireInside(indices!, target);
    const count = scalar(target.shape[target.axis]!, { dtype: 'int32' });
    return map(nonNegative, [indices!, count], target.operation);
  },
  ...withoutGradient,
};

/**
 * Indices −n … n − 1 into an axis of length n as 0 … n − 1: negative ones count from the end.
 * @throws IndexError outside that range, DTypeError unless they are int32.
 */
export function countFromStart(operation: string, indices: Variable, axis: number, shape: Shape): Variable {
  return apply(countFromStartRules, [indices], { operation, axis, shape });
}

/** @throws DTypeError unless indices are int32. */
export function requireInt32(operation: string, indices: Tensor): void {
  if (indices.dtype !== 'int32') {
    throw new DTypeError(
      operation,
      `indices are ${indices.dtype}, but need to be int32. Use indices.cast('int32').`,
      { indices: indices.dtype },
    );
  }
}

function requireInside(indices: Tensor, { operation, axis, shape }: Target): void {
  requireInt32(operation, indices);
  // What a program computes is seen only when it runs.
  if (isRecorded(indices)) return;
  const count = shape[axis]!;
  const bad = indices.toTypedArray().find((each) => each < -count || each >= count);
  if (bad !== undefined) {
    throw new IndexError(
      operation,
      `index ${bad} is outside axis ${axis} of ${formatShape(shape)}: ` +
        (count === 0 ? 'the axis has no elements.' : `indices run from ${-count} to ${count - 1}.`),
      bad,
      axis,
      shape,
    );
  }
}
