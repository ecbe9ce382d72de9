import { describe, expect, test } from 'vitest';
import { principalOptimum } from './principal-optimum.ts';

const features = 6;
const eigenvalues = [4, 2, 1, 0.3, 0.2, 0.1];

test.each([
  { latents: 1, noiseVariance: 'learned', sigma2: 0.72, negativeElbo: 8.385518, kl: [0.857399] },
  { latents: 2, noiseVariance: 'learned', sigma2: 0.4, negativeElbo: 7.720771, kl: [1.151293, 0.804719] },
  {
    latents: 3,
    noiseVariance: 'learned',
    sigma2: 0.2,
    negativeElbo: 7.139195,
    kl: [1.497866, 1.151293, 0.804719],
  },
  {
    latents: 4,
    noiseVariance: 0.5,
    sigma2: 0.5,
    negativeElbo: 7.613631,
    kl: [1.039721, Math.LN2, 0.346574, 0],
  },
  { latents: 4, noiseVariance: 1.5, sigma2: 1.5, negativeElbo: 8.897616, kl: [0.490415, 0.143841, 0, 0] },
] as const)('$latents latents, σ² $noiseVariance', ({ latents, noiseVariance, sigma2, negativeElbo, kl }) => {
  const optimum = principalOptimum({ eigenvalues, features, latents, noiseVariance });
  expect(-optimum.objective).toBeCloseTo(negativeElbo, 6);
  expect(optimum.noiseVariance).toBeCloseTo(sigma2, 12);
  expect(optimum.klPerLatent).toEqual(kl.map((each) => expect.closeTo(each, 6)));
  const total = (kl as readonly number[]).reduce((sum, each) => sum + each, 0);
  expect(optimum.kl).toBeCloseTo(total, 5);
});

test.each([
  [1, 3],
  [2, 2],
  [4, 1],
  [8, 0],
])('β = %i leaves %i latents active, on what they explain', (klWeight, active) => {
  const { activity } = principalOptimum({ eigenvalues, features, latents: 4, noiseVariance: 0.5, klWeight });
  expect(activity.filter((each) => each > 0)).toHaveLength(active);
  activity.forEach((each, i) => {
    expect(each).toBeCloseTo(Math.max(0, 1 - (0.5 * klWeight) / eigenvalues[i]!), 12);
  });
});

describe('no other latent of one dimension has a larger objective', () => {
  // E ln N(x; wz, σ²) − β·KL for q(z|x) = N(vx, s) and x of variance λ.
  const objective = (
    w: number,
    v: number,
    s: number,
    lambda: number,
    sigma2: number,
    beta: number,
  ): number => {
    const error = lambda * (1 - w * v) ** 2 + w * w * s;
    const kl = 0.5 * (s + v * v * lambda - 1 - Math.log(s));
    return -0.5 * (Math.log(2 * Math.PI * sigma2) + error / sigma2) - beta * kl;
  };

  test.each([
    [2, 0.5, 1],
    [2, 0.5, 3],
    [0.3, 0.5, 1],
  ])('λ = %d, σ² = %d, β = %d', (lambda, sigma2, beta) => {
    let best = -Infinity;
    for (let w = -2; w <= 2; w += 0.02) {
      for (let v = -1; v <= 1; v += 0.02) {
        for (let s = 0.02; s <= 1.2; s += 0.02) {
          best = Math.max(best, objective(w, v, s, lambda, sigma2, beta));
        }
      }
    }
    const { objective: optimum } = principalOptimum({
      eigenvalues: [lambda],
      features: 1,
      latents: 1,
      noiseVariance: sigma2,
      klWeight: beta,
    });
    expect(optimum).toBeGreaterThan(best - 1e-9);
    expect(optimum).toBeLessThan(best + 1e-3);
  });
});
