import { ArgumentError, AxisError, ShapeError, scalar, tensor, zeros } from '@reparam/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementAt, elementsOf, positionsOf, stridedView } from '../../../../test/support/strided-views.ts';
import { grad, vjp } from '../transforms.ts';
import { parameter } from '../variable.ts';
import { argsort, median, sort, topK } from './sorting.ts';

const { NaN: nan } = Number;
const doubles = (values: readonly number[] | readonly (readonly number[])[]) =>
  tensor(values, { dtype: 'float64' });
const x = doubles([
  [3, 1, 2],
  [-1, 5, 4],
]);

test('by hand', () => {
  expect(sort(x).toArray()).toEqual([
    [1, 2, 3],
    [-1, 4, 5],
  ]);
  expect(sort(x, { axis: 0, descending: true }).toArray()).toEqual([
    [3, 5, 4],
    [-1, 1, 2],
  ]);
  expect(argsort(x, { descending: true }).toArray()).toEqual([
    [0, 2, 1],
    [1, 2, 0],
  ]);
  expect(sort(doubles([2, nan, -Infinity])).toArray()).toEqual([-Infinity, 2, nan]);
  expect(sort(zeros([2, 0])).shape).toEqual([2, 0]);
});

test('sort agrees with the platform, along any axis of any view', () => {
  const cases = fc
    .array(fc.constantFrom(1, 2, 3, 8), { minLength: 1, maxLength: 3 })
    .chain((shape) =>
      fc.record({ view: stridedView(shape), axis: fc.nat(shape.length - 1), descending: fc.boolean() }),
    );
  fc.assert(
    fc.property(cases, ({ view, axis, descending }) => {
      const sorted = sort(view, { axis, descending }).value;
      for (const at of positionsOf(view.shape.with(axis, 1))) {
        const line = (of: typeof view): number[] =>
          Array.from({ length: view.shape[axis]! }, (_, i) => elementAt(of, at.with(axis, i)));
        expect(line(sorted)).toEqual(line(view).sort((a, b) => (descending ? b - a : a - b)));
      }
      expect(elementsOf(sorted)).toHaveLength(view.size);
    }),
    { numRuns: 100 },
  );
});

test('each cotangent goes back to where its element came from', () => {
  const { pullback } = vjp((v) => sort(v!), x);
  const cotangent = doubles([
    [1, 2, 4],
    [8, 16, 32],
  ]);
  expect(pullback(cotangent)[0]!.toArray()).toEqual([
    [4, 1, 2],
    [8, 32, 16],
  ]);
  expect(argsort(parameter(x)).tracked).toBe(false);
});

describe('topK', () => {
  test('values and positions, extreme ones first', () => {
    const { values, indices } = topK(x, 2);
    expect(values.toArray()).toEqual([
      [3, 2],
      [5, 4],
    ]);
    expect([indices.dtype, indices.toArray()]).toEqual([
      'int32',
      [
        [0, 2],
        [1, 2],
      ],
    ]);
    expect(topK(x, 1, { axis: 0, largest: false }).values.toArray()).toEqual([[-1, 1, 2]]);
    expect(topK(x, 0).values.shape).toEqual([2, 0]);
    expect(topK(x, 3, { largest: false }).values.toArray()).toEqual(sort(x).toArray());
  });

  test('only what was taken has a gradient', () => {
    const { pullback } = vjp((v) => topK(v!, 2).values, x);
    expect(
      pullback(
        doubles([
          [1, 2],
          [4, 8],
        ]),
      )[0]!.toArray(),
    ).toEqual([
      [1, 0, 2],
      [0, 4, 8],
    ]);
  });

  test.each([-1, 1.5, 4, nan])('refuses k = %d of 3', (k) => {
    expect(() => topK(x, k)).toThrow(ArgumentError);
    expect(() => topK(x, k)).toThrow(`topK: k is ${k}, but axis 1 of x [2, 3] offers 0 to 3 elements.`);
  });
});

describe('median', () => {
  test('the middle of an odd count, between the middles of an even one', () => {
    expect(median(x, { axes: 1 }).toArray()).toEqual([2, 4]);
    expect(median(x, { axes: 0, keepDims: true }).toArray()).toEqual([[1, 3, 3]]);
    expect(median(x).item()).toBe(2.5);
    expect(median(scalar(7)).item()).toBe(7);
    expect(median(doubles([1e308, 1.5e308])).item()).toBe(1.25e308);
    expect(median(doubles([-Infinity, 3, Infinity])).item()).toBe(3);
  });

  test('NaN, wherever it stands', () => {
    expect(median(doubles([1, nan, 2, 3, 4])).item()).toBeNaN();
    expect(
      median(
        doubles([
          [nan, 1, 1],
          [1, 2, 3],
        ]),
        { axes: 1 },
      ).toArray(),
    ).toEqual([nan, 2]);
  });

  test('its gradient goes to the middle, or half to each of the two', () => {
    expect(grad((v) => median(v!))(doubles([5, 1, 3]))[0]!.toArray()).toEqual([0, 0, 1]);
    expect(grad((v) => median(v!))(doubles([5, 1, 3, 9]))[0]!.toArray()).toEqual([0.5, 0, 0.5, 0]);
  });

  test('of nothing, or of whole numbers, there is none', () => {
    expect(() => median(zeros([0]))).toThrow(ShapeError);
    expect(() => median(zeros([2, 0]), { axes: 1 })).toThrow(
      'median: x is [2, 0], and the median over axis 1 of length 0 does not exist.',
    );
    expect(() => median(tensor([1, 2], { dtype: 'int32' }))).toThrow('median: x is int32');
  });
});

test('a missing axis is named by whoever was asked', () => {
  expect(() => sort(scalar(1))).toThrow(AxisError);
  expect(() => sort(x, { axis: 2 })).toThrow('sort: no axis 2 in shape [2, 3]');
  expect(() => topK(x, 1, { axis: -3 })).toThrow('topK: no axis -3 in shape [2, 3]');
  expect(() => argsort(x, { axis: 2 })).toThrow('argsort: no axis 2');
});
