import { ArgumentError, AxisError, arange, zeros } from '@reparam/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  elementAt,
  elementsOf,
  positionsOf,
  stridedView,
} from '../../../../../test/support/strided-views.ts';
import { flip, roll } from './reorder.ts';

const x = arange(10).reshape([2, 5]);

/** A view and some of its axes. */
const cases = fc.array(fc.constantFrom(0, 1, 2, 3), { maxLength: 3 }).chain((shape) =>
  fc.record({
    x: stridedView(shape),
    axes: fc.subarray(shape.map((_, axis) => axis)),
    shift: fc.integer({ min: -7, max: 7 }),
  }),
);

describe('flip', () => {
  test('by hand', () => {
    expect(flip(x, 0).toArray()).toEqual([
      [5, 6, 7, 8, 9],
      [0, 1, 2, 3, 4],
    ]);
    expect(flip(x).value.slice([0]).toArray()).toEqual([9, 8, 7, 6, 5]);
  });

  test('y[i] = x[n - 1 - i]', () => {
    fc.assert(
      fc.property(cases, ({ x, axes }) => {
        const flipped = flip(x, axes);
        expect(flipped.shape).toEqual(x.shape);
        const expected = positionsOf(x.shape).map((position) =>
          elementAt(
            x,
            position.map((i, axis) => (axes.includes(axis) ? x.shape[axis]! - 1 - i : i)),
          ),
        );
        expect(elementsOf(flipped.value)).toEqual(expected);
      }),
    );
  });

  test('refuses missing and repeated axes', () => {
    expect(() => flip(x, 2)).toThrow(AxisError);
    expect(() => flip(x, [1, -1])).toThrow('flip: axis 1 is listed twice for shape [2, 5].');
  });
});

describe('roll', () => {
  // The examples of NumPy's manual.
  test('by hand', () => {
    expect(roll(arange(10), 2).toArray()).toEqual([8, 9, 0, 1, 2, 3, 4, 5, 6, 7]);
    expect(roll(arange(10), -2).toArray()).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    expect(roll(x, 1).toArray()).toEqual([
      [9, 0, 1, 2, 3],
      [4, 5, 6, 7, 8],
    ]);
    expect(roll(x, 1, 0).toArray()).toEqual([
      [5, 6, 7, 8, 9],
      [0, 1, 2, 3, 4],
    ]);
    expect(roll(x, -1, 1).toArray()).toEqual([
      [1, 2, 3, 4, 0],
      [6, 7, 8, 9, 5],
    ]);
    expect(roll(x, [1, 1], [1, 0]).toArray()).toEqual([
      [9, 5, 6, 7, 8],
      [4, 0, 1, 2, 3],
    ]);
    expect(roll(x, [2, 1], [1, 1]).toArray()).toEqual(roll(x, 3, 1).toArray());
  });

  test('y[(i + shift) mod n] = x[i]', () => {
    fc.assert(
      fc.property(cases, ({ x, axes, shift }) => {
        const shifts = axes.map((axis) => shift - 2 * axis);
        const rolled = roll(x, shifts, axes);
        expect(rolled.shape).toEqual(x.shape);
        for (const position of positionsOf(x.shape)) {
          const to = position.map((i, axis) => {
            const k = axes.indexOf(axis);
            const n = x.shape[axis]!;
            return k < 0 ? i : (((i + shifts[k]!) % n) + n) % n;
          });
          expect(elementAt(rolled.value, to)).toBe(elementAt(x, position));
        }
      }),
    );
  });

  test('refuses shifts that are not whole or not as many as axes', () => {
    expect(() => roll(x, [1, 2], 0)).toThrow(
      'roll: the shift [1,2] of axis 0 of [2, 5] must be a whole number for all axes, or one for each.',
    );
    expect(() => roll(x, 0.5)).toThrow(ArgumentError);
    expect(() => roll(zeros([2]), 1, 1)).toThrow(AxisError);
  });
});
