import { AxisError, ShapeError, scalar, tensor, zeros } from '@reparam/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementAt, elementsOf, positionsOf, stridedView } from '../../../../test/support/strided-views.ts';
import { parameter } from '../variable.ts';
import { argmax, argmin } from './argmax.ts';
import { takeAlongAxis } from './indexing.ts';
import { max } from './reductions.ts';

const x = tensor([
  [3, 7, 7],
  [8, -1, 2],
]);

test('by hand: along an axis, or among all in row-major order', () => {
  expect(argmax(x, { axis: 1 }).toArray()).toEqual([1, 0]);
  expect(argmax(x, { axis: 0 }).toArray()).toEqual([1, 0, 0]);
  expect(argmin(x, { axis: -1, keepDims: true }).toArray()).toEqual([[0], [1]]);
  expect([argmax(x).item(), argmin(x).item()]).toEqual([3, 4]);
  expect(argmax(x, { keepDims: true }).toArray()).toEqual([[3]]);
  expect(argmax(scalar(5)).item()).toBe(0);
});

test('the first of the largest and of the smallest, along any axis of any view', () => {
  const cases = fc
    .array(fc.constantFrom(1, 2, 3, 7), { minLength: 1, maxLength: 3 })
    .chain((shape) => fc.tuple(stridedView(shape), fc.nat(shape.length - 1)));
  fc.assert(
    fc.property(cases, ([view, axis]) => {
      const lines = positionsOf(view.shape.with(axis, 1)).map((at) =>
        Array.from({ length: view.shape[axis]! }, (_, i) => elementAt(view, at.with(axis, i))),
      );
      const [largest, smallest] = [argmax(view, { axis }).value, argmin(view, { axis }).value];
      expect(largest.shape).toEqual(view.shape.toSpliced(axis, 1));
      expect(elementsOf(largest)).toEqual(lines.map((line) => line.indexOf(Math.max(...line))));
      expect(elementsOf(smallest)).toEqual(lines.map((line) => line.indexOf(Math.min(...line))));
    }),
    { numRuns: 100 },
  );
});

test('infinities are elements like others; NaN comes before all, as in max and min', () => {
  expect(argmax(tensor([-Infinity, -Infinity])).item()).toBe(0);
  expect(argmax(tensor([1, Infinity])).item()).toBe(1);
  expect(argmax(tensor([1, Number.NaN, Infinity, Number.NaN])).item()).toBe(1);
  expect(argmin(tensor([1, 0, Number.NaN])).item()).toBe(2);
});

test('positions are int32, carry no gradient, and pick the largest elements', () => {
  const leaf = parameter(x);
  const positions = argmax(leaf, { axis: 1, keepDims: true });
  expect([positions.dtype, positions.tracked]).toEqual(['int32', false]);
  expect(takeAlongAxis(leaf, positions, 1).toArray()).toEqual(
    max(leaf, { axes: 1, keepDims: true }).toArray(),
  );
  expect(argmax(tensor([1, 2147483647, 5], { dtype: 'int32' })).item()).toBe(1);
});

describe('what is refused', () => {
  test('nothing to choose from', () => {
    expect(() => argmax(zeros([2, 0]), { axis: 1 })).toThrow(ShapeError);
    expect(() => argmin(zeros([2, 0]), { axis: 1 })).toThrow(
      'argmin: x is [2, 0], and the minimum over axis 1 of length 0 does not exist.',
    );
    expect(argmax(zeros([2, 0]), { axis: 0 }).shape).toEqual([0]);
  });

  test('an axis that is not there', () => {
    expect(() => argmax(x, { axis: 2 })).toThrow(AxisError);
    expect(() => argmax(x, { axis: 2 })).toThrow('argmax: no axis 2 in shape [2, 3]');
  });
});
