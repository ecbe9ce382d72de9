import { ArgumentError, full, normal, RandomKey, ShapeError, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { linearGaussian } from '../../../../../test/support/linear-gaussian.ts';
import { DiagonalNormal } from '../../distributions/diagonal-normal.ts';
import { importanceLogLikelihood } from '../importance-log-likelihood.ts';
import { finish } from '../work.ts';
import {
  type AnnealingOptions,
  annealedImportanceSampling,
  reverseAnnealedImportanceSampling,
} from './annealed-importance-sampling.ts';
import { evidenceSandwich } from './evidence-sandwich.ts';
import { sigmoidalSchedule } from './schedule.ts';

const key = RandomKey.fromSeed(53);
const float64 = { dtype: 'float64' } as const;
// Far from the prior, so that plain importance sampling from it fails: posterior variances of 1/21.
const model = linearGaussian(
  [
    [2, 4, 0, 0],
    [4, -2, 0, 0],
    [0, 0, 2, 4],
  ],
  1,
);
const z = normal(key, [4, 3], float64);
const x = model.decode(model.prior.sample(key, [4])).sample(key.foldIn(1)).value;
const evidence = (x.toArray() as number[][]).map(model.logEvidence);
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
const settings = { chains: 12, schedule: sigmoidalSchedule(150), leapfrogSteps: 5 } as const;

describe('annealedImportanceSampling', () => {
  test('comes to the exact ln p(x) from the prior, where as many draws of z by importance do not', () => {
    const got = finish(annealedImportanceSampling({ ...model, x, key, ...settings }));
    got.perExample.logLikelihood.forEach((value, b) => {
      expect(Math.abs(value - evidence[b]!)).toBeLessThan(4 * got.perExample.standardError[b]! + 0.05);
    });
    expect(got.bound).toBe('lower');
    expect(got.standardError).toBeLessThan(0.25);
    expect(Math.abs(got.acceptance - 0.8)).toBeLessThan(0.1);

    const posterior = () => DiagonalNormal.fromScale(zeros([4, 3], float64), 1);
    const plain = finish(importanceLogLikelihood({ ...model, posterior, x, key, samples: 12 }));
    expect(plain.logLikelihood).toBeLessThan(mean(evidence) - 5);
  });

  test('from the exact posterior, every weight is p(x)', () => {
    const initial = model.posterior(x);
    const got = finish(
      annealedImportanceSampling({ ...model, x, key, initial, chains: 2, schedule: sigmoidalSchedule(3) }),
    );
    expect(Array.from(got.perExample.logLikelihood)).toEqual(
      evidence.map((value) => expect.closeTo(value, 8)),
    );
    expect(got.standardError).toBeLessThan(1e-6);
  });

  test('with one temperature it is plain importance sampling from the prior', () => {
    const options = { ...model, x, key, chains: 7, schedule: [0, 1] };
    const got = finish(annealedImportanceSampling(options));
    const keyRun = key.split(2)[1]!;
    const drawn = model.prior.sample(keyRun.foldIn(0), [7, 4]);
    const logLikelihood = model.decode(drawn.reshape([28, 3])).logProb(x.expand([7, 4, 4]).reshape([28, 4]));
    const expected = logLikelihood.reshape([7, 4]).logsumexp({ axes: 0 }).sub(Math.log(7));
    expect(Array.from(got.perExample.logLikelihood)).toEqual(
      (expected.toArray() as number[]).map((value) => expect.closeTo(value, 8)),
    );
  });

  test('works in float32', () => {
    const single = {
      prior: DiagonalNormal.standard(1),
      decode: (code: Parameters<typeof model.decode>[0]) => DiagonalNormal.fromScale(code, 0.5),
      x: full([1, 1], 1.5),
    };
    const got = finish(
      annealedImportanceSampling({ ...single, key, chains: 64, schedule: sigmoidalSchedule(20) }),
    );
    const exact = -0.5 * (Math.log(2 * Math.PI * 1.25) + 2.25 / 1.25);
    expect(Math.abs(got.logLikelihood - exact)).toBeLessThan(4 * got.standardError);
    expect(got.standardError).toBeLessThan(0.1);
  });
});

describe('reverseAnnealedImportanceSampling', () => {
  test('comes to the exact ln p(x) from exact posterior draws', () => {
    const exact = model.posterior(x).sample(key.foldIn(9)).value;
    const got = finish(reverseAnnealedImportanceSampling({ ...model, x, exact, key, ...settings }));
    got.perExample.logLikelihood.forEach((value, b) => {
      expect(Math.abs(value - evidence[b]!)).toBeLessThan(4 * got.perExample.standardError[b]! + 0.05);
    });
    expect(got.bound).toBe('upper');
  });

  test('refuses draws that are not one for each example', () => {
    const attempt = () =>
      finish(reverseAnnealedImportanceSampling({ ...model, x, exact: z.slice([[0, 3]]), key }));
    expect(attempt).toThrow(ShapeError);
    expect(attempt).toThrow(
      'reverseAnnealedImportanceSampling: exact is [3, 3], but x is [4, 4]: give one z for each example, [4, latent].',
    );
  });
});

describe('evidenceSandwich', () => {
  const { prior, decode } = model;
  const sandwich = (steps: number, count: number) =>
    finish(
      evidenceSandwich({
        prior,
        decode,
        key,
        count,
        chains: 2,
        leapfrogSteps: 4,
        schedule: sigmoidalSchedule(steps),
      }),
    );

  test('has the exact ln p(x) of a linear model between its bounds, and closes with more temperatures', () => {
    const exactOf = (simulated: typeof x) => mean((simulated.toArray() as number[][]).map(model.logEvidence));
    const [coarse, fine] = [sandwich(6, 100), sandwich(48, 100)];
    for (const { lower, upper, x: simulated } of [coarse, fine]) {
      const exact = exactOf(simulated);
      expect(lower.logLikelihood).toBeLessThan(exact);
      expect(upper.logLikelihood).toBeGreaterThan(exact);
    }
    expect(fine.gap).toBeLessThan(coarse.gap / 3);
    expect(fine.gap).toBeLessThan(1.2);
  });

  test('closes from the exact posterior', () => {
    const got = finish(
      evidenceSandwich({ prior, decode, key, count: 3, chains: 2, schedule: sigmoidalSchedule(3) }),
    );
    const tight = finish(
      evidenceSandwich({
        ...model,
        posterior: model.posterior,
        key,
        count: 3,
        chains: 2,
        schedule: sigmoidalSchedule(3),
      }),
    );
    expect(Math.abs(tight.gap)).toBeLessThan(1e-6);
    expect(got.gap).toBeGreaterThan(0.1);
    expect(got.x.toArray()).toEqual(tight.x.toArray());
  });

  test('reports progress up to its end', () => {
    const seen: number[] = [];
    const work = evidenceSandwich({ ...model, key, count: 2, chains: 1, schedule: sigmoidalSchedule(4) });
    finish(work, ({ done, total }) => {
      expect(total).toBe(9);
      seen.push(done);
    });
    expect([...new Set(seen)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe('refusals', () => {
  const attempt = (change: Partial<AnnealingOptions>) => () =>
    finish(annealedImportanceSampling({ ...model, x, key, ...change }));

  test.each<[Partial<AnnealingOptions>, string]>([
    [{ chains: 0 }, 'chains is 0; it must be a whole number'],
    [{ leapfrogSteps: 0.5 }, 'leapfrogSteps is 0.5; it must be a whole number'],
    [{ stepSize: -1 }, 'stepSize is -1; it must be a number above 0.'],
    [{ targetAcceptance: 1 }, 'targetAcceptance is 1; it must lie between 0 and 1.'],
    [{ schedule: [0, 0.5] }, 'schedule has 2 inverse temperatures from 0 to 0.5; they must rise from 0 to 1'],
    [{ schedule: [0, 0.5, 0.5, 1] }, 'schedule has 4 inverse temperatures from 0 to 1; they must rise'],
    [{ schedule: [] }, 'schedule has 0 inverse temperatures from undefined to undefined'],
  ])('of %o', (change, message) => {
    expect(attempt(change)).toThrow(ArgumentError);
    expect(attempt(change)).toThrow(`annealedImportanceSampling: ${message}`);
  });

  test('of no examples', () => {
    expect(attempt({ x: tensor([], float64) })).toThrow(ShapeError);
  });
});
