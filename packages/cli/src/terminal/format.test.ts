import { describe, expect, test } from 'vitest';
import { formatCount, formatElapsed, formatRate, formatValue } from './format.ts';

describe('numbers at the terminal', () => {
  test.each([
    [-98.517, '-98.5'],
    [-0.04, '0.0'],
    [0, '0.0'],
    [999.94, '999.9'],
    [999.96, '1000'],
    [-12345.6, '-12346'],
    [-123456, '-1e5'],
    [Number.NaN, 'NaN'],
  ])('formatValue(%d) is %s', (value, text) => expect(formatValue(value)).toBe(text));

  test('formatValue takes another number of decimals', () => expect(formatValue(-98.517, 2)).toBe('-98.52'));

  test.each([
    [87.4, '87'],
    [999.6, '1.0k'],
    [9400, '9.4k'],
    [9960, '10k'],
    [12_345, '12k'],
    [1_250_000, '1.3M'],
    [Infinity, '–'],
  ])('formatRate(%d) is %s', (value, text) => expect(formatRate(value)).toBe(text));

  test.each([
    [0, '0:00'],
    [7.4, '0:07'],
    [59.6, '1:00'],
    [101, '1:41'],
    [7509, '2:05:09'],
    [Infinity, '–:––'],
  ])('formatElapsed(%d) is %s', (value, text) => expect(formatElapsed(value)).toBe(text));
});

test('formatCount', () => {
  expect([0, 1, 2].map((count) => formatCount(count, 'epoch'))).toEqual(['0 epochs', '1 epoch', '2 epochs']);
});
