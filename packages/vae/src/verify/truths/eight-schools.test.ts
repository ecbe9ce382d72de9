import { expect, test } from 'vitest';
import { finish } from '../../diagnostics/work.ts';
import { passes } from '../ground-truth.ts';
import {
  cauchyScale,
  effects,
  eightSchools,
  logEvidence,
  meanGivenEffects,
  meanScale,
  standardErrors,
} from './eight-schools.ts';

test('the estimates are the evidence', () => {
  const { checks } = finish(eightSchools.verify());
  expect(checks.filter((check) => !passes(check))).toEqual([]);
  expect(checks).toHaveLength(9);
});

/** What normals N(y_j; μ, s_j² + τ²) make of μ ~ N(0, 5²): its posterior, and ln p(y). */
function exactAt(tau: number): { mean: number; standardDeviation: number; logEvidence: number } {
  const precisions = standardErrors.map((error) => 1 / (error ** 2 + tau ** 2));
  const precision = precisions.reduce((sum, each) => sum + each, meanScale ** -2);
  const mean = precisions.reduce((sum, each, j) => sum + each * effects[j]!, 0) / precision;
  // p(y) = p(y|μ) p(μ) / p(μ|y) at the posterior mean.
  const logDensity = (x: number, variance: number): number =>
    -0.5 * (Math.log(2 * Math.PI * variance) + x ** 2 / variance);
  const logJoint = precisions.reduce(
    (sum, each, j) => sum + logDensity(effects[j]! - mean, 1 / each),
    logDensity(mean, meanScale ** 2),
  );
  const variance = 1 / precision;
  return { mean, standardDeviation: Math.sqrt(variance), logEvidence: logJoint - logDensity(0, variance) };
}

test.each([0, 5, 10] as const)('ln p(y) at τ = %i, by hand', (tau) => {
  expect(logEvidence[tau]).toBeCloseTo(exactAt(tau).logEvidence, 6);
});

test('μ|y at τ = 5, by hand', () => {
  const { mean, standardDeviation } = exactAt(5);
  expect(meanGivenEffects.mean).toBeCloseTo(mean, 4);
  expect(meanGivenEffects.standardDeviation).toBeCloseTo(standardDeviation, 4);
});

test('ln p(y) over the half-Cauchy prior, by quadrature over its quantiles', () => {
  const count = 20_000;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const tau = cauchyScale * Math.tan((Math.PI / 2) * ((i + 0.5) / count));
    sum += Math.exp(exactAt(tau).logEvidence + 31) / count;
  }
  expect(logEvidence['half-Cauchy']).toBeCloseTo(Math.log(sum) - 31, 5);
});
