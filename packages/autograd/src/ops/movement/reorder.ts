import {
  ArgumentError,
  concat,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  type SliceRange,
  type Tensor,
} from '@reparam/tensor';
import { documented, type Rules } from '../../operation.ts';
import { apply } from '../../tape.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { linearRules } from '../linear.ts';
import { cube, matrix, sample, vector } from '../samples.ts';
import { movement } from './record.ts';
import { reshape } from './shape.ts';
import { slice } from './slice.ts';

/** Reverses the order along the axes, all of them unless told. @throws AxisError. */
export const flip = documented(
  (x: Operand, axes?: number | readonly number[]): Variable => {
    const operand = toVariable(x);
    const flipped = normalizeAxes('flip', axes, operand.shape);
    return slice(
      operand,
      operand.shape.map((_, axis) => (flipped.includes(axis) ? [null, null, -1] : null)),
    );
  },
  (f) =>
    movement('flip', 'y[i] = x[n - 1 - i]', [
      sample((x) => f(x!), matrix),
      sample((x) => f(x!, -1), matrix),
      sample((x) => f(x!, [0, 2]), cube),
    ]),
);

/** Entry i of an axis comes to stand at i + shift, those that leave it at its other end. */
function rollAxis(x: Tensor, shift: number, axis: number): Tensor {
  const length = x.shape[axis]!;
  const cut = length === 0 ? 0 : ((-shift % length) + length) % length;
  if (cut === 0) return x;
  const part = (range: SliceRange) => x.slice(x.shape.map((_, k) => (k === axis ? range : null)));
  return concat([part([cut, null]), part([0, cut])], axis);
}

/** One shift for each axis. */
const rollRules: Rules<readonly number[]> = linearRules({
  name: 'roll',
  forward: ([x], shifts) => shifts.reduce(rollAxis, x!),
  adjoint: (cotangent, { parameters: shifts }) =>
    apply(
      rollRules,
      [cotangent],
      shifts.map((shift) => -shift),
    ),
});

/** The shift of every axis; shifts of an axis that is listed twice add up, as in NumPy. */
function shiftsByAxis(
  x: Variable,
  shift: number | readonly number[],
  axis: number | readonly number[],
): number[] {
  const axes = typeof axis === 'number' ? [axis] : axis;
  const shifts = typeof shift === 'number' ? axes.map(() => shift) : shift;
  if (shifts.length !== axes.length || !shifts.every(Number.isSafeInteger)) {
    throw new ArgumentError(
      'roll',
      'shift',
      shift,
      `the shift ${JSON.stringify(shift)} of axis ${JSON.stringify(axis)} of ${formatShape(x.shape)} must be a whole ` +
        'number for all axes, or one for each.',
    );
  }
  const total = x.shape.map(() => 0);
  axes.forEach((each, i) => {
    total[normalizeAxis('roll', each, x.shape)]! += shifts[i]!;
  });
  return total;
}

/**
 * Moves entries along axes by whole numbers of places; what leaves an axis comes back at its other end. Without an
 * axis it moves along all elements in row-major order. One shift serves all axes, or each has its own.
 * @throws ArgumentError on shifts that are not whole or not as many as axes, AxisError.
 */
export const roll = documented(
  (x: Operand, shift: number | readonly number[], axis?: number | readonly number[]): Variable => {
    const operand = toVariable(x);
    if (axis !== undefined) return apply(rollRules, [operand], shiftsByAxis(operand, shift, axis));
    const line = reshape(operand, [operand.size]);
    return reshape(apply(rollRules, [line], shiftsByAxis(line, shift, 0)), operand.shape);
  },
  (f) =>
    movement(rollRules, 'y[(i + shift) mod n] = x[i]', [
      sample((x) => f(x!, 2), matrix),
      sample((x) => f(x!, -1, 0), vector),
      sample((x) => f(x!, 4, -1), matrix),
      sample((x) => f(x!, 1, [0, 1]), cube),
      sample((x) => f(x!, [2, -1], [1, -1]), cube),
    ]),
);
