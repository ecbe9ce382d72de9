import { expect, test } from 'vitest';
import { median } from './statistics.ts';

test('the median is the middle value, or the mean of the two in the middle', () => {
  expect(median([10, 1, 3])).toBe(3);
  expect(median([10, 1, 3, 2])).toBe(2.5);
});
