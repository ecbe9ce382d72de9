import { ArgumentError, full, RandomKey, tensor } from '@reparam/tensor';
import { expect, test } from 'vitest';
import { estimate } from '../../../../test/support/sample-moments.ts';
import { drawPoisson } from './count-draws.ts';

const key = RandomKey.fromSeed(73);
const count = 40_000;

test.each([0.3, 4, 499, 1200, 20_000])('counts of rate %s have mean and variance λ', (rate) => {
  const size = rate > 1000 ? 4000 : count;
  const draws = drawPoisson(key, full([size], rate, { dtype: 'float64' })).toTypedArray();
  const { mean, variance, standardError } = estimate(draws);
  expect(Math.abs(mean - rate)).toBeLessThan(4 * standardError);
  // The fourth central moment is λ + 3λ², so the variance of the estimated variance is (λ + 2λ²)/n.
  expect(Math.abs(variance - rate)).toBeLessThan(4 * Math.sqrt((rate + 2 * rate ** 2) / size));
});

test('counts come as often as λ^k e^−λ/k! says', () => {
  const draws = drawPoisson(key, full([count], 2.5)).toTypedArray();
  let probability = Math.exp(-2.5);
  for (let k = 0; k < 8; k++) {
    const share = draws.filter((draw) => draw === k).length / count;
    expect(Math.abs(share - probability)).toBeLessThan(
      4 * Math.sqrt((probability * (1 - probability)) / count),
    );
    probability *= 2.5 / (k + 1);
  }
});

test('a rate of 0 gives 0', () => {
  expect(drawPoisson(key, tensor([0, 0])).toArray()).toEqual([0, 0]);
});

test.each([-1, Number.NaN, Infinity, 1e7])('refuses a rate of %s', (rate) => {
  expect(() => drawPoisson(key, tensor([1, rate]))).toThrow(ArgumentError);
  expect(() => drawPoisson(key, tensor([1, rate]))).toThrow(
    `drawPoisson: a rate is ${rate}; draws are made for rates between 0 and 1000000.`,
  );
});
