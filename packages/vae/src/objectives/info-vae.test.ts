import { checkGradients } from '@reparam/autograd';
import { ArgumentError, full, RandomKey, ShapeError, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { Bernoulli } from '../distributions/bernoulli.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import { type InfoVaeOptions, infoVae } from './info-vae.ts';
import { mmd } from './mmd.ts';

const key = RandomKey.fromSeed(85);
const float64 = { dtype: 'float64' } as const;
const mu = [
  [1, 0.1],
  [-0.8, 0.2],
  [0.3, -0.1],
];
const prior = DiagonalNormal.standard(2, 'float64');
const options: InfoVaeOptions = {
  x: tensor(mu, float64),
  posterior: DiagonalNormal.fromScale(tensor(mu, float64), 0.5),
  prior,
  decode: (z) => DiagonalNormal.fromScale(z, 1),
  key,
};
/** ½(σ² + μ² − 1 − ln σ²) of each latent, averaged over the examples. */
const klByHand = [0, 1].map((d) =>
  mu.reduce((sum, row) => sum + (0.25 + row[d]! ** 2 - 1 - Math.log(0.25)) / 6, 0),
);

describe('the terms', () => {
  const [keyPosterior, keyPrior] = key.split(2) as [RandomKey, RandomKey];
  const z = options.posterior.sample(keyPosterior);
  const discrepancy = mmd(z, prior.sample(keyPrior, [3])).item();
  const reconstruction = DiagonalNormal.fromScale(z, 1).logProb(tensor(mu, float64)).mean().item();
  const kl = klByHand[0]! + klByHand[1]!;

  test.each<[string, Partial<InfoVaeOptions>, number]>([
    ['the ELBO at α = 0, λ = 1', { alpha: 0, lambda: 1 }, kl],
    ['the MMD-VAE at α = 1', { alpha: 1, lambda: 20 }, 20 * discrepancy],
    ['both in between', { alpha: 0.25, lambda: 3 }, 0.75 * kl + 2.25 * discrepancy],
    ['with an annealed KL', { alpha: -1, lambda: 3, klWeight: 0.5 }, kl + discrepancy],
    ['as in the paper unless told', {}, kl + 999 * discrepancy],
  ])('of the loss: %s', (_, change, charged) => {
    const terms = infoVae({ ...options, ...change });
    expect(terms.loss.item()).toBeCloseTo(charged - reconstruction, 10);
    expect(terms.divergence.item()).toBeCloseTo(discrepancy, 13);
    expect(terms.reconstruction.item()).toBeCloseTo(reconstruction, 13);
    expect(terms.klPerLatent?.toArray()).toEqual(klByHand.map((each) => expect.closeTo(each, 13)));
    expect(terms.elbo.item()).toBeCloseTo(reconstruction - kl, 12);
    expect(terms.klEstimated).toBe(false);
  });

  test('take the kernel they are told', () => {
    const choice = { kernel: 'rbf', scales: [2] } as const;
    expect(infoVae({ ...options, ...choice }).divergence.item()).toBeCloseTo(
      mmd(z, prior.sample(keyPrior, [3]), choice).item(),
      13,
    );
  });
});

test('derivatives of the loss agree with differences', () => {
  checkGradients(
    (location, logScale) =>
      infoVae({
        ...options,
        posterior: DiagonalNormal.fromLogScale(location!, logScale!),
        alpha: 0.3,
        lambda: 5,
      }).loss,
    [mu, mu],
  );
});

test.each<[string, Partial<InfoVaeOptions>]>([
  ['infoVae: alpha is 1.5; it must be a number ≤ 1.', { alpha: 1.5 }],
  ['infoVae: alpha is NaN; it must be a number ≤ 1.', { alpha: Number.NaN }],
  [
    'infoVae: lambda is 0.2 and alpha 0.5; the weight alpha + lambda − 1 of the divergence must be ≥ 0.',
    { alpha: 0.5, lambda: 0.2 },
  ],
  ['infoVae: klWeight is -2; it must be ≥ 0.', { klWeight: -2 }],
  [
    'infoVae: draws of Bernoulli are not reparameterised',
    { posterior: new Bernoulli(full([3, 2], 0, float64)) },
  ],
])('refuses: %s', (message, change) => {
  expect(() => infoVae({ ...options, ...change })).toThrow(ArgumentError);
  expect(() => infoVae({ ...options, ...change })).toThrow(message);
});

test('refuses a batch of one', () => {
  const posterior = DiagonalNormal.fromScale(full([1, 2], 0, float64), 1);
  const build = (): unknown => infoVae({ ...options, posterior });
  expect(build).toThrow(ShapeError);
  expect(build).toThrow(
    'infoVae: the posterior is a batch of [1] over events [2]; it must be a batch [B] of two or more',
  );
});
