import { checkGradients, gradients, parameter } from '@reparam/autograd';
import { ArgumentError, full, RandomKey, ShapeError, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { evenGrid, integrate } from '../../../../test/support/quadrature.ts';
import { estimate } from '../../../../test/support/sample-moments.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import { Laplace } from '../distributions/laplace.ts';
import { Mixture } from '../distributions/mixture.ts';
import { FlowDistribution } from '../flows/flow-distribution.ts';
import { drawWithKl, kl } from './kl.ts';

const key = RandomKey.fromSeed(24);
const float64 = { dtype: 'float64' } as const;

function normalOf(location: number[], variance: number[]): DiagonalNormal {
  return DiagonalNormal.fromLogVariance(tensor(location, float64), tensor(variance.map(Math.log), float64));
}

/** ½N(−2, 1) + ½N(2, 1) */
function twoPeaks(): Mixture {
  return new Mixture(tensor([0, 0], float64), DiagonalNormal.fromScale(tensor([[-2], [2]], float64), 1));
}

describe('of diagonal normals', () => {
  test('to N(0, I) is ½Σ(σ² + μ² − 1 − ln σ²)', () => {
    const { value, perDimension, estimated } = kl(
      normalOf([1, -0.5], [0.25, 2]),
      DiagonalNormal.standard(2, 'float64'),
      key,
    );
    // The terms are ½(.25 + 1 − 1 + ln 4) and ½(2 + .25 − 1 − ln 2).
    const [first, second] = [0.125 + Math.log(2), 0.625 - Math.log(2) / 2];
    expect(value.item()).toBeCloseTo(1.096574, 6);
    expect(value.item()).toBeCloseTo(first + second, 14);
    expect(perDimension?.toArray()).toEqual([expect.closeTo(first, 14), expect.closeTo(second, 14)]);
    expect(estimated).toBe(false);
  });

  test('to another is Σ[½ ln(v₁/v₀) + (v₀ + δ²)/(2v₁) − ½], and what quadrature finds', () => {
    const [mu0, v0, mu1, v1] = [0.4, 0.3, -0.7, 1.9];
    const expected = 0.5 * Math.log(v1 / v0) + (v0 + (mu0 - mu1) ** 2) / (2 * v1) - 0.5;
    const [q, p] = [normalOf([mu0], [v0]), normalOf([mu1], [v1])];
    expect(kl(q, p, key).value.item()).toBeCloseTo(expected, 14);

    const grid = evenGrid(1, 10, 2001);
    const logQ = q.logProb(grid.points).value.toTypedArray();
    const logP = p.logProb(grid.points).value.toTypedArray();
    const integral = integrate(grid, (_, i) => Math.exp(logQ[i]!) * (logQ[i]! - logP[i]!));
    expect(integral).toBeCloseTo(expected, 10);
  });

  test('is 0 between equals, and one number for each of a batch', () => {
    const q = normalOf([1, -0.5], [0.25, 2]);
    expect(kl(q, q, key).value.item()).toBe(0);
    const batch = DiagonalNormal.fromScale(tensor([[0], [1], [3]], float64), 1);
    const { value, perDimension } = kl(batch, DiagonalNormal.standard(1, 'float64'), key);
    expect(value.toArray()).toEqual([0, 0.5, 4.5]);
    expect(perDimension?.shape).toEqual([3, 1]);
  });

  test('counts every dimension when one scale stands for all', () => {
    const q = DiagonalNormal.fromScale(tensor([0, 0, 0], float64), 2);
    const p = DiagonalNormal.fromScale(tensor([0, 0, 0], float64), 1);
    expect(kl(q, p, key).value.item()).toBeCloseTo(3 * (1.5 - Math.log(2)), 14);
    expect(kl(p, q, key).value.item()).toBeCloseTo(3 * (Math.log(2) - 0.375), 14);
  });

  test.each([1, 2] as const)('its derivatives of order %i agree with differences', (order) => {
    checkGradients(
      (mu0, log0, mu1, log1) =>
        kl(DiagonalNormal.fromLogVariance(mu0!, log0!), DiagonalNormal.fromLogVariance(mu1!, log1!), key)
          .value,
      [[[0.3, -0.4]], [[-0.5, 0.7]], [0.1, 1], [0.2, -0.3]],
      { order },
    );
  });
});

describe('to a mixture', () => {
  const truth = 1.779978;

  test('has the value that quadrature of our densities finds', () => {
    const [q, p] = [normalOf([0.5], [0.25]), twoPeaks()];
    const grid = evenGrid(1, 10, 2001);
    const logQ = q.logProb(grid.points).value.toTypedArray();
    const logP = p.logProb(grid.points).value.toTypedArray();
    const integral = integrate(grid, (_, i) => Math.exp(logQ[i]!) * (logQ[i]! - logP[i]!));
    expect(integral).toBeCloseTo(truth, 6);
  });

  test('is estimated without bias, and says that it is an estimate', () => {
    const count = 200_000;
    const q = DiagonalNormal.fromLogVariance(full([count, 1], 0.5, float64), Math.log(0.25));
    const { value, perDimension, estimated } = kl(q, twoPeaks(), key);
    expect(value.shape).toEqual([count]);
    expect([estimated, perDimension]).toEqual([true, undefined]);
    const { mean, standardError } = estimate(value.value.toTypedArray());
    expect(standardError).toBeLessThan(0.005);
    expect(Math.abs(mean - truth)).toBeLessThan(4 * standardError);
  });

  test.each([1, 2] as const)('its derivatives of order %i at fixed noise agree with differences', (order) => {
    checkGradients(
      (mu, logVariance, logits, locations, logScales) =>
        kl(
          DiagonalNormal.fromLogVariance(mu!, logVariance!),
          new Mixture(logits!, DiagonalNormal.fromLogScale(locations!, logScales!)),
          key,
        ).value,
      [
        [
          [0.3, -0.4],
          [1, 0],
        ],
        [
          [-0.5, 0.7],
          [0, -1],
        ],
        [0.4, -0.2],
        [
          [1, -1],
          [-1, 0.5],
        ],
        [
          [0.1, -0.3],
          [0.2, 0.4],
        ],
      ],
      { order },
    );
  });
});

describe('drawWithKl', () => {
  const q = normalOf([0.5, 0.1], [0.25, 1]);
  const standard = DiagonalNormal.standard(2, 'float64');

  test('draws as the posterior does, whether the divergence is estimated or not', () => {
    const mixture = new Mixture(
      tensor([0, 0], float64),
      DiagonalNormal.fromScale(
        tensor(
          [
            [-2, 0],
            [2, 0],
          ],
          float64,
        ),
        1,
      ),
    );
    for (const p of [standard, mixture]) {
      expect(drawWithKl(q, p, key).z.toArray()).toEqual(q.sample(key).toArray());
    }
  });

  test('an estimate is ln q − ln p at that very draw', () => {
    const flow = new FlowDistribution(q, []);
    const { z, kl: divergence } = drawWithKl(flow, standard, key);
    expect(divergence.estimated).toBe(true);
    expect(divergence.value.item()).toBeCloseTo(q.logProb(z).item() - standard.logProb(z).item(), 13);
  });

  test('with samples draws that many, and estimates by their mean', () => {
    const flow = new FlowDistribution(q, []);
    const { z, kl: divergence } = drawWithKl(flow, standard, key, { samples: 50 });
    expect(z.shape).toEqual([50, 2]);
    const { mean, standardError } = estimate(q.logProb(z).sub(standard.logProb(z)).value.toTypedArray());
    expect(divergence.value.item()).toBeCloseTo(mean, 13);
    expect(divergence.standardError?.item()).toBeCloseTo(standardError, 13);
    const closed = drawWithKl(q, standard, key, { samples: 50 });
    expect([closed.z.shape, closed.kl.value.shape, closed.kl.standardError]).toEqual([
      [50, 2],
      [],
      undefined,
    ]);
  });
});

describe('where no closed form is known', () => {
  const q = new Laplace(tensor([0.3], float64), 0.8);
  const p = normalOf([0], [1]);
  // E_q ln q = −1 − ln 2b and E_q z² = μ² + 2b².
  const truth = -1 - Math.log(1.6) + 0.5 * Math.log(2 * Math.PI) + 0.5 * (0.09 + 2 * 0.64);

  test('more samples estimate closer, and say how close', () => {
    const { value, estimated, standardError, perDimension } = kl(q, p, key, { samples: 40_000 });
    expect([estimated, perDimension]).toEqual([true, undefined]);
    expect(standardError!.item()).toBeLessThan(0.01);
    expect(standardError!.tracked).toBe(false);
    expect(Math.abs(value.item() - truth)).toBeLessThan(4 * standardError!.item());
    expect('standardError' in kl(q, p, key)).toBe(false);
    expect('standardError' in kl(q, p, key, { samples: 1 })).toBe(false);
  });

  test('its gradient is without bias', () => {
    const count = 40_000;
    const scale = parameter(full([count, 1], 0.8, float64));
    const { value } = kl(new Laplace(tensor([0.3], float64), scale), p, key);
    const { mean, standardError } = estimate(gradients(value.sum(), [scale])[0]!.value.toTypedArray());
    // d/db of −ln 2b + b²
    expect(Math.abs(mean - (-1 / 0.8 + 2 * 0.8))).toBeLessThan(4 * standardError);
  });
});

test('refuses distributions over different events, and counts that are none', () => {
  const [q, p] = [normalOf([0, 0], [1, 1]), normalOf([0], [1])];
  for (const refuse of [() => kl(q, p, key), () => drawWithKl(q, p, key)]) {
    expect(refuse).toThrow(ShapeError);
    expect(refuse).toThrow('q is over [2] but p is over [1]; their events must be the same.');
  }
  for (const samples of [0, 1.5, Number.NaN]) {
    expect(() => kl(q, q, key, { samples })).toThrow(ArgumentError);
    expect(() => kl(q, q, key, { samples })).toThrow(
      `kl: samples is ${samples}; it must be a whole number of draws ≥ 1.`,
    );
  }
});
