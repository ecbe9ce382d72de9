import { checkGradients, gradients, parameter, type Variable } from '@reparam/autograd';
import { ArgumentError, RandomKey, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import type { Distribution } from '../distributions/distribution.ts';
import { Mixture } from '../distributions/mixture.ts';
import { FlowDistribution } from '../flows/flow-distribution.ts';
import { Planar } from '../flows/planar.ts';
import { type ElboOptions, elbo } from './elbo.ts';

const key = RandomKey.fromSeed(27);
const float64 = { dtype: 'float64' } as const;

const mu = [
  [1, 0.1],
  [-0.8, 0.2],
  [0.3, -0.1],
];
const sigma = [
  [0.5, 1],
  [0.4, 0.9],
  [0.6, 1.1],
];
const x = [
  [0.5, -1, 2],
  [1, 0, 0.3],
  [-0.4, 0.8, 0],
];
/** A linear decoder with a fixed scale of ½: mean = z·W. */
const weight = [
  [1, -1, 0.5],
  [0.3, 0.2, 1],
];
const decode = (z: Variable): Distribution =>
  DiagonalNormal.fromScale(z.matmul(tensor(weight, float64)), 0.5);
const posterior = DiagonalNormal.fromScale(tensor(mu, float64), tensor(sigma, float64));
const standard = DiagonalNormal.standard(2, 'float64');

function options(more: Partial<ElboOptions> = {}): ElboOptions {
  return { x: tensor(x, float64), posterior, prior: standard, decode, key, ...more };
}

/** KL of each latent by the closed form, averaged over the three examples. */
const klByHand = [0, 1].map(
  (d) =>
    mu.reduce((sum, row, i) => {
      const v = sigma[i]![d]! ** 2;
      return sum + 0.5 * (v + row[d]! ** 2 - 1 - Math.log(v));
    }, 0) / 3,
) as [number, number];
const klTotal = klByHand[0] + klByHand[1];

/** E ln p(x|z) at the draw that this key gives, in plain numbers. */
function reconstructionByHand(): number {
  const z = posterior.sample(key).toArray() as number[][];
  return (
    z.reduce((sum, latent, i) => {
      const mean = weight[0]!.map((_, f) =>
        latent.reduce((total, value, d) => total + value * weight[d]![f]!, 0),
      );
      return (
        sum +
        mean.reduce(
          (total, m, f) =>
            total - 0.5 * ((x[i]![f]! - m) / 0.5) ** 2 - Math.log(0.5) - 0.5 * Math.log(2 * Math.PI),
          0,
        )
      );
    }, 0) / 3
  );
}

const mixture = new Mixture(
  tensor([0.5, -0.5], float64),
  DiagonalNormal.fromScale(
    tensor(
      [
        [-1, 0],
        [1, 0.5],
      ],
      float64,
    ),
    0.7,
  ),
);
const flow = new FlowDistribution(posterior, [
  new Planar({ u: tensor([1, -1], float64), w: tensor([0.5, 0.8], float64), b: 0.1 }),
]);

describe('the terms', () => {
  test('are the sums over features and latents, averaged over the examples', () => {
    const terms = elbo(options());
    expect(terms.reconstruction.item()).toBeCloseTo(reconstructionByHand(), 12);
    expect(terms.klPerLatent?.toArray()).toEqual(klByHand.map((value) => expect.closeTo(value, 13)));
    expect(terms.kl.item()).toBeCloseTo(klTotal, 13);
    expect(terms.elbo.item()).toBeCloseTo(reconstructionByHand() - klTotal, 12);
    expect(terms.loss.item()).toBeCloseTo(klTotal - reconstructionByHand(), 12);
    expect(terms.klEstimated).toBe(false);
    for (const term of [terms.reconstruction, terms.kl, terms.elbo, terms.loss])
      expect(term.shape).toEqual([]);
  });

  test.each([
    ['a mixture prior', { prior: mixture }],
    ['a flow', { posterior: flow }],
    ['both', { prior: mixture, posterior: flow }],
  ])('with %s say that the KL is estimated, at the draw that is reconstructed', (_, change) => {
    const seen: Variable[] = [];
    const given = options({
      ...change,
      decode: (z) => {
        seen.push(z);
        return decode(z);
      },
    });
    const terms = elbo(given);
    expect(terms.klEstimated).toBe(true);
    expect('klPerLatent' in terms).toBe(false);
    const { sample, logProb } = given.posterior.sampleAndLogProb(key);
    expect(seen.map((z) => z.toArray())).toEqual([sample.toArray()]);
    const difference = logProb.sub(given.prior.logProb(sample)).mean().item();
    expect(terms.kl.item()).toBeCloseTo(difference, 13);
    expect(terms.elbo.item()).toBeCloseTo(terms.reconstruction.item() - difference, 13);
    expect(terms.loss.item()).toBeCloseTo(-terms.elbo.item(), 13);
  });

  test('average over all batch axes, one number for each latent', () => {
    const twice = DiagonalNormal.fromScale(tensor([mu, mu], float64), tensor(sigma, float64));
    const terms = elbo(options({ posterior: twice }));
    expect(terms.klPerLatent?.toArray()).toEqual(klByHand.map((value) => expect.closeTo(value, 13)));
    const one = DiagonalNormal.fromScale(tensor(mu[0]!, float64), tensor(sigma[0]!, float64));
    const single = elbo(options({ posterior: one, decode: (z) => decode(z.reshape([1, 2])) }));
    expect(single.klPerLatent?.toArray()).toEqual(
      mu[0]!.map((m, d) => {
        const v = sigma[0]![d]! ** 2;
        return expect.closeTo(0.5 * (v + m * m - 1 - Math.log(v)), 13);
      }),
    );
  });
});

describe('the loss', () => {
  test.each([0, 0.25, 1, 4])('weighs the KL with β = %s, and the bound stays the bound', (klWeight) => {
    const terms = elbo(options({ klWeight }));
    expect(terms.loss.item()).toBeCloseTo(klWeight * klTotal - reconstructionByHand(), 12);
    expect(terms.elbo.item()).toBeCloseTo(reconstructionByHand() - klTotal, 12);
    expect(terms.kl.item()).toBeCloseTo(klTotal, 13);
  });

  test('takes max(free bits, KL) in each latent, after averaging over the examples', () => {
    const freeBits = 0.1;
    // One latent is above it and one below; in single examples the first would be otherwise.
    expect(klByHand[0]).toBeGreaterThan(freeBits);
    expect(klByHand[1]).toBeLessThan(freeBits);
    const terms = elbo(options({ freeBits, klWeight: 0.5 }));
    const charged = klByHand[0] + freeBits;
    expect(terms.loss.item()).toBeCloseTo(0.5 * charged - reconstructionByHand(), 12);
    expect(terms.elbo.item()).toBeCloseTo(reconstructionByHand() - klTotal, 12);
    expect(terms.klPerLatent?.toArray()).toEqual(klByHand.map((value) => expect.closeTo(value, 13)));
  });

  test('takes max(latents · free bits, KL) where the KL does not split', () => {
    const { kl, reconstruction } = elbo(options({ prior: mixture }));
    for (const freeBits of [kl.item() / 2 + 0.1, kl.item() / 2 - 0.1]) {
      const terms = elbo(options({ prior: mixture, freeBits, klWeight: 2 }));
      const charged = Math.max(kl.item(), 2 * freeBits);
      expect(terms.loss.item()).toBeCloseTo(2 * charged - reconstruction.item(), 12);
      expect(terms.kl.item()).toBe(kl.item());
    }
  });

  test('gives a latent below its free bits no gradient from the KL', () => {
    const location = parameter(tensor(mu, float64));
    const q = DiagonalNormal.fromScale(location, tensor(sigma, float64));
    const { loss, reconstruction } = elbo(options({ posterior: q, freeBits: 0.1 }));
    const [byLocation] = gradients(loss.add(reconstruction), [location]);
    // d/dμ of ½μ² averaged over three examples for the first latent, and nothing for the second.
    expect(byLocation!.toArray()).toEqual(mu.map((row) => [expect.closeTo(row[0]! / 3, 13), 0]));
  });
});

describe('derivatives of the loss by every parameter', () => {
  const logScale = sigma.map((row) => row.map(Math.log));

  test.each([1, 2] as const)('with a closed KL, order %i', (order) => {
    checkGradients(
      (mu, logScale, weight) =>
        elbo(
          options({
            posterior: DiagonalNormal.fromLogScale(mu!, logScale!),
            decode: (z) => DiagonalNormal.fromScale(z.matmul(weight!), 0.5),
            klWeight: 0.7,
          }),
        ).loss,
      [mu, logScale, weight],
      { order },
    );
  });

  test.each([1, 2] as const)('with a flow and a mixture prior, order %i', (order) => {
    checkGradients(
      (mu, logScale, u, w, b, logits, locations, logScales) =>
        elbo(
          options({
            posterior: new FlowDistribution(DiagonalNormal.fromLogScale(mu!, logScale!), [
              new Planar({ u: u!, w: w!, b: b! }),
            ]),
            prior: new Mixture(logits!, DiagonalNormal.fromLogScale(locations!, logScales!)),
          }),
        ).loss,
      [
        mu,
        logScale,
        [1, -1],
        [0.5, 0.8],
        0.1,
        [0.5, -0.5],
        [
          [-1, 0],
          [1, 0.5],
        ],
        [
          [-0.3, 0],
          [0.2, -0.4],
        ],
      ],
      { order },
    );
  });
});

test.each([
  [{ klWeight: -1 }, 'elbo: klWeight is -1; it must be ≥ 0.'],
  [{ klWeight: Number.NaN }, 'elbo: klWeight is NaN; it must be ≥ 0.'],
  [{ freeBits: -0.5 }, 'elbo: freeBits is -0.5; it must be ≥ 0.'],
  [{ freeBits: Infinity }, 'elbo: freeBits is Infinity; it must be ≥ 0.'],
])('refuses %o', (change, message) => {
  expect(() => elbo(options(change))).toThrow(ArgumentError);
  expect(() => elbo(options(change))).toThrow(message);
});
