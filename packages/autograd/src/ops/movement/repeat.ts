import { ArgumentError, formatShape, fromTypedArray, normalizeAxis } from '@reparam/tensor';
import { documented } from '../../operation.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { gather } from '../indexing/gather.ts';
import { cube, matrix, sample, vector } from '../samples.ts';
import { movement } from './record.ts';
import { expand, reshape } from './shape.ts';

function requireCounts(operation: string, counts: readonly number[]): void {
  const odd = counts.find((count) => !(Number.isInteger(count) && count >= 0));
  if (odd !== undefined) {
    throw new ArgumentError(
      operation,
      'counts',
      counts,
      `the count ${odd} in ${formatShape(counts)} is no whole number ≥ 0.`,
    );
  }
}

/**
 * Each entry of an axis so many times in a row, as in NumPy (PyTorch calls it repeatInterleave): one count for all
 * entries or one for each. Without an axis it repeats all elements in row-major order.
 * @throws ArgumentError on counts that are not whole, negative, or not as many as entries, AxisError.
 */
export const repeat = documented(
  (x: Operand, counts: number | readonly number[], axis?: number): Variable => {
    const operand = toVariable(x);
    const source = axis === undefined ? reshape(operand, [operand.size]) : operand;
    const along = normalizeAxis('repeat', axis ?? 0, source.shape);
    const length = source.shape[along]!;
    const each = typeof counts === 'number' ? new Array<number>(length).fill(counts) : counts;
    requireCounts('repeat', typeof counts === 'number' ? [counts] : counts);
    if (each.length !== length) {
      throw new ArgumentError(
        'repeat',
        'counts',
        counts,
        `there are ${each.length} counts for the ${length} entries of axis ${along} of ${formatShape(source.shape)}. ` +
          'Give one for each, or one number for all.',
      );
    }
    const positions = Int32Array.from(each.flatMap((count, i) => new Array<number>(count).fill(i)));
    return gather(source, fromTypedArray(positions), along);
  },
  (f) =>
    movement('repeat', 'y = [x₀, x₀, …, x₁, x₁, …]', [
      sample((x) => f(x!, 2), matrix),
      sample((x) => f(x!, 3, 0), vector),
      sample((x) => f(x!, [2, 0, 3], 1), matrix),
      sample((x) => f(x!, [1, 2], -1), cube),
    ]),
);

/**
 * The whole of x repeated side by side, as in NumPy (PyTorch calls it repeat): counts[k] times along axis k. The
 * shorter of counts and shape is filled up with ones in front, so that one number repeats the last axis.
 * @throws ArgumentError on counts that are negative or not whole.
 */
export const tile = documented(
  (x: Operand, counts: number | readonly number[]): Variable => {
    const operand = toVariable(x);
    const given = typeof counts === 'number' ? [counts] : counts;
    requireCounts('tile', given);
    const rank = Math.max(operand.rank, given.length);
    const fill = (values: readonly number[]): number[] => [
      ...new Array<number>(rank - values.length).fill(1),
      ...values,
    ];
    const [lengths, times] = [fill(operand.shape), fill(given)];
    const copies = expand(
      reshape(
        operand,
        lengths.flatMap((length) => [1, length]),
      ),
      lengths.flatMap((length, axis) => [times[axis]!, length]),
    );
    return reshape(
      copies,
      lengths.map((length, axis) => length * times[axis]!),
    );
  },
  (f) =>
    movement('tile', 'y[i] = x[i mod n]', [
      sample((x) => f(x!, 2), matrix),
      sample((x) => f(x!, [2, 1]), matrix),
      sample((x) => f(x!, [2, 1, 2]), vector),
      sample((x) => f(x!, [3, 2]), cube),
    ]),
);
