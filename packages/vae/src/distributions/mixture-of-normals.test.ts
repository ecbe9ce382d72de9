import { checkGradients, gradients, parameter } from '@reparam/autograd';
import { RandomKey, ShapeError, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { evenGrid, integrate } from '../../../../test/support/quadrature.ts';
import { column, estimate } from '../../../../test/support/sample-moments.ts';
import { DiagonalNormal } from './diagonal-normal.ts';
import { Mixture } from './mixture.ts';

const key = RandomKey.fromSeed(23);
const float64 = { dtype: 'float64' } as const;
const weights = [0.2, 0.5, 0.3];
// Logits are free up to a constant.
const logits = weights.map((weight) => Math.log(weight) + 3);
const locations = [
  [-2, 0],
  [1, 1],
  [0.5, -3],
];
const scales = [
  [0.5, 1],
  [1, 0.3],
  [2, 0.7],
];

function mixture(): Mixture {
  const components = DiagonalNormal.fromScale(tensor(locations, float64), tensor(scales, float64));
  return new Mixture(tensor(logits, float64), components);
}

function density(point: readonly number[]): number {
  return weights.reduce(
    (total, weight, k) =>
      total +
      point.reduce((product, x, d) => {
        const [mu, sigma] = [locations[k]![d]!, scales[k]![d]!];
        return (product * Math.exp(-((x - mu) ** 2) / (2 * sigma ** 2))) / (sigma * Math.sqrt(2 * Math.PI));
      }, weight),
    0,
  );
}

describe('logProb', () => {
  test('is the logarithm of the weighted densities', () => {
    const points = [
      [0, 0],
      [-2.1, 0.3],
      [4, -5],
    ];
    const got = mixture().logProb(tensor(points, float64)).toArray() as number[];
    points.forEach((point, i) => {
      expect(got[i]).toBeCloseTo(Math.log(density(point)), 12);
    });
  });

  test('takes any leading axes', () => {
    expect([mixture().batchShape, mixture().eventShape]).toEqual([[], [2]]);
    for (const lead of [[], [3], [4, 3], [0]]) {
      expect(mixture().logProb(zeros([...lead, 2], float64)).shape).toEqual(lead);
    }
  });

  test('integrates to 1', () => {
    const grid = evenGrid(2, 14, 281);
    const logProb = mixture().logProb(grid.points).value.toTypedArray();
    expect(integrate(grid, (_, i) => Math.exp(logProb[i]!))).toBeCloseTo(1, 9);
  });

  test.each(['float32', 'float64'] as const)('survives extreme logits in %s', (dtype) => {
    const components = DiagonalNormal.fromScale(tensor([[-1], [1]], { dtype }), 1);
    const single = DiagonalNormal.fromScale(tensor([-1], { dtype }), 1);
    const x = tensor([[0.3], [-1], [40]], { dtype });
    for (const extreme of [
      [1e4, -1e4],
      [0, -1e6],
      [3e30, 0],
    ]) {
      const sure = new Mixture(tensor(extreme, { dtype }), components);
      expect(sure.logProb(x).toArray()).toEqual(single.logProb(x).toArray());
    }
  });

  test('far from all components follows the nearest', () => {
    const components = DiagonalNormal.fromScale(tensor([[-1], [1]], float64), 1);
    const even = new Mixture(tensor([0, 0], float64), components);
    const expected = Math.log(0.5) - 0.5 * 999 ** 2 - 0.5 * Math.log(2 * Math.PI);
    expect(even.logProb(tensor([1000], float64)).item()).toBeCloseTo(expected, 8);
  });

  test.each([1, 2] as const)('its derivatives of order %i agree with differences', (order) => {
    const x = [
      [0.2, -0.4],
      [1.1, 0.9],
    ];
    const logScales = scales.map((row) => row.map(Math.log));
    const { comparisons } = checkGradients(
      (x, l, mu, logScale) => new Mixture(l!, DiagonalNormal.fromLogScale(mu!, logScale!)).logProb(x!),
      [x, logits, locations, logScales],
      { order },
    );
    expect(comparisons).toBeGreaterThan(0);
  });
});

describe('sample', () => {
  const count = 100_000;

  test('has the means and the second moments of the mixture', () => {
    const draws = mixture().sample(key, [count]).value.toTypedArray();
    const expectMean = (values: ArrayLike<number>, truth: number): void => {
      const { mean, standardError } = estimate(values);
      expect(Math.abs(mean - truth)).toBeLessThan(4 * standardError);
    };
    const average = (f: (k: number) => number): number =>
      weights.reduce((sum, weight, k) => sum + weight * f(k), 0);
    const columns = [column(draws, 2, 0), column(draws, 2, 1)] as const;
    columns.forEach((values, d) => {
      expectMean(
        values,
        average((k) => locations[k]![d]!),
      );
      expectMean(
        values.map((x) => x ** 2),
        average((k) => locations[k]![d]! ** 2 + scales[k]![d]! ** 2),
      );
    });
    expectMean(
      columns[0].map((x, i) => x * columns[1][i]!),
      average((k) => locations[k]![0]! * locations[k]![1]!),
    );
  });

  test.each([
    ['a number', 0.01],
    ['one row for all components', tensor([0.01, 0.01], float64)],
    ['a column', tensor([[0.01], [0.01]], float64)],
  ])('takes a scale that broadcasts: %s', (_, scale) => {
    const centres = [
      [-10, 0],
      [10, 50],
    ];
    const components = DiagonalNormal.fromScale(tensor(centres, float64), scale);
    const draws = new Mixture(tensor([0, 0], float64), components).sample(key, [40]);
    expect(draws.shape).toEqual([40, 2]);
    const chosen = (draws.toArray() as number[][]).map((row) => {
      const k = row[0]! < 0 ? 0 : 1;
      row.forEach((x, d) => {
        expect(Math.abs(x - centres[k]![d]!)).toBeLessThan(0.06);
      });
      return k;
    });
    expect(new Set(chosen)).toEqual(new Set([0, 1]));
  });

  test('never draws a component of no weight', () => {
    const components = DiagonalNormal.fromScale(tensor([[-10], [10]], float64), 1);
    const sure = new Mixture(tensor([0, -2000], float64), components);
    expect(Math.max(...sure.sample(key, [1000]).value.toTypedArray())).toBeLessThan(0);
  });

  test('is [...sampleShape, D], and comes with its own density', () => {
    expect(mixture().sample(key).shape).toEqual([2]);
    const { sample, logProb } = mixture().sampleAndLogProb(key, [4, 3]);
    expect(sample.toArray()).toEqual(mixture().sample(key, [4, 3]).toArray());
    const rows = sample.reshape([12, 2]).toArray() as number[][];
    rows.forEach((row, i) => {
      expect(logProb.value.toTypedArray()[i]).toBeCloseTo(Math.log(density(row)), 12);
    });
  });

  test('carries gradients to the means and scales of the components drawn, not to the weights', () => {
    const mu = parameter(tensor(locations, float64));
    const sigma = parameter(tensor(scales, float64));
    const weightLogits = parameter(tensor(logits, float64));
    const draws = new Mixture(weightLogits, DiagonalNormal.fromScale(mu, sigma)).sample(key, [60]);
    const [byMu, bySigma, byLogits] = gradients(draws.sum(), [mu, sigma, weightLogits]);
    const counts = byMu!.toArray() as number[][];
    // Each draw moves one for one with the location of its component.
    for (const row of counts) expect(row[0]).toBe(row[1]);
    expect(counts.reduce((sum, row) => sum + row[0]!, 0)).toBe(60);
    // z = μ + σε, so Σ draws = Σ μ·counts + Σ σ·(gradient by σ).
    const weighted = (values: number[][], by: number[][]): number =>
      values.flat().reduce((sum, value, i) => sum + value * by.flat()[i]!, 0);
    expect(weighted(locations, counts) + weighted(scales, bySigma!.toArray() as number[][])).toBeCloseTo(
      draws.sum().item(),
      10,
    );
    expect(byLogits!.toArray()).toEqual([0, 0, 0]);
  });
});

test('mean is Σ πμ', () => {
  // .2·(−2) + .5·1 + .3·.5 = .25 and .5·1 + .3·(−3) = −.4
  const [first, second] = mixture().mean().toArray() as number[];
  expect(first).toBeCloseTo(0.25, 14);
  expect(second).toBeCloseTo(-0.4, 14);
});

test.each([
  [
    [2],
    [3, 1],
    'Mixture: logits are [2] but the components are a batch of [3]; the last axis of both must be the number of components K.',
  ],
  [[3, 1], [3, 1], 'logits are [3, 1] but the components are a batch of [3]'],
  [[], [2], 'logits are [] but the components are a batch of []'],
])('refuses logits %j for locations %j', (logitShape, locationShape, message) => {
  const build = (): unknown =>
    new Mixture(zeros(logitShape), DiagonalNormal.fromScale(zeros(locationShape), 1));
  expect(build).toThrow(ShapeError);
  expect(build).toThrow(message);
});
