import { full, normal, RandomKey, ShapeError, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { linearGaussian } from '../../../../test/support/linear-gaussian.ts';
import { estimate } from '../../../../test/support/sample-moments.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import { type ImportanceSamplingOptions, importanceLogLikelihood } from './importance-log-likelihood.ts';
import { finish } from './work.ts';

const key = RandomKey.fromSeed(51);
const float64 = { dtype: 'float64' } as const;

const model = linearGaussian(
  [
    [1, 2, 0],
    [2, -1, 0],
  ],
  0.5,
);
const x = normal(key, [7, 3], float64);
const exact = (x.toArray() as number[][]).map(model.logEvidence);

describe('the bound of K draws, from many examples that are all the same', () => {
  const count = 20_000;
  /** z ~ N(0, 1), x|z ~ N(z, variance s), q = N(location, scale²) for every x: ground truth C. */
  const oneDimensional = (
    s: number,
    location: number,
    scale: number,
  ): Omit<ImportanceSamplingOptions, 'x' | 'samples'> => ({
    prior: DiagonalNormal.standard(1, 'float64'),
    decode: (z) => DiagonalNormal.fromScale(z, Math.sqrt(s)),
    posterior: (rows) => DiagonalNormal.fromScale(full([rows.shape[0]!, 1], location, float64), scale),
    key,
    chunk: 50_000,
  });
  const [byPrior, byGuess] = [oneDimensional(1, 0, 1), oneDimensional(0.5, 1, 0.8)];

  test.each([
    [byPrior, 1, 1, -1.918939],
    [byPrior, 1, 2, -1.653474],
    [byPrior, 1, 10, -1.534942],
    [byGuess, 2, 1, -2.755508],
    [byGuess, 2, 5, -2.486833],
    [byGuess, 2, 50, -2.457848],
  ])('case %#: is the exact L_K', (options, value, samples, bound) => {
    const got = finish(importanceLogLikelihood({ ...options, x: full([count, 1], value, float64), samples }));
    const { mean, standardError } = estimate(got.perExample.logLikelihood);
    expect(got.logLikelihood).toBeCloseTo(mean, 10);
    expect(Math.abs(mean - bound)).toBeLessThan(4 * standardError);
    expect(got.bound).toBe('lower');
  });

  test('its standard error is the spread that repeated estimates have', () => {
    const got = finish(importanceLogLikelihood({ ...byGuess, x: full([2000, 1], 2, float64), samples: 200 }));
    const spread = Math.sqrt(estimate(got.perExample.logLikelihood).variance);
    const claimed = estimate(got.perExample.standardError).mean;
    // The relative error of a standard deviation of 2000 numbers is about 1/√4000.
    expect(Math.abs(claimed / spread - 1)).toBeLessThan(0.1);
    expect(got.standardError).toBeCloseTo(claimed / Math.sqrt(2000), 4);
  });
});

describe('chunks', () => {
  test('bound what is decoded at once, and cover every draw of every example', () => {
    for (const chunk of [1, 3, 7, 20, 1000]) {
      const sizes: number[] = [];
      const got = finish(
        importanceLogLikelihood({
          ...model,
          decode: (z) => {
            sizes.push(z.shape[0]!);
            return model.decode(z);
          },
          x,
          key,
          samples: 4,
          chunk,
        }),
      );
      expect(Math.max(...sizes)).toBeLessThanOrEqual(chunk);
      expect(sizes.reduce((sum, size) => sum + size)).toBe(28);
      expect(Array.from(got.perExample.logLikelihood)).toEqual(
        exact.map((value) => expect.closeTo(value, 10)),
      );
    }
  });

  test('progress ends at the draws there are', () => {
    const seen: number[] = [];
    finish(importanceLogLikelihood({ ...model, x, key, samples: 4, chunk: 10 }), ({ done, total }) => {
      expect(total).toBe(28);
      seen.push(done);
    });
    expect(seen).toEqual([7, 14, 21, 28]);
  });
});

test('refuses what it has no answer for', () => {
  const attempt = (change: Partial<ImportanceSamplingOptions>) => () =>
    finish(importanceLogLikelihood({ ...model, x, key, samples: 3, ...change }));
  expect(attempt({ x: zeros([0, 3], float64) })).toThrow(ShapeError);
  expect(attempt({ x: zeros([0, 3], float64) })).toThrow(
    'importanceLogLikelihood: x is [0, 3]; give [B, …] with at least one example.',
  );
  expect(attempt({ samples: 0 })).toThrow('importanceLogLikelihood: samples is 0; it must be a whole number');
  expect(attempt({ chunk: 1.5 })).toThrow('importanceLogLikelihood: chunk is 1.5; it must be a whole number');
  expect(attempt({ x: tensor([[0, Number.NaN, 0]], float64) })).toThrow(
    'importanceLogLikelihood: the log-weight of example 0 is NaN',
  );
});
