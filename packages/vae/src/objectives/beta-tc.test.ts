import { checkGradients } from '@reparam/autograd';
import { ArgumentError, eye, full, RandomKey, ShapeError, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { evenGrid, integrate } from '../../../../test/support/quadrature.ts';
import { estimate } from '../../../../test/support/sample-moments.ts';
import { Bernoulli } from '../distributions/bernoulli.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import { FullNormal } from '../distributions/full-normal.ts';
import { aggregateSamplings, type BetaTcOptions, betaTc } from './beta-tc.ts';

const key = RandomKey.fromSeed(96);
const float64 = { dtype: 'float64' } as const;
const mu = [
  [1, 0.1],
  [-0.8, 0.2],
  [0.3, -0.1],
];
const scale = 0.5;
const options: BetaTcOptions = {
  x: tensor(mu, float64),
  posterior: DiagonalNormal.fromScale(tensor(mu, float64), scale),
  prior: DiagonalNormal.standard(2, 'float64'),
  decode: (z) => DiagonalNormal.fromScale(z, 1),
  key,
  datasetSize: 10,
};

function density(x: number, mean: number, deviation: number): number {
  return Math.exp(-0.5 * ((x - mean) / deviation) ** 2) / (deviation * Math.sqrt(2 * Math.PI));
}

describe.each(aggregateSamplings)('%s sampling', (sampling) => {
  const terms = betaTc({ ...options, sampling });
  const z = options.posterior.sample(key).toArray() as number[][];

  test('has the terms that plain loops give', () => {
    const share = (i: number, j: number): number => {
      if (sampling === 'weighted') return 1 / (10 * 3);
      return i === j ? 1 / 10 : 9 / (10 * 2);
    };
    const averages = { information: 0, correlation: 0, dimensionwise: 0 };
    z.forEach((point, i) => {
      const of = (row: readonly number[], d: number): number => density(point[d]!, row[d]!, scale);
      const logOwn = Math.log(of(mu[i]!, 0) * of(mu[i]!, 1));
      const logJoint = Math.log(mu.reduce((sum, row, j) => sum + share(i, j) * of(row, 0) * of(row, 1), 0));
      const logProduct = [0, 1].reduce(
        (total, d) => total + Math.log(mu.reduce((sum, row, j) => sum + share(i, j) * of(row, d), 0)),
        0,
      );
      const logPrior = Math.log(density(point[0]!, 0, 1) * density(point[1]!, 0, 1));
      averages.information += (logOwn - logJoint) / 3;
      averages.correlation += (logJoint - logProduct) / 3;
      averages.dimensionwise += (logProduct - logPrior) / 3;
    });
    expect(terms.mutualInformation.item()).toBeCloseTo(averages.information, 12);
    expect(terms.totalCorrelation.item()).toBeCloseTo(averages.correlation, 12);
    expect(terms.dimensionwiseKl.item()).toBeCloseTo(averages.dimensionwise, 12);
  });

  test('takes apart ln q(z|x) − ln p(z), and weighs the parts', () => {
    const point = options.posterior.sample(key);
    const whole = options.posterior.logProb(point).sub(options.prior.logProb(point)).mean().item();
    const [information, correlation, dimensionwise] = [
      terms.mutualInformation.item(),
      terms.totalCorrelation.item(),
      terms.dimensionwiseKl.item(),
    ];
    expect(information + correlation + dimensionwise).toBeCloseTo(whole, 12);
    const reconstruction = terms.reconstruction.item();
    expect(terms.loss.item()).toBeCloseTo(information + 6 * correlation + dimensionwise - reconstruction, 12);
    const weighted = betaTc({
      ...options,
      sampling,
      mutualInformationWeight: 0,
      totalCorrelationWeight: 2,
      dimensionwiseKlWeight: 3,
      klWeight: 0.5,
    });
    expect(weighted.loss.item()).toBeCloseTo(correlation + 1.5 * dimensionwise - reconstruction, 12);
  });

  test('has derivatives that agree with differences', () => {
    checkGradients(
      (location, logScale, weight) =>
        betaTc({
          ...options,
          posterior: DiagonalNormal.fromLogScale(location!, logScale!),
          decode: (latent) => DiagonalNormal.fromScale(latent.mul(weight!), 1),
          sampling,
        }).loss,
      [mu, mu, [0.5, 1.2]],
    );
  });
});

test('kl and elbo are those of the ordinary bound, in closed form', () => {
  const { kl, klPerLatent, elbo, reconstruction, klEstimated } = betaTc(options);
  const byHand = [0, 1].map((d) =>
    mu.reduce((sum, row) => sum + (0.25 + row[d]! ** 2 - 1 - Math.log(0.25)) / 6, 0),
  );
  expect(klPerLatent?.toArray()).toEqual(byHand.map((each) => expect.closeTo(each, 13)));
  expect(kl.item()).toBeCloseTo(byHand[0]! + byHand[1]!, 13);
  expect(elbo.item()).toBeCloseTo(reconstruction.item() - kl.item(), 13);
  expect(klEstimated).toBe(false);
});

test('with the whole data set as a batch, stratified sampling measures the true mutual information', () => {
  // Two examples with q = N(±.8, .5²): I = E ln q(z|x) − E ln q(z), by quadrature.
  const grid = evenGrid(1, 6, 2001);
  const information = integrate(grid, ([z]) => {
    const [first, second] = [density(z!, -0.8, 0.5), density(z!, 0.8, 0.5)];
    const aggregate = (first + second) / 2;
    return (first * Math.log(first / aggregate) + second * Math.log(second / aggregate)) / 2;
  });
  const given: BetaTcOptions = {
    ...options,
    x: tensor([[0], [0]], float64),
    posterior: DiagonalNormal.fromScale(tensor([[-0.8], [0.8]], float64), 0.5),
    prior: DiagonalNormal.standard(1, 'float64'),
    datasetSize: 2,
    sampling: 'stratified',
  };
  const measured = Array.from({ length: 1500 }, (_, i) =>
    betaTc({ ...given, key: key.foldIn(i) }).mutualInformation.item(),
  );
  const { mean, standardError } = estimate(measured);
  expect(Math.abs(mean - information)).toBeLessThan(4 * standardError);
  expect(standardError).toBeLessThan(0.01);
  expect(betaTc(given).totalCorrelation.item()).toBeCloseTo(0, 13);
});

test.each<[string, Partial<BetaTcOptions>]>([
  ['betaTc: datasetSize is 0; it must be a whole number ≥ 1.', { datasetSize: 0 }],
  ['betaTc: datasetSize is 2, but the batch alone has 3 examples', { datasetSize: 2 }],
  ['betaTc: totalCorrelationWeight is -1; it must be ≥ 0.', { totalCorrelationWeight: -1 }],
  ['betaTc: klWeight is NaN; it must be ≥ 0.', { klWeight: Number.NaN }],
  [
    'betaTc: draws of Bernoulli are not reparameterised',
    { posterior: new Bernoulli(full([3, 2], 0, float64)) },
  ],
  [
    'betaTc: stratified sampling estimates q(z) from the other examples of the batch, but there is one example.',
    { posterior: DiagonalNormal.fromScale(full([1, 2], 0, float64), 1), sampling: 'stratified' },
  ],
])('refuses: %s', (message, change) => {
  expect(() => betaTc({ ...options, ...change })).toThrow(ArgumentError);
  expect(() => betaTc({ ...options, ...change })).toThrow(message);
});

test('refuses a posterior that is no batch of vectors, or no product over latents', () => {
  const alone = DiagonalNormal.standard(2, 'float64');
  expect(() => betaTc({ ...options, posterior: alone })).toThrow(ShapeError);
  expect(() => betaTc({ ...options, posterior: alone })).toThrow(
    'betaTc: the posterior is a batch of [] over events [2]; it must be a batch [B] over latents [D].',
  );
  const joint = new FullNormal(full([3, 2], 0, float64), eye(2, 2, float64));
  expect(() => betaTc({ ...options, posterior: joint })).toThrow(
    'betaTc: the total correlation needs ln q(z_d|x) of each latent',
  );
});
