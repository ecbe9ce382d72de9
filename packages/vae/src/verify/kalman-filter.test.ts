import { tensor, zeros } from '@reparam/tensor';
import { expect, test } from 'vitest';
import { FullNormal } from '../distributions/full-normal.ts';
import { kalmanLogLikelihood } from './kalman-filter.ts';

test('is the density of N(0, Cov z + w·I), with Cov z from z_t = Σ a^(t − s) steps_s', () => {
  const model = { transition: -0.6, transitionVariance: 0.8, observationVariance: 0.3, initialVariance: 2 };
  const x = [0.4, -1.1, 0.9, 2, -0.2];
  const covariance = x.map((_, t) =>
    x.map((_, u) => {
      let sum = t === u ? model.observationVariance : 0;
      for (let s = 0; s <= Math.min(t, u); s++) {
        const variance = s === 0 ? model.initialVariance : model.transitionVariance;
        sum += model.transition ** (t - s) * model.transition ** (u - s) * variance;
      }
      return sum;
    }),
  );
  const float64 = { dtype: 'float64' } as const;
  const marginal = FullNormal.fromCovariance(zeros([5], float64), tensor(covariance, float64));
  expect(kalmanLogLikelihood(model, x)).toBeCloseTo(marginal.logProb(tensor(x, float64)).item(), 11);
});

test('of one observation is ln N(x; 0, v₁ + w)', () => {
  const model = { transition: 1, transitionVariance: 9, observationVariance: 0.5, initialVariance: 1.5 };
  expect(kalmanLogLikelihood(model, [1])).toBeCloseTo(-0.5 * Math.log(4 * Math.PI) - 0.25, 12);
});
