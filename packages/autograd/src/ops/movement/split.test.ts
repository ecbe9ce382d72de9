import { ArgumentError, AxisError, arange, ShapeError, tensor, zeros } from '@reparam/tensor';
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
import { chunk, split, unstack } from './split.ts';

const x = arange(10).reshape([2, 5]);
const lengthsAlong = (parts: readonly { readonly shape: readonly number[] }[], axis: number) =>
  parts.map(({ shape }) => shape[axis]);

describe('split', () => {
  test('by one length, the last part shorter', () => {
    expect(split(x, 2, 1).map((part) => part.toArray())).toEqual([
      [
        [0, 1],
        [5, 6],
      ],
      [
        [2, 3],
        [7, 8],
      ],
      [[4], [9]],
    ]);
    expect(lengthsAlong(split(x, 7, -1), 1)).toEqual([5]);
    expect(split(zeros([0]), 2)).toEqual([]);
  });

  test('by listed lengths, also 0', () => {
    expect(split(arange(4), [1, 0, 3]).map((part) => part.toArray())).toEqual([[0], [], [1, 2, 3]]);
  });

  test('parts are where they were, whatever the strides', () => {
    const cases = fc
      .record({
        shape: fc.array(fc.constantFrom(0, 1, 2, 3), { minLength: 1, maxLength: 3 }),
        pick: fc.nat(),
      })
      .chain(({ shape, pick }) =>
        fc.record({
          x: stridedView(shape),
          axis: fc.constant(pick % shape.length),
          length: fc.integer({ min: 1, max: 3 }),
        }),
      );
    fc.assert(
      fc.property(cases, ({ x, axis, length }) => {
        split(x, length, axis).forEach((part, i) => {
          const expected = positionsOf(part.shape).map((position) =>
            elementAt(x, position.with(axis, position[axis]! + i * length)),
          );
          expect(elementsOf(part.value)).toEqual(expected);
        });
      }),
    );
  });

  test('each part sends its cotangent to its own entries', () => {
    const [gradient] = grad((v) => {
      const [first, , last] = split(v!, [2, 1, 2]);
      return sum(mul(first!, last!));
    })(tensor([1, 2, 3, 4, 5]));
    expect(gradient?.toArray()).toEqual([4, 5, 0, 1, 2]);
  });

  test('refuses lengths that do not fill the axis, or are none', () => {
    expect(() => split(x, [2, 2], 1)).toThrow(
      'split: the lengths [2, 2] add up to 4, but axis 1 of [2, 5] has 5.',
    );
    expect(() => split(x, [2, 2], 1)).toThrow(ShapeError);
    expect(() => split(x, 0)).toThrow('split: lengths is 0; use a whole number ≥ 1.');
    expect(() => split(x, 1.5)).toThrow(ArgumentError);
    expect(() => split(x, [6, -1], 1)).toThrow('split: length -1 is no whole number ≥ 0.');
    expect(() => split(x, 1, 2)).toThrow(AxisError);
  });
});

describe('chunk', () => {
  test('gives as many parts as asked for, the first ones longer by one', () => {
    // NumPy's manual: array_split(arange(8), 3) and array_split(arange(9), 4).
    expect(chunk(arange(8), 3).map((part) => part.toArray())).toEqual([
      [0, 1, 2],
      [3, 4, 5],
      [6, 7],
    ]);
    expect(lengthsAlong(chunk(arange(9), 4), 0)).toEqual([3, 2, 2, 2]);
    expect(lengthsAlong(chunk(x, 2, -1), 1)).toEqual([3, 2]);
    expect(lengthsAlong(chunk(arange(2), 3), 0)).toEqual([1, 1, 0]);
  });

  test('refuses no parts', () => {
    expect(() => chunk(x, 0)).toThrow('chunk: count is 0; use a whole number ≥ 1.');
    expect(() => chunk(x, 2, 5)).toThrow(AxisError);
  });
});

describe('unstack', () => {
  test('lists the entries of an axis, without it', () => {
    expect(unstack(x).map((row) => row.toArray())).toEqual([
      [0, 1, 2, 3, 4],
      [5, 6, 7, 8, 9],
    ]);
    expect(unstack(x, -1).map((column) => column.toArray())).toEqual([
      [0, 5],
      [1, 6],
      [2, 7],
      [3, 8],
      [4, 9],
    ]);
    expect(unstack(zeros([0, 2]))).toEqual([]);
    expect(unstack(zeros([2, 0])).map(({ shape }) => shape)).toEqual([[0], [0]]);
  });

  test('refuses a scalar, which has no axis', () => {
    expect(() => unstack(3)).toThrow('unstack: no axis 0 in shape []: a scalar has no axes.');
  });
});
