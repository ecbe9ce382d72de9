import { expect, test } from 'vitest';
import { finish } from '../../diagnostics/work.ts';
import { passes } from '../ground-truth.ts';
import { mixturePrior, posteriorMean } from './mixture-prior.ts';

test('the library reaches ln p(x) in every way, and draws densities that sum to one', () => {
  const { checks, pictures } = finish(mixturePrior.verify());
  expect(checks.filter((check) => !passes(check))).toEqual([]);
  expect(checks).toHaveLength(6);
  expect(pictures.map(({ title }) => title)).toEqual(['prior p(z)', 'posterior p(z|x)', 'trained q(z|x)']);
  const [prior, posterior, trained] = pictures.map(({ values }) => Array.from(values.toTypedArray())) as [
    number[],
    number[],
    number[],
  ];
  // Pixels are 8/128 wide; of the prior a little lies outside.
  const mass = (density: readonly number[]): number => density.reduce((sum, value) => sum + value / 256, 0);
  expect(mass(prior)).toBeGreaterThan(0.97);
  expect(mass(prior)).toBeLessThan(1);
  expect(mass(posterior)).toBeCloseTo(1, 3);
  expect(mass(trained)).toBeCloseTo(1, 3);
  const difference = posterior.reduce((most, value, i) => Math.max(most, Math.abs(value - trained[i]!)), 0);
  expect(difference).toBeLessThan(1e-3);
});

test('the posterior mean is that of the second component, (Σ⁻¹ + WᵀW/σ²)⁻¹(Σ⁻¹μ + Wᵀx/σ²)', () => {
  // Σ⁻¹ = [[1, −.6], [−.6, 1]]/.64, WᵀW = [[2, 1], [1, 2]], Wᵀx = (2.2, 1.7), Σ⁻¹μ = (1.4, −.2)/.64
  const [diagonal, off] = [1 / 0.64 + 20, -0.6 / 0.64 + 10];
  const [first, second] = [1.4 / 0.64 + 22, -0.2 / 0.64 + 17];
  const determinant = diagonal ** 2 - off ** 2;
  expect(posteriorMean[0]).toBeCloseTo((diagonal * first - off * second) / determinant, 6);
  expect(posteriorMean[1]).toBeCloseTo((diagonal * second - off * first) / determinant, 6);
});
