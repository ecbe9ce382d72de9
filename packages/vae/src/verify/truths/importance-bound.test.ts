import { expect, test } from 'vitest';
import { finish } from '../../diagnostics/work.ts';
import { iwae } from '../../objectives/iwae.ts';
import { passes } from '../ground-truth.ts';
import { type Bound, verifyBounds } from './importance-bound.ts';

const draws = 100_000;

test('the bounds of both rows, with fewer draws', () => {
  const checks = finish(verifyBounds(iwae, draws));
  expect(checks).toHaveLength(16);
  expect(checks.filter((check) => !passes(check))).toEqual([]);
});

test('catches a bound that averages logarithms, and one that forgets to average', () => {
  const logarithms: Bound = (options) => {
    const terms = iwae(options);
    return { ...terms, bound: terms.elbo };
  };
  const sums: Bound = (options) => {
    const terms = iwae(options);
    return { ...terms, bound: terms.bound.add(Math.log(options.samples)) };
  };
  for (const broken of [logarithms, sums]) {
    const checks = finish(verifyBounds(broken, draws));
    // At K = 1 there is nothing to tell them by.
    const wrong = checks.filter((check) => !passes(check)).map(({ quantity }) => quantity);
    expect(wrong.filter((quantity) => quantity.includes('L_1 '))).toEqual([]);
    expect(wrong.length).toBeGreaterThanOrEqual(10);
  }
});
