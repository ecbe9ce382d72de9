import { tensor, zeros } from '@reparam/tensor';
import { expect, test } from 'vitest';
import { finish } from '../../diagnostics/work.ts';
import { FullNormal } from '../../distributions/full-normal.ts';
import { passes } from '../ground-truth.ts';
import { kalmanLogLikelihood } from '../kalman-filter.ts';
import { meanFieldGap, model, observations, prior, stateSpace } from './state-space.ts';

const float64 = { dtype: 'float64' } as const;
const x = tensor([...observations], float64);

test('training reaches the log-likelihood of the Kalman filter', () => {
  const { checks } = finish(stateSpace.verify());
  expect(checks.filter((check) => !passes(check))).toEqual([]);
  expect(checks).toHaveLength(2);
});

test('the log-likelihood is −9.217209, also as ln N(x; 0, Cov z + ½I)', () => {
  expect(kalmanLogLikelihood(model, observations)).toBeCloseTo(-9.217209, 6);
  const covariance = observations.map((_, t) =>
    observations.map((_, u) => 0.9 ** Math.abs(t - u) + (t === u ? 0.5 : 0)),
  );
  const marginal = FullNormal.fromCovariance(zeros(x.shape, float64), tensor(covariance, float64));
  expect(marginal.logProb(x).item()).toBeCloseTo(-9.217209, 6);
  const stationary = prior().covariance().toArray() as number[][];
  expect(stationary[1]![4]).toBeCloseTo(0.9 ** 3, 12);
});

test('the gap of the mean field is ½(Σ ln Λ_tt − ln|Λ|)', () => {
  // The tridiagonal Λ of the posterior; |Λ| by its recurrence.
  const [a, v] = [0.9, 0.19];
  const last = observations.length - 1;
  const diagonal = observations.map((_, t) => (t === 0 ? 1 : 1 / v) + (t < last ? (a * a) / v : 0) + 2);
  let [before, determinant] = [1, diagonal[0]!];
  for (const entry of diagonal.slice(1)) {
    [before, determinant] = [determinant, entry * determinant - (a / v) ** 2 * before];
  }
  const sum = diagonal.reduce((total, entry) => total + Math.log(entry), 0);
  expect(meanFieldGap).toBeCloseTo(0.5 * (sum - Math.log(determinant)), 6);
});
