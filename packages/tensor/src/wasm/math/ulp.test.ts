import { expect, test } from 'vitest';
import { ulpError } from './ulp.ts';

const largest = (2 - 2 ** -23) * 2 ** 127;

test.each([
  [1, 1, 0],
  [1 + 2 ** -23, 1, 1],
  [1, 1 + 2 ** -24, 0.5],
  [-8, -8 - 2 ** -20, 1],
  [0, 2 ** -149, 1],
  [0, 2 ** -151, 0.25],
  [2 ** -126, 2 ** -126 - 2 ** -149, 1],
  [Infinity, 2 ** 128, 0],
  [Infinity, 1e300, 0],
  [Infinity, largest, 1],
  [largest, 1e300, 1],
  [-Infinity, 1e300, 2 ** 25],
  [1, Infinity, Infinity],
  [Infinity, Infinity, 0],
  [Number.NaN, Number.NaN, 0],
  [Number.NaN, 1, Infinity],
  [1, Number.NaN, Infinity],
])('%d for %d is off by %d', (computed, exact, expected) => {
  expect(ulpError(computed, exact)).toBe(expected);
});
