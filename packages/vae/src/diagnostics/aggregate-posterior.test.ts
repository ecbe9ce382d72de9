import { normal, RandomKey, ShapeError, type Tensor, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { evenGrid, integrate } from '../../../../test/support/quadrature.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import { FlowDistribution } from '../flows/flow-distribution.ts';
import { type AggregateOptions, aggregatePosterior } from './aggregate-posterior.ts';
import type { Measured } from './measured.ts';
import { finish } from './work.ts';

const key = RandomKey.fromSeed(55);
const float64 = { dtype: 'float64' } as const;
const prior = DiagonalNormal.standard(2, 'float64');
/** q(z|x) = N(x, diag(.36, .64)) */
const scales = [0.6, 0.8];
const posterior = (x: Tensor) => DiagonalNormal.fromScale(x, tensor(scales, float64));

function expectNear(measured: Measured, truth: number, largestError: number): void {
  expect(measured.standardError).toBeLessThan(largestError);
  expect(Math.abs(measured.value - truth)).toBeLessThan(4 * measured.standardError + 1e-12);
}

describe('of three overlapping posteriors, every part is what quadrature finds', () => {
  const centres = [
    [0, 0],
    [1, 0.5],
    [-1, -2],
  ];
  const phi = (z: number, mean: number, scale: number): number =>
    Math.exp(-0.5 * ((z - mean) / scale) ** 2) / (scale * Math.sqrt(2 * Math.PI));
  const conditional = ([a, b]: readonly number[], [ma, mb]: readonly number[]): number =>
    phi(a!, ma!, scales[0]!) * phi(b!, mb!, scales[1]!);
  const average = (f: (centre: readonly number[]) => number): number =>
    centres.reduce((sum, centre) => sum + f(centre), 0) / 3;
  const aggregate = (z: readonly number[]): number => average((centre) => conditional(z, centre));
  const marginal = (z: number, d: number): number => average((centre) => phi(z, centre[d]!, scales[d]!));
  const grid = evenGrid(2, 8, 321);
  const integral = (f: (z: readonly number[]) => number): number => integrate(grid, f);

  const got = finish(
    aggregatePosterior({ posterior, prior, x: tensor(centres, float64), key, samples: 20_000 }),
  );

  test('the KL and its parts', () => {
    const information = integral((z) =>
      average((centre) => conditional(z, centre) * Math.log(conditional(z, centre) / aggregate(z))),
    );
    const aggregateKl = integral(
      (z) => aggregate(z) * Math.log(aggregate(z) / (phi(z[0]!, 0, 1) * phi(z[1]!, 0, 1))),
    );
    expectNear(got.mutualInformation, information, 0.01);
    expectNear(got.aggregateKl, aggregateKl, 0.01);
    expectNear(got.kl, information + aggregateKl, 0.01);
    expect(got.kl.value).toBeCloseTo(got.mutualInformation.value + got.aggregateKl.value, 12);
    expect(got.ceiling).toBe(Math.log(3));
  });

  test('the total correlation and the KL of each latent', () => {
    const totalCorrelation = integral(
      (z) => aggregate(z) * Math.log(aggregate(z) / (marginal(z[0]!, 0) * marginal(z[1]!, 1))),
    );
    expectNear(got.totalCorrelation!, totalCorrelation, 0.01);
    const line = evenGrid(1, 9, 2001);
    [0, 1].forEach((d) => {
      const truth = integrate(line, ([z]) => marginal(z!, d) * Math.log(marginal(z!, d) / phi(z!, 0, 1)));
      expectNear(got.aggregateKlPerLatent![d]!, truth, 0.01);
    });
    const parts = got.aggregateKlPerLatent!.reduce(
      (sum, { value }) => sum + value,
      got.totalCorrelation!.value,
    );
    expect(got.aggregateKl.value).toBeCloseTo(parts, 10);
  });

  test('the information without the own example, which no longer counts it', () => {
    const truth = integral((z) =>
      average((centre) => {
        const own = conditional(z, centre);
        const rest = centres.filter((other) => other !== centre);
        const others = rest.reduce((sum, other) => sum + conditional(z, other), 0) / 2;
        return own > 0 ? own * Math.log(own / others) : 0;
      }),
    );
    expectNear(got.mutualInformationUpper!, truth, 0.03);
  });
});

test('examples far apart are told apart: I = ln N', () => {
  const x = tensor(
    [0, 20, 40, 60].map((value) => [value, -value]),
    float64,
  );
  const { mutualInformation, ceiling } = finish(aggregatePosterior({ posterior, prior, x, key }));
  expect(mutualInformation.value).toBeCloseTo(Math.log(4), 12);
  expect(ceiling).toBe(Math.log(4));
});

test('a posterior that ignores x tells nothing: I = 0 and the aggregate is the posterior', () => {
  const constant = ({ shape }: Tensor) =>
    DiagonalNormal.fromScale(zeros([shape[0]!, 2], float64), tensor(scales, float64));
  const got = finish(
    aggregatePosterior({ posterior: constant, prior, x: normal(key, [500, 2], float64), key }),
  );
  expect(got.mutualInformation.value).toBeCloseTo(0, 12);
  expect(got.mutualInformationUpper!.value).toBeCloseTo(0, 12);
  expect(got.totalCorrelation!.value).toBeCloseTo(0, 12);
  // ½Σ(σ² − 1 − ln σ²)
  const exact = scales.reduce((sum, s) => sum + 0.5 * (s * s - 1 - Math.log(s * s)), 0);
  expectNear(got.aggregateKl, exact, 0.05);
});

test('the two estimates of the information enclose that of the distribution behind the examples', () => {
  // x ~ N(0, I), z|x ~ N(x, diag σ²): I = ½Σ ln(1 + 1/σ²)
  const exact = scales.reduce((sum, s) => sum + 0.5 * Math.log(1 + 1 / (s * s)), 0);
  const options = { posterior, prior, x: normal(key, [400, 2], float64), key, samples: 5 };
  const { mutualInformation, mutualInformationUpper } = finish(aggregatePosterior(options));
  expect(mutualInformation.value).toBeLessThan(exact + 4 * mutualInformation.standardError);
  expect(mutualInformationUpper!.value).toBeGreaterThan(exact - 4 * mutualInformationUpper!.standardError);
  expect(mutualInformationUpper!.value - mutualInformation.value).toBeGreaterThan(0);
  expect(mutualInformationUpper!.value - mutualInformation.value).toBeLessThan(0.1);
});

test('a flow has no parts for each latent; the rest is the same at the same draws', () => {
  const x = normal(key, [5, 2], float64);
  const flow = (rows: Tensor) => new FlowDistribution(posterior(rows), []);
  const [plain, flowed] = [posterior, flow].map((each) =>
    finish(aggregatePosterior({ posterior: each, prior, x, key })),
  );
  expect(flowed!.aggregateKl.value).toBeCloseTo(plain!.aggregateKl.value, 12);
  expect(flowed!.totalCorrelation).toBeUndefined();
  expect(flowed!.aggregateKlPerLatent).toBeUndefined();
});

test('chunks of any size cover every example', () => {
  const x = normal(key, [6, 2], float64);
  for (const chunk of [1, 13, 1000]) {
    const seen: number[] = [];
    const got = finish(
      aggregatePosterior({ posterior, prior, x, key, samples: 2, chunk }),
      ({ done, total }) => {
        expect(total).toBe(12);
        seen.push(done);
      },
    );
    expect(seen.at(-1)).toBe(12);
    expect(seen).toHaveLength({ 1: 12, 13: 6, 1000: 2 }[chunk]!);
    expect(got.kl.value).toBeCloseTo(got.mutualInformation.value + got.aggregateKl.value, 12);
  }
});

test('one example is known at once', () => {
  const got = finish(aggregatePosterior({ posterior, prior, x: zeros([1, 2], float64), key }));
  expect(got.mutualInformation.value).toBe(0);
  expect(got.mutualInformationUpper).toBeUndefined();
});

test('refuses what it has no answer for', () => {
  const attempt = (change: Partial<AggregateOptions>) => () =>
    finish(aggregatePosterior({ posterior, prior, x: zeros([3, 2], float64), key, ...change }));
  expect(attempt({ x: zeros([0, 2], float64) })).toThrow(ShapeError);
  expect(attempt({ samples: 0 })).toThrow('aggregatePosterior: samples is 0; it must be a whole number');
  expect(attempt({ chunk: -2 })).toThrow('aggregatePosterior: chunk is -2; it must be a whole number');
});
