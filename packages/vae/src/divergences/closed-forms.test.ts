import { checkGradients, noGrad, type Operand } from '@reparam/autograd';
import { normal, RandomKey, type Shape, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { estimate } from '../../../../test/support/sample-moments.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import type { Distribution } from '../distributions/distribution.ts';
import { FullNormal } from '../distributions/full-normal.ts';
import { Laplace } from '../distributions/laplace.ts';
import { Logistic } from '../distributions/logistic.ts';
import { LowRankNormal } from '../distributions/low-rank-normal.ts';
import { type DistributionName, distributions } from '../distributions/table.ts';
import { Uniform } from '../distributions/uniform.ts';
import { kl } from '../objectives/kl.ts';
import { closedKl, registerKl } from './registry.ts';

const key = RandomKey.fromSeed(81);
const float64 = { dtype: 'float64' } as const;
const t = (values: Parameters<typeof tensor>[0]) => tensor(values, float64);

function numbersOf(name: DistributionName, which: number, batch: Shape = []) {
  const numbersKey = key.foldIn(which);
  return distributions[name]
    .parameterShapes(2, 1)
    .map((shape, i) =>
      normal(numbersKey.foldIn(i), [...batch, ...shape], { ...float64, standardDeviation: 0.6 }),
    );
}

function create(name: DistributionName, raw: readonly Operand[]): Distribution {
  return distributions[name].create(raw);
}

const gaussians = ['normal', 'full-normal', 'low-rank-normal'] as const;
const same = [
  'laplace',
  'log-normal',
  'gamma',
  'beta',
  'continuous-bernoulli',
  'bernoulli',
  'categorical',
  'poisson',
] as const;
const pairs: [DistributionName, DistributionName][] = [
  ...gaussians.flatMap((q) => gaussians.map((p): [DistributionName, DistributionName] => [q, p])),
  ...same.map((name): [DistributionName, DistributionName] => [name, name]),
];

describe.each(pairs)('%s to %s', (nameQ, nameP) => {
  test('is the mean of ln q − ln p over draws', () => {
    const [q, p] = [create(nameQ, numbersOf(nameQ, 0)), create(nameP, numbersOf(nameP, 1))];
    const { value, estimated } = kl(q, p, key);
    expect([estimated, value.shape]).toEqual([false, []]);
    const x = noGrad(() => q.sample(key, [40_000]));
    const { mean, standardError } = estimate(
      noGrad(() => q.logProb(x).sub(p.logProb(x))).value.toTypedArray(),
    );
    expect(value.item()).toBeGreaterThan(10 * standardError);
    expect(Math.abs(mean - value.item())).toBeLessThan(4 * standardError);
  });

  test('is 0 from itself', () => {
    if (nameQ !== nameP) return;
    const q = create(nameQ, numbersOf(nameQ, 0));
    expect(closedKl(q, q)!.value.item()).toBeCloseTo(0, 12);
  });

  test('derivatives of first and second order by all parameters agree with differences', () => {
    const [rawQ, rawP] = [numbersOf(nameQ, 0, [2]), numbersOf(nameP, 1)];
    for (const order of [1, 2] as const) {
      checkGradients(
        (...raw) =>
          closedKl(create(nameQ, raw.slice(0, rawQ.length)), create(nameP, raw.slice(rawQ.length)))!.value,
        [...rawQ, ...rawP],
        { order },
      );
    }
  });

  test('broadcasts batches, and splits over dimensions where they are independent', () => {
    const q = create(nameQ, numbersOf(nameQ, 0, [4, 1]));
    const p = create(nameP, numbersOf(nameP, 1, [2]));
    const { value, perDimension } = closedKl(q, p)!;
    expect(value.shape).toEqual([4, 2]);
    const splits = distributions[nameQ].elementwise && distributions[nameP].elementwise;
    expect(perDimension?.shape).toEqual(splits ? [4, 2, 2] : undefined);
    const sum = perDimension?.sum({ axes: -1 }).toArray() ?? value.toArray();
    expect(sum).toEqual(value.toArray());
  });
});

describe('normals with full covariances', () => {
  const [covarianceQ, covarianceP] = [
    [
      [2, 0.5],
      [0.5, 1],
    ],
    [
      [1, 0.3],
      [0.3, 2],
    ],
  ] as const;
  const full = (mu: number[], covariance: readonly (readonly number[])[]) =>
    FullNormal.fromCovariance(t(mu), t(covariance.map((row) => [...row])));

  test('have the KL of the fixture', () => {
    const { value } = closedKl(full([1, -1], covarianceQ), full([0, 0], covarianceP))!;
    expect(value.item()).toBeCloseTo(1.216519, 6);
  });

  test('the same written with low ranks and diagonals gives the same', () => {
    // Σ_q = W·Wᵀ + diag(1, .75) with W = (1, .5); Σ_p = W·Wᵀ + diag(.7, 1.7) with W = √.3·(1, 1).
    const root = Math.sqrt(0.3);
    const q = new LowRankNormal(t([1, -1]), t([[1], [0.5]]), t([1, Math.sqrt(0.75)]));
    const p = new LowRankNormal(t([0, 0]), t([[root], [root]]), t([Math.sqrt(0.7), Math.sqrt(1.7)]));
    for (const left of [q, full([1, -1], covarianceQ)]) {
      for (const right of [p, full([0, 0], covarianceP)]) {
        expect(closedKl(left, right)!.value.item()).toBeCloseTo(1.216519, 6);
      }
    }
    const diagonal = DiagonalNormal.fromScale(t([1, -0.5]), t([0.5, Math.SQRT2]));
    const standard = DiagonalNormal.standard(2, 'float64');
    for (const left of [diagonal, new FullNormal(diagonal.location, diagonal.covarianceFactor())]) {
      for (const right of [standard, new FullNormal(standard.location, standard.covarianceFactor())]) {
        expect(closedKl(left, right)!.value.item()).toBeCloseTo(1.096574, 6);
      }
    }
  });
});

describe('single numbers', () => {
  test('of Poisson: λ₀ ln(λ₀/λ₁) − λ₀ + λ₁; of coins: Σ P ln(P/Q); of Laplace at one place: ln(b₁/b₀) + b₀/b₁ − 1', () => {
    const poisson = (rate: number) => distributions.poisson.create([t([Math.log(rate)])]);
    expect(closedKl(poisson(3), poisson(5))!.value.item()).toBeCloseTo(3 * Math.log(0.6) + 2, 13);
    const coin = (p: number) => distributions.bernoulli.create([t([Math.log(p / (1 - p))])]);
    const expected = 0.3 * Math.log(0.3 / 0.6) + 0.7 * Math.log(0.7 / 0.4);
    expect(closedKl(coin(0.3), coin(0.6))!.value.item()).toBeCloseTo(expected, 13);
    const laplace = closedKl(new Laplace(t([1]), 2), new Laplace(t([1]), 3))!;
    expect(laplace.value.item()).toBeCloseTo(Math.log(1.5) + 2 / 3 - 1, 13);
  });

  test('of uniforms: ln of the ratio of widths, and ∞ where p does not reach', () => {
    const q = new Uniform(t([[0], [0], [-1]]), t([[1], [2], [1]]));
    const p = new Uniform(t([0]), 1.5);
    expect(closedKl(q, p)!.value.toArray()).toEqual([expect.closeTo(Math.log(1.5), 14), Infinity, Infinity]);
  });

  test('of coins that are all but sure', () => {
    const coin = (logit: number) => distributions.bernoulli.create([t([logit])]);
    expect(closedKl(coin(1000), coin(-1000))!.value.item()).toBe(1000);
    expect(closedKl(coin(-1000), coin(-1000))!.value.item()).toBe(0);
  });
});

describe('registerKl', () => {
  class Ramp extends Logistic {}

  test('adds a form, or none where it returns none, and the last one comes first', () => {
    const [ramp, laplace] = [new Ramp(t([0]), 1), new Laplace(t([0]), 1)];
    expect(closedKl(ramp, laplace)).toBeUndefined();
    registerKl(Ramp, Laplace, (q) => ({ value: q.scale.mul(7).sum() }));
    expect(kl(ramp, laplace, key)).toMatchObject({ estimated: false });
    expect(kl(ramp, laplace, key).value.item()).toBe(7);
    expect(closedKl(laplace, ramp)).toBeUndefined();
    expect(closedKl(new Logistic(t([0]), 1), laplace)).toBeUndefined();
    registerKl(Ramp, Laplace, (_, p) => (p.scale.rank > 0 ? { value: p.scale.sum() } : undefined));
    expect(closedKl(ramp, laplace)!.value.item()).toBe(7);
    expect(closedKl(ramp, new Laplace(t([0]), t([3])))!.value.item()).toBe(3);
  });
});
