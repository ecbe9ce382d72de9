import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementAt, positionsOf, stridedView } from '../../../test/support/strided-views.ts';
import { arange, scalar, tensor, zeros } from './create.ts';
import { AxisError } from './errors.ts';
import { argsort } from './order.ts';
import type { Tensor } from './tensor.ts';

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** Positions by the definition: those with fewer elements that must come before them come first. */
function rank(values: readonly number[], comesBefore: (a: number, b: number) => boolean): number[] {
  const positions = new Array<number>(values.length);
  values.forEach((value, i) => {
    const before = values.filter((other, j) => comesBefore(other, value) || (other === value && j < i));
    positions[before.length] = i;
  });
  return positions;
}

/** The lines of a tensor along an axis, and where each starts. */
function lines(x: Tensor, axis: number): { at: number[]; values: number[] }[] {
  return positionsOf(x.shape.with(axis, 1)).map((at) => ({
    at,
    values: Array.from({ length: x.shape[axis]! }, (_, i) => elementAt(x, at.with(axis, i))),
  }));
}

const viewsWithAxis = fc
  .array(fc.constantFrom(0, 1, 2, 3, 9), { minLength: 1, maxLength: 3 })
  .chain((shape) => fc.tuple(stridedView(shape), fc.nat(shape.length - 1)));

describe.each([
  [false, (a: number, b: number) => a < b],
  [true, (a: number, b: number) => a > b],
])('descending: %s', (descending, comesBefore) => {
  test('counts what comes before, along any axis of any view', () => {
    fc.assert(
      fc.property(viewsWithAxis, fc.boolean(), ([x, axis], fromEnd) => {
        const result = argsort(x, { axis: fromEnd ? axis - x.rank : axis, descending });
        expect([result.dtype, result.shape]).toEqual(['int32', x.shape]);
        const found = lines(result, axis);
        lines(x, axis).forEach(({ values }, k) => {
          expect(found[k]!.values).toEqual(rank(values, comesBefore));
        });
      }),
      { numRuns: 200 },
    );
  });

  test('of many random numbers agrees with the platform', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => Math.sin(i * i));
    const positions = Array.from(argsort(tensor([...values]), { descending }).toTypedArray());
    const expected = values.toSorted((a, b) => (descending ? b - a : a - b));
    expect(positions.map((i) => values[i])).toEqual([...expected]);
  });
});

test('by hand', () => {
  const x = tensor([
    [3, 1, 2],
    [9, 9, 8],
  ]);
  expect(argsort(x).toArray()).toEqual([
    [1, 2, 0],
    [2, 0, 1],
  ]);
  expect(argsort(x, { axis: 0, descending: true }).toArray()).toEqual([
    [1, 1, 1],
    [0, 0, 0],
  ]);
  expect(argsort(tensor([2, -2147483648, 2147483647], { dtype: 'int32' })).toArray()).toEqual([1, 0, 2]);
});

test('zeros of either sign are equal; infinities are ordered; NaN is the largest', () => {
  const x = tensor([nan, 0, inf, -0, -inf, nan, 0]);
  expect(argsort(x).toArray()).toEqual([4, 1, 3, 6, 2, 0, 5]);
  expect(argsort(x, { descending: true }).toArray()).toEqual([0, 5, 2, 1, 3, 6, 4]);
});

test('the input stays as it was, and the end of a slice is not read', () => {
  const x = tensor([5, 4, 3, 2, 1]);
  expect(argsort(x.slice([[1, 4]])).toArray()).toEqual([2, 1, 0]);
  expect(x.toArray()).toEqual([5, 4, 3, 2, 1]);
});

test('of nothing is nothing', () => {
  expect(argsort(zeros([2, 0])).shape).toEqual([2, 0]);
  expect(argsort(zeros([0, 3]), { descending: true }).shape).toEqual([0, 3]);
});

test('a missing axis is named', () => {
  expect(() => argsort(scalar(1))).toThrow(AxisError);
  expect(() => argsort(arange(3), { axis: 1 })).toThrow(
    'argsort: no axis 1 in shape [3]: axes run from -1 to 0.',
  );
});
