import { checkGradients, gradients, parameter, variable } from '@reparam/autograd';
import { full, RandomKey, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { evenGrid, integrate } from '../../../../test/support/quadrature.ts';
import { column, estimate } from '../../../../test/support/sample-moments.ts';
import { DiagonalNormal } from './diagonal-normal.ts';

const key = RandomKey.fromSeed(21);
const float64 = { dtype: 'float64' } as const;
const location = [0.3, -1.2];
const scale = [0.5, 2];

function example(): DiagonalNormal {
  return DiagonalNormal.fromScale(tensor(location, float64), tensor(scale, float64));
}

/** ln N(x; μ, σ²) from the density itself. */
function logNormal(x: number, mu: number, sigma: number): number {
  return Math.log(Math.exp(-((x - mu) ** 2) / (2 * sigma * sigma)) / (sigma * Math.sqrt(2 * Math.PI)));
}

describe('logProb', () => {
  test('of N(0, 1) at 0 is −½ ln 2π', () => {
    expect(
      DiagonalNormal.standard(1, 'float64')
        .logProb(tensor([0], float64))
        .item(),
    ).toBeCloseTo(-0.9189385332046727, 15);
  });

  const points = [
    [0, 0],
    [1.7, -3],
    [-2, 5],
  ];

  test.each([
    ['fromScale', () => example()],
    [
      'fromLogScale',
      () => DiagonalNormal.fromLogScale(tensor(location, float64), tensor(scale.map(Math.log), float64)),
    ],
    [
      'fromLogVariance',
      () =>
        DiagonalNormal.fromLogVariance(
          tensor(location, float64),
          tensor(
            scale.map((sigma) => Math.log(sigma ** 2)),
            float64,
          ),
        ),
    ],
    [
      'fromSoftplus',
      () =>
        DiagonalNormal.fromSoftplus(
          tensor(location, float64),
          tensor(
            scale.map((sigma) => Math.log(Math.expm1(sigma - 1e-6))),
            float64,
          ),
        ),
    ],
  ])('%s: the density in each dimension, summed', (_, create) => {
    const distribution = create();
    const perDimension = distribution.logProbPerDimension(tensor(points, float64)).toArray() as number[][];
    const total = distribution.logProb(tensor(points, float64)).toArray() as number[];
    points.forEach((point, i) => {
      const expected = point.map((x, d) => logNormal(x, location[d]!, scale[d]!));
      perDimension[i]!.forEach((value, d) => {
        expect(value).toBeCloseTo(expected[d]!, 12);
      });
      expect(total[i]).toBeCloseTo(expected[0]! + expected[1]!, 12);
    });
  });

  test('numbers stand for one scale of the location’s type', () => {
    const mu = tensor(location, float64);
    const x = tensor([1, 1], float64);
    const expected = logNormal(1, 0.3, 0.7) + logNormal(1, -1.2, 0.7);
    for (const distribution of [
      DiagonalNormal.fromScale(mu, 0.7),
      DiagonalNormal.fromLogScale(mu, Math.log(0.7)),
      DiagonalNormal.fromLogVariance(mu, Math.log(0.49)),
      DiagonalNormal.fromSoftplus(mu, Math.log(Math.expm1(0.7 - 1e-6))),
    ]) {
      expect(distribution.logProb(x)).toMatchObject({ dtype: 'float64', shape: [] });
      expect(distribution.logProb(x).item()).toBeCloseTo(expected, 12);
      expect(distribution.sample(key, [3])).toMatchObject({ dtype: 'float64', shape: [3, 2] });
    }
  });

  test('broadcasts points against the batch', () => {
    const mu = tensor([[0], [1], [2]], float64);
    const distribution = DiagonalNormal.fromScale(mu, 1);
    expect([distribution.batchShape, distribution.eventShape]).toEqual([[3], [1]]);
    const x = tensor([[[0.5]], [[1.5]]], float64);
    const logProb = distribution.logProb(x).toArray() as number[][];
    expect(distribution.logProb(x).shape).toEqual([2, 3]);
    for (const [i, each] of [0.5, 1.5].entries()) {
      for (const j of [0, 1, 2]) expect(logProb[i]![j]).toBeCloseTo(logNormal(each, j, 1), 12);
    }
  });

  test.each([1, 2])('integrates to 1 in %i dimensions', (dimensions) => {
    const grid = evenGrid(dimensions, 14, 281);
    const distribution = DiagonalNormal.fromScale(
      tensor(location.slice(0, dimensions), float64),
      tensor(scale.slice(0, dimensions), float64),
    );
    const logProb = distribution.logProb(grid.points).value.toTypedArray();
    expect(integrate(grid, (_, i) => Math.exp(logProb[i]!))).toBeCloseTo(1, 9);
  });

  test('far from the centre stays finite', () => {
    const narrow = DiagonalNormal.fromLogVariance(tensor([0], float64), -60);
    expect(narrow.logProb(tensor([1], float64)).item()).toBeCloseTo(
      -0.5 * Math.exp(60) + 30 - 0.9189385,
      -12,
    );
    expect(
      DiagonalNormal.fromSoftplus(tensor([0]), -1000)
        .logProb(tensor([0]))
        .item(),
    ).toBeCloseTo(-Math.log(1e-6) - 0.9189385, 4);
  });

  test.each([1, 2] as const)('its derivatives of order %i agree with differences', (order) => {
    const x = [
      [0.2, -0.4],
      [1.1, 0.9],
    ];
    for (const create of ['fromLogVariance', 'fromLogScale', 'fromSoftplus'] as const) {
      checkGradients(
        (x, mu, raw) => DiagonalNormal[create](mu!, raw!).logProb(x!),
        [x, location, [-0.3, 0.6]],
        { order },
      );
    }
    checkGradients(
      (x, mu, sigma) => DiagonalNormal.fromScale(mu!, sigma!).logProb(x!),
      [x, location, scale],
      {
        order,
      },
    );
  });
});

describe('sample', () => {
  const count = 100_000;

  test('has the means, variances and independence of the distribution', () => {
    const draws = example().sample(key, [count]).value.toTypedArray();
    const [first, second] = [column(draws, 2, 0), column(draws, 2, 1)];
    for (const [d, values] of [first, second].entries()) {
      const { mean, variance } = estimate(values);
      expect(Math.abs(mean - location[d]!)).toBeLessThan((4 * scale[d]!) / Math.sqrt(count));
      expect(Math.abs(variance - scale[d]! ** 2)).toBeLessThan(4 * scale[d]! ** 2 * Math.sqrt(2 / count));
    }
    const products = first.map((value, i) => (value - location[0]!) * (second[i]! - location[1]!));
    expect(Math.abs(estimate(products).mean)).toBeLessThan((4 * scale[0]! * scale[1]!) / Math.sqrt(count));
  });

  test('is [...sampleShape, ...batch, D], and the same for the same key', () => {
    const batch = DiagonalNormal.fromScale(tensor([[0], [1], [2]]), 1);
    expect(batch.sample(key).shape).toEqual([3, 1]);
    expect(batch.sample(key, [4, 5]).shape).toEqual([4, 5, 3, 1]);
    expect(batch.sample(key).toArray()).toEqual(batch.sample(key).toArray());
    expect(batch.sample(key).toArray()).not.toEqual(batch.sample(key.foldIn(1)).toArray());
  });

  test('comes with its own density', () => {
    const { sample, logProb } = example().sampleAndLogProb(key, [6]);
    expect(sample.toArray()).toEqual(example().sample(key, [6]).toArray());
    (sample.toArray() as number[][]).forEach((row, i) => {
      const expected = row.reduce((sum, x, d) => sum + logNormal(x, location[d]!, scale[d]!), 0);
      expect((logProb.toArray() as number[])[i]).toBeCloseTo(expected, 12);
    });
  });
});

describe('the reparameterised gradient of E[z²]', () => {
  const [mu, sigma, count] = [0.7, 1.3, 100_000];

  /** ∂z²/∂μ and ∂z²/∂ln σ of each of `count` draws: every draw has parameters of its own. */
  function gradientsPerDraw(): readonly [Float64Array, Float64Array] {
    const location = parameter(full([count, 1], mu, float64));
    const logScale = parameter(full([count, 1], Math.log(sigma), float64));
    const z = DiagonalNormal.fromLogScale(location, logScale).sample(key);
    const [byLocation, byLogScale] = gradients(z.square().sum(), [location, logScale]);
    return [byLocation!.value.toTypedArray(), byLogScale!.value.toTypedArray()] as [
      Float64Array,
      Float64Array,
    ];
  }

  test('has mean 2μ and variance 4σ² by μ, mean 2σ² and variance 4σ²(μ² + 2σ²) by ln σ', () => {
    const [byLocation, byLogScale] = gradientsPerDraw().map(estimate) as [
      ReturnType<typeof estimate>,
      ReturnType<typeof estimate>,
    ];
    const variance = 4 * sigma ** 2;
    expect(variance).toBeCloseTo(6.76, 12);
    expect(Math.abs(byLocation.mean - 2 * mu)).toBeLessThan(4 * Math.sqrt(variance / count));
    expect(Math.abs(byLocation.variance - variance)).toBeLessThan(4 * variance * Math.sqrt(2 / count));

    const varianceByLogScale = 4 * sigma ** 2 * (mu ** 2 + 2 * sigma ** 2);
    expect(Math.abs(byLogScale.mean - 2 * sigma ** 2)).toBeLessThan(
      4 * Math.sqrt(varianceByLogScale / count),
    );
    expect(byLogScale.variance / varianceByLogScale).toBeCloseTo(1, 1);
  });

  test('of ‖z‖² in 100 dimensions has variance 4 in each coordinate at N(0, I)', () => {
    const location = parameter(full([2000, 100], 0, float64));
    const z = DiagonalNormal.fromScale(location, 1).sample(key);
    const [gradient] = gradients(z.square().sum(), [location]);
    const { mean, variance } = estimate(gradient!.value.toTypedArray());
    expect(Math.abs(mean)).toBeLessThan((4 * 2) / Math.sqrt(200_000));
    expect(Math.abs(variance - 4)).toBeLessThan(4 * 4 * Math.sqrt(2 / 200_000));
  });

  test('of a fixed draw agrees with differences', () => {
    checkGradients(
      (mu, logScale) => DiagonalNormal.fromLogScale(mu!, logScale!).sample(key, [3]).square(),
      [location, [-0.3, 0.4]],
      { order: 2 },
    );
  });
});

test('mean is the location', () => {
  const mu = variable([1, 2]);
  expect(DiagonalNormal.fromScale(mu, 3).mean()).toBe(mu);
  expect(DiagonalNormal.standard(2).mean().toArray()).toEqual([0, 0]);
});
