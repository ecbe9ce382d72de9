import { RandomKey, tensor } from '@reparam/tensor';
import { expect, test } from 'vitest';
import { estimate } from '../../../../test/support/sample-moments.ts';
import { elbo } from '../objectives/elbo.ts';
import { LinearVae } from './linear-vae.ts';

const key = RandomKey.fromSeed(5);
const x = tensor(
  [
    [1, -2, 0.5],
    [0.2, 0.7, -1],
  ],
  { dtype: 'float64' },
);

test('the exact terms are what the bound is on average over its draws', () => {
  const model = new LinearVae({ features: 3, latents: 2, noiseVariance: 0.7, key });
  const { prior, decode } = model;
  const many = x.expand([1000, 2, 3]).reshape([2000, 3]);
  const terms = Array.from({ length: 30 }, (_, i) =>
    elbo({ x: many, posterior: model.posterior(many), prior, decode, key: key.foldIn(i) }),
  );
  const drawn = estimate(terms.map(({ reconstruction }) => reconstruction.item()));
  const exact = model.exactTerms(x);
  expect(drawn.standardError).toBeLessThan(0.02);
  expect(Math.abs(exact.reconstruction - drawn.mean)).toBeLessThan(4 * drawn.standardError);
  expect(exact.kl).toBeCloseTo(terms[0]!.kl.item(), 10);
});

test('σ² is a parameter where it is learned, and else what it was told', () => {
  const options = { features: 3, latents: 2, key };
  const learned = new LinearVae({ ...options, noiseVariance: 'learned' });
  const fixed = new LinearVae({ ...options, noiseVariance: 0.7 });
  expect(learned.parameters()).toContain(learned.logNoiseVariance);
  expect(fixed.parameters()).not.toContain(fixed.logNoiseVariance);
  expect([learned.noiseVariance, fixed.noiseVariance]).toEqual([1, expect.closeTo(0.7, 12)]);
});
