import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { broadcastableShapes } from '../../../test/support/strided-views.ts';
import {
  broadcastShapes,
  contiguousStrides,
  normalizeAxes,
  normalizeAxis,
  reducedShape,
  sameShape,
  sizeOf,
} from './shape.ts';

test('sizes, strides and equality', () => {
  expect([sizeOf([]), sizeOf([2, 3]), sizeOf([4, 0])]).toEqual([1, 6, 0]);
  expect(contiguousStrides([2, 3, 4])).toEqual([12, 4, 1]);
  expect(contiguousStrides([])).toEqual([]);
  expect(sameShape([2, 3], [2, 3])).toBe(true);
  expect(sameShape([2, 3], [3, 2])).toBe(false);
  expect(sameShape([2], [2, 1])).toBe(false);
});

describe('axes', () => {
  test('negative ones count from the end', () => {
    expect(normalizeAxis('f', -1, [2, 3, 4])).toBe(2);
    expect(normalizeAxis('f', -3, [2, 3, 4])).toBe(0);
    expect(normalizeAxes('f', [-1, 0], [2, 3, 4])).toEqual([0, 2]);
    expect(normalizeAxes('f', 1, [2, 3, 4])).toEqual([1]);
    expect(normalizeAxes('f', [], [2, 3, 4])).toEqual([]);
    expect(normalizeAxes('f', undefined, [2, 3, 4])).toEqual([0, 1, 2]);
    expect(normalizeAxes('f', undefined, [])).toEqual([]);
  });

  test.each([3, -4, 0.5, Number.NaN])('%d is no axis of [2, 3, 4]', (axis) => {
    expect(() => normalizeAxis('f', axis, [2, 3, 4])).toThrow(
      `f: no axis ${axis} in shape [2, 3, 4]: axes run from -3 to 2.`,
    );
  });

  test('a scalar has none, and none counts twice', () => {
    expect(() => normalizeAxis('f', 0, [])).toThrow('f: no axis 0 in shape []: a scalar has no axes.');
    expect(() => normalizeAxes('f', [1, -1], [2, 3])).toThrow('f: axis 1 is listed twice for shape [2, 3].');
  });

  test('reduced axes go, or stay with length 1', () => {
    expect(reducedShape([2, 3, 4], [0, 2], false)).toEqual([3]);
    expect(reducedShape([2, 3, 4], [0, 2], true)).toEqual([1, 3, 1]);
    expect(reducedShape([2, 3], [], false)).toEqual([2, 3]);
  });
});

describe('broadcastShapes', () => {
  test.each([
    [{}, []],
    [{ a: [] }, []],
    [{ a: [], b: [2, 3] }, [2, 3]],
    [{ a: [3], b: [2, 1] }, [2, 3]],
    [{ a: [4, 1, 3], b: [5, 1], c: [1, 1, 1] }, [4, 5, 3]],
    [{ a: [1], b: [0] }, [0]],
    [{ a: [0, 1], b: [3] }, [0, 3]],
  ])('%j is %j', (named, expected) => {
    expect(broadcastShapes('f', named)).toEqual(expected);
  });

  test('each axis is 1 only if it is 1 in every shape, else the one other length', () => {
    fc.assert(
      fc.property(broadcastableShapes(3), (shapes) => {
        const [a, b, c] = shapes as [number[], number[], number[]];
        const result = broadcastShapes('f', { a, b, c });
        expect(result.length).toBe(Math.max(...shapes.map((shape) => shape.length)));
        for (let axis = -1; axis >= -result.length; axis--) {
          const others = shapes.map((shape) => shape.at(axis) ?? 1).filter((length) => length !== 1);
          expect(result.at(axis)).toBe(others[0] ?? 1);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('the arguments and the first axis that disagrees are named', () => {
    expect(() => broadcastShapes('add', { a: [2, 3], b: [4, 2, 5] })).toThrow(
      'add: shapes do not broadcast: a is [2, 3] (axis -1 = 3), b is [4, 2, 5] (axis -1 = 5). ' +
        'Aligned at the last axis, lengths must be equal or 1; reshape or slice one of them so that they are.',
    );
    expect(() => broadcastShapes('f', { a: [0], b: [3] })).toThrow('a is [0] (axis -1 = 0), b is [3]');
    expect(() => broadcastShapes('f', { a: [7], b: [2, 7], c: [3, 7] })).toThrow(
      'a is [7], b is [2, 7] (axis -2 = 2), c is [3, 7] (axis -2 = 3).',
    );
  });

  test('trailing axes can be left out, and the full shapes are still named', () => {
    expect(broadcastShapes('f', { a: [2, 1, 8, 9], b: [5, 7, 6] }, 2)).toEqual([2, 5]);
    expect(() => broadcastShapes('f', { a: [2, 8, 9], b: [3, 9, 7] }, 2)).toThrow(
      'f: the axes before the last 2 do not broadcast: a is [2, 8, 9] (axis -3 = 2), b is [3, 9, 7] (axis -3 = 3).',
    );
  });
});
