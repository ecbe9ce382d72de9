import { ArgumentError, formatShape, normalizeAxis, ShapeError } from '@reparam/tensor';
import { documented } from '../../operation.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { mul } from '../elementwise.ts';
import { cube, matrix, sample, vector } from '../samples.ts';
import { concat } from './join.ts';
import { movement } from './record.ts';
import { slice } from './slice.ts';

/** Consecutive parts of the given lengths. */
function cut(x: Variable, lengths: readonly number[], axis: number): Variable[] {
  let stop = 0;
  return lengths.map((length) => {
    const start = stop;
    stop += length;
    return slice(
      x,
      x.shape.map((_, k) => (k === axis ? [start, stop] : null)),
    );
  });
}

function requireCount(operation: string, argument: string, value: number): void {
  if (!(Number.isInteger(value) && value > 0)) {
    throw new ArgumentError(operation, argument, value, `${argument} is ${value}; use a whole number ≥ 1.`);
  }
}

/**
 * Consecutive parts of an axis, as in PyTorch: of one length, the last part shorter where it does not go in evenly,
 * or of listed lengths that fill the axis. (NumPy's split takes the number of parts: that is {@link chunk}.)
 * @throws ArgumentError on a length that is none, ShapeError when listed lengths do not fill the axis, AxisError.
 */
export const split = documented(
  (x: Operand, lengths: number | readonly number[], axis = 0): Variable[] => {
    const operand = toVariable(x);
    const along = normalizeAxis('split', axis, operand.shape);
    const total = operand.shape[along]!;
    if (typeof lengths === 'number') {
      requireCount('split', 'lengths', lengths);
      const parts = Array.from({ length: Math.ceil(total / lengths) }, (_, i) =>
        Math.min(lengths, total - i * lengths),
      );
      return cut(operand, parts, along);
    }
    const odd = lengths.find((length) => !(Number.isInteger(length) && length >= 0));
    if (odd !== undefined) {
      throw new ArgumentError('split', 'lengths', lengths, `length ${odd} is no whole number ≥ 0.`);
    }
    const filled = lengths.reduce((sum, length) => sum + length, 0);
    if (filled !== total) {
      throw new ShapeError(
        'split',
        `the lengths ${formatShape(lengths)} add up to ${filled}, but axis ${along} of ` +
          `${formatShape(operand.shape)} has ${total}.`,
        { x: operand.shape },
      );
    }
    return cut(operand, lengths, along);
  },
  (f) =>
    movement('split', 'y₀ = x[0 … n₀ - 1], y₁ = x[n₀ … n₀ + n₁ - 1], …', [
      sample((x) => concat(f(x!, 2, -1).toReversed(), -1), matrix),
      sample((x) => {
        const [first, second] = f(x!, [2, 1], 1);
        return mul(first!, second!);
      }, cube),
    ]),
);

/**
 * `count` consecutive parts of an axis, of equal length or the first ones longer by one (NumPy's array_split;
 * PyTorch's chunk may return fewer parts). @throws ArgumentError unless count is a whole number ≥ 1, AxisError.
 */
export const chunk = documented(
  (x: Operand, count: number, axis = 0): Variable[] => {
    const operand = toVariable(x);
    const along = normalizeAxis('chunk', axis, operand.shape);
    requireCount('chunk', 'count', count);
    const total = operand.shape[along]!;
    const lengths = Array.from(
      { length: count },
      (_, i) => Math.floor(total / count) + (i < total % count ? 1 : 0),
    );
    return cut(operand, lengths, along);
  },
  (f) =>
    movement('chunk', 'x = [y₀, y₁, …]', [
      sample((x) => concat(f(x!, 2, 1).toReversed(), 1), matrix),
      sample((x) => {
        const [first, second] = f(x!, 2, -1);
        return mul(first!, second!);
      }, cube),
    ]),
);

/**
 * The entries of an axis, which they no longer have: the opposite of stack (PyTorch's unbind). Going back, every entry
 * that is used costs a cotangent of the size of x, so along long axes better compute on the whole. @throws AxisError.
 */
export const unstack = documented(
  (x: Operand, axis = 0): Variable[] => {
    const operand = toVariable(x);
    const along = normalizeAxis('unstack', axis, operand.shape);
    return Array.from({ length: operand.shape[along]! }, (_, i) =>
      slice(
        operand,
        operand.shape.map((_, k) => (k === along ? i : null)),
      ),
    );
  },
  (f) =>
    movement('unstack', 'yᵢ = x[i]', [
      sample((x) => f(x!).reduce((product, entry) => mul(product, entry)), vector),
      sample((x) => f(x!, -2).reduce((product, entry) => mul(product, entry)), cube),
    ]),
);
