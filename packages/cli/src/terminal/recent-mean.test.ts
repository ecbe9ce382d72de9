import { expect, test } from 'vitest';
import { RecentMean } from './recent-mean.ts';

test('is the mean of the values, weighted by 0.95 to the power of their age', () => {
  const mean = new RecentMean();
  expect(mean.add(4)).toBe(4);
  expect(mean.add(8)).toBeCloseTo((0.95 * 4 + 8) / 1.95, 12);
  expect(mean.add(-2)).toBeCloseTo((0.95 ** 2 * 4 + 0.95 * 8 - 2) / (0.95 ** 2 + 0.95 + 1), 12);
});

test('forgets what is long ago', () => {
  const mean = new RecentMean();
  mean.add(1e6);
  for (let i = 0; i < 1000; i++) mean.add(3);
  expect(mean.add(3)).toBeCloseTo(3, 9);
});
