import { expect, test } from 'vitest';
import { boundCheck } from './bound-check.ts';
import { passes } from './ground-truth.ts';

test('a bound may be a little short of its optimum, and beyond it by rounding alone', () => {
  const passesAt = (reached: number): boolean =>
    passes(boundCheck('ELBO', -2, reached, { excess: 0.1, rounding: 0.01 }));
  expect([-2.11, -2.09, -2, -1.995, -1.98].map(passesAt)).toEqual([false, true, true, true, false]);
});
