import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../errors.ts';
import { constant, type Expression } from './expression.ts';
import * as f from './functions.ts';

/** A function of constants is computed at once. */
function value(fn: (...operands: Expression[]) => Expression, ...operands: number[]): number {
  const result = fn(...operands.map(constant));
  if (result.kind !== 'constant') throw new Error('a function of constants was left standing');
  return result.value;
}

const { NaN: nan } = Number;

describe('rounding', () => {
  test.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [3.5, 4],
    [-0.5, -0],
    [-1.5, -2],
    [-2.5, -2],
    [2.4999999999999996, 2],
    [0.49999999999999994, 0],
    [-0.2, -0],
    [7, 7],
    [2 ** 52 - 0.5, 2 ** 52],
    [2 ** 52 + 1, 2 ** 52 + 1],
    [-(2 ** 53), -(2 ** 53)],
    [1e300, 1e300],
    [Infinity, Infinity],
    [-Infinity, -Infinity],
    [nan, nan],
  ])('%d to the nearest, halves to even: %d', (x, expected) => {
    expect(Object.is(value(f.round, x), expected)).toBe(true);
  });

  test('down and up', () => {
    expect([-1.5, -1, 0.2, 3].map((x) => value(f.floor, x))).toEqual([-2, -1, 0, 3]);
    expect([-1.5, -1, 0.2, 3].map((x) => value(f.ceil, x))).toEqual([-1, -1, 1, 3]);
  });
});

test('isFinite and isNaN', () => {
  const points = [0, -1e308, Infinity, -Infinity, nan];
  expect(points.map((x) => value(f.isFinite, x))).toEqual([1, 1, 0, 0, 0]);
  expect(points.map((x) => value(f.isNaN, x))).toEqual([0, 0, 0, 0, 1]);
});

test('logic: 0 and -0 are false, all else is true', () => {
  const points = [0, -0, 1, -2.5, nan];
  const truth = [0, 0, 1, 1, 1];
  expect(points.map((x) => value(f.logicalNot, x))).toEqual(truth.map((t) => 1 - t));
  points.forEach((a, i) => {
    points.forEach((b, j) => {
      expect(value(f.logicalAnd, a, b)).toBe(truth[i]! && truth[j]!);
      expect(value(f.logicalOr, a, b)).toBe(truth[i]! || truth[j]!);
      expect(value(f.notEqual, a, b)).toBe(a !== b ? 1 : 0);
    });
  });
});

test('hypot neither overflows nor vanishes', () => {
  expect(value(f.hypot, 3e200, 4e200) / 1e200).toBeCloseTo(5, 14);
  expect(value(f.hypot, 3e-200, 4e-200) / 1e-200).toBeCloseTo(5, 14);
  expect(value(f.hypot, -Infinity, 1)).toBe(Infinity);
  expect(value(f.hypot, 0, -2)).toBe(2);
});

test('polygamma: one function for each order, told apart', () => {
  const x = constant(2);
  // ψ′(2) = π²/6 − 1 and ψ″(2) = 2 − 2ζ(3)
  expect(value(() => f.polygamma(1, x))).toBeCloseTo(Math.PI ** 2 / 6 - 1, 15);
  expect(value(() => f.polygamma(2, x))).toBeCloseTo(2 - 2 * 1.2020569031595942, 15);
  expect(f.polygamma(0, x)).toBe(f.digamma(x));
  for (const order of [-1, 1.5, nan]) {
    expect(() => f.polygamma(order, x)).toThrow(ArgumentError);
    expect(() => f.polygamma(order, x)).toThrow(
      `polygamma: the order is ${order}, but needs to be 0, 1, 2, ….`,
    );
  }
});
