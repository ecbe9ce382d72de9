import { AxisError, arange, DTypeError, IndexError, ShapeError, tensor, zeros } from '@reparam/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  elementAt,
  elementsOf,
  positionsOf,
  stridedView,
} from '../../../../../test/support/strided-views.ts';
import { grad } from '../../transforms.ts';
import { mul } from '../elementwise.ts';
import { sum } from '../reductions.ts';
import { take, takeAlongAxis } from './take.ts';

const fromStart = (index: number, length: number) => (index < 0 ? index + length : index);
const x = tensor([
  [4, 3, 5],
  [7, 6, 8],
]);

/** Indices −count … count − 1 of a shape. */
function indicesInto(count: number, shape: readonly number[]) {
  const size = shape.reduce((product, length) => product * length, 1);
  return fc
    .array(fc.integer({ min: -count, max: count - 1 }), { minLength: size, maxLength: size })
    .map((values) => tensor(values, { dtype: 'int32' }).reshape(shape));
}

describe('take', () => {
  // The examples of NumPy's manual, and negative indices.
  test('of all elements, and along an axis', () => {
    const a = tensor([4, 3, 5, 7, 6, 8]);
    expect(take(a, [0, 1, 4]).toArray()).toEqual([4, 3, 6]);
    expect(
      take(a, [
        [0, 1],
        [2, 3],
      ]).toArray(),
    ).toEqual([
      [4, 3],
      [5, 7],
    ]);
    expect(take(x, [-1, 1, -6]).toArray()).toEqual([8, 3, 4]);
    expect(take(x, new Int32Array([2, -3]), 1).toArray()).toEqual([
      [5, 4],
      [8, 7],
    ]);
    expect(take(x, -1, 0).toArray()).toEqual([7, 6, 8]);
    expect(take(x, [], 1).shape).toEqual([2, 0]);
  });

  test('along an axis equals looking up entry by entry', () => {
    const cases = fc
      .record({
        shape: fc.array(fc.constantFrom(1, 2, 3), { minLength: 1, maxLength: 3 }),
        indexShape: fc.array(fc.constantFrom(0, 1, 2, 3), { maxLength: 2 }),
        pick: fc.nat(),
      })
      .chain(({ shape, indexShape, pick }) =>
        fc.record({
          x: stridedView(shape),
          axis: fc.constant(pick % shape.length),
          indices: indicesInto(shape[pick % shape.length]!, indexShape),
        }),
      );
    fc.assert(
      fc.property(cases, ({ x, axis, indices }) => {
        const taken = take(x, indices, axis);
        expect(taken.shape).toEqual(x.shape.toSpliced(axis, 1, ...indices.shape));
        const expected = positionsOf(taken.shape).map((position) => {
          const index = elementAt(indices, position.slice(axis, axis + indices.rank));
          return elementAt(x, position.toSpliced(axis, indices.rank, fromStart(index, x.shape[axis]!)));
        });
        expect(elementsOf(taken.value)).toEqual(expected);
      }),
    );
  });

  test('cotangents of entries that are taken twice add up', () => {
    const weights = tensor([1, 10, 100]);
    const [gradient] = grad((v) => sum(mul(take(v!, [-1, 0, 2]), weights)))(tensor([5, 6, 7]));
    expect(gradient?.toArray()).toEqual([10, 0, 101]);
  });

  test('refuses indices outside the axis, fractions and other types', () => {
    expect(() => take(x, [0, 3], 1)).toThrow(
      'take: index 3 is outside axis 1 of [2, 3]: indices run from -3 to 2.',
    );
    expect(() => take(x, -7)).toThrow('take: index -7 is outside axis 0 of [6]: indices run from -6 to 5.');
    expect(() => take(zeros([2, 0]), [0], 1)).toThrow(
      'take: index 0 is outside axis 1 of [2, 0]: the axis has no elements.',
    );
    expect(() => take(x, [0, 3], 1)).toThrow(IndexError);
    expect(() => take(x, [0.5])).toThrow('take: index 0.5 is no int32.');
    expect(() => take(x, zeros([1]))).toThrow(
      "take: indices are float32, but need to be int32. Use indices.cast('int32').",
    );
    expect(() => take(x, zeros([1]))).toThrow(DTypeError);
    expect(() => take(x, 0, 2)).toThrow(AxisError);
  });
});

describe('takeAlongAxis', () => {
  // NumPy's manual: sorting by argsort, the largest by argmax with keepdims.
  test('by hand', () => {
    const a = tensor([
      [10, 30, 20],
      [60, 40, 50],
    ]);
    const order = [
      [0, 2, 1],
      [1, 2, 0],
    ];
    expect(takeAlongAxis(a, order, 1).toArray()).toEqual([
      [10, 20, 30],
      [40, 50, 60],
    ]);
    expect(takeAlongAxis(a, [[1], [-3]], 1).toArray()).toEqual([[30], [60]]);
    expect(takeAlongAxis(a, [[1, 0, -1]], 0).toArray()).toEqual([[60, 30, 50]]);
    // Broadcast: every row of one index vector, every column of one row.
    expect(takeAlongAxis(a, [[-1, 0]], 1).toArray()).toEqual([
      [20, 10],
      [50, 60],
    ]);
    expect(takeAlongAxis(arange(3).reshape([1, 3]), [[2], [0]], 1).toArray()).toEqual([[2], [0]]);
  });

  test('equals looking up entry by entry, lengths of 1 away from the axis broadcast', () => {
    const cases = fc
      .record({
        full: fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }),
        pick: fc.nat(),
        count: fc.integer({ min: 1, max: 3 }),
        short: fc.array(fc.constantFrom('x', 'indices', 'none'), { minLength: 3, maxLength: 3 }),
      })
      .chain(({ full, pick, count, short }) => {
        const axis = pick % full.length;
        const shortened = (name: string) => full.map((length, k) => (short[k] === name ? 1 : length));
        return fc.record({
          full: fc.constant(full),
          axis: fc.constant(axis),
          x: stridedView(shortened('x').with(axis, count)),
          indices: indicesInto(count, shortened('indices').with(axis, full[axis]!)),
        });
      });
    fc.assert(
      fc.property(cases, ({ full, axis, x, indices }) => {
        const taken = takeAlongAxis(x, indices, axis);
        const away = full.map((_, k) =>
          k === axis ? full[k]! : x.shape[k] === 1 ? indices.shape[k]! : x.shape[k]!,
        );
        expect(taken.shape).toEqual(away);
        const expected = positionsOf(away).map((position) =>
          elementAt(x, position.with(axis, fromStart(elementAt(indices, position), x.shape[axis]!))),
        );
        expect(elementsOf(taken.value)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test('cotangents go back to the places they were taken from', () => {
    const indices = [
      [2, 2],
      [0, 1],
    ];
    const weights = tensor([
      [1, 10],
      [100, 1000],
    ]);
    const [gradient] = grad((v) => sum(mul(takeAlongAxis(v!, indices, 1), weights)))(x);
    expect(gradient?.toArray()).toEqual([
      [0, 0, 11],
      [100, 1000, 0],
    ]);
  });

  test('refuses other ranks and lengths, and indices outside the axis', () => {
    expect(() => takeAlongAxis(x, [0, 1], 1)).toThrow(
      'takeAlongAxis: indices are [2] but x is [2, 3]; they need as many axes. ' +
        'To pick whole entries of axis 1, use take.',
    );
    expect(() => takeAlongAxis(x, [[0], [0], [1]], -1)).toThrow(
      'takeAlongAxis: indices are [3, 1] but x is [2, 3] (axis 0: 3 and 2). ' +
        'Away from axis 1, lengths must be equal or 1.',
    );
    expect(() => takeAlongAxis(x, [0, 1], 1)).toThrow(ShapeError);
    expect(() => takeAlongAxis(x, [[0], [3]], 1)).toThrow(
      'takeAlongAxis: index 3 is outside axis 1 of [2, 3]: indices run from -3 to 2.',
    );
    expect(() => takeAlongAxis(x, [[0]], 2)).toThrow(AxisError);
  });
});
