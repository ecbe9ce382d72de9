import { normal, RandomKey, ShapeError, type Tensor, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import { Mixture } from '../distributions/mixture.ts';
import { activeThreshold, latentUsage } from './latent-usage.ts';

const key = RandomKey.fromSeed(54);
const float64 = { dtype: 'float64' } as const;
const posterior = (x: Tensor) => DiagonalNormal.fromScale(x, tensor([0.5, 1, 0.9], float64));
const prior = DiagonalNormal.standard(3, 'float64');
// Columns of variance 1, .0101 and .0099 around 0, 3 and 0.
const wide = Math.sqrt(0.0101);
const narrow = Math.sqrt(0.0099);
const x = tensor(
  [
    [1, 3 + wide, narrow],
    [-1, 3 - wide, narrow],
    [1, 3 + wide, -narrow],
    [-1, 3 - wide, -narrow],
  ],
  float64,
);

describe('latentUsage', () => {
  test('counts latents whose posterior mean varies by more than the threshold', () => {
    const got = latentUsage({ posterior, prior, x, key, chunk: 3 });
    expect(activeThreshold).toBe(0.01);
    expect(got.activity).toEqual([1, 0.0101, 0.0099].map((value) => expect.closeTo(value, 12)));
    expect(got.activeUnits).toBe(2);
  });

  test('gives the KL of each latent, whatever the chunks', () => {
    const expected = [
      0.5 * (0.25 + 1 - 1 - Math.log(0.25)),
      0.5 * (1 + 9.0101 - 1),
      0.5 * (0.81 + 0.0099 - 1 - Math.log(0.81)),
    ];
    for (const chunk of [1, 3, 100]) {
      const got = latentUsage({ posterior, prior, x, key, chunk });
      expect(got.klPerLatent).toEqual(expected.map((value) => expect.closeTo(value, 12)));
      expect(got.kl).toBeCloseTo(
        expected.reduce((sum, value) => sum + value),
        12,
      );
      expect(got.klEstimated).toBe(false);
    }
  });

  test('has no KL for each latent under a mixture prior, and says that the KL is an estimate', () => {
    const mixture = new Mixture(
      zeros([2], float64),
      DiagonalNormal.fromScale(normal(key, [2, 3], float64), 1),
    );
    const got = latentUsage({ posterior, prior: mixture, x, key });
    expect(got.klPerLatent).toBeUndefined();
    expect(got.klEstimated).toBe(true);
    expect(got.activeUnits).toBe(2);
  });

  test('refuses what it has no answer for', () => {
    const attempt = (change: { x?: Tensor; chunk?: number }) => () =>
      latentUsage({ posterior, prior, x, key, ...change });
    expect(attempt({ x: zeros([0, 3], float64) })).toThrow(ShapeError);
    expect(attempt({ chunk: 0 })).toThrow('latentUsage: chunk is 0; it must be a whole number');
  });
});
