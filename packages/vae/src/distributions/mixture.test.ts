import { checkGradients, einsum, gradients, parameter } from '@reparam/autograd';
import { RandomKey, ShapeError, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { evenGrid, integrate } from '../../../../test/support/quadrature.ts';
import { estimate } from '../../../../test/support/sample-moments.ts';
import { Bernoulli } from './bernoulli.ts';
import { DiagonalNormal } from './diagonal-normal.ts';
import { FullNormal } from './full-normal.ts';
import { Laplace } from './laplace.ts';
import { Mixture } from './mixture.ts';

const key = RandomKey.fromSeed(75);
const float64 = { dtype: 'float64' } as const;
const t = (values: Parameters<typeof tensor>[0]) => tensor(values, float64);

/** Ground truth H: the image of this prior under a linear decoder is a mixture again. */
const weights = [0.3, 0.7];
const full = (): Mixture<FullNormal> =>
  new Mixture(
    t(weights.map(Math.log)),
    FullNormal.fromCovariance(
      t([
        [-2, 0],
        [2, 1],
      ]),
      t([
        [
          [0.25, 0],
          [0, 0.25],
        ],
        [
          [1, 0.6],
          [0.6, 1],
        ],
      ]),
    ),
  );

describe('with full covariances', () => {
  test('the image under x = Wz + noise has the log-density of ground truth H', () => {
    const w = t([
      [1, 0],
      [0, 1],
      [1, 1],
    ]);
    const { components } = full();
    const noise = t([
      [0.1, 0, 0],
      [0, 0.1, 0],
      [0, 0, 0.1],
    ]);
    const covariance = einsum('ij,kjl,ml->kim', w, components.covariance(), w).add(noise);
    const image = FullNormal.fromCovariance(components.location.matmul(w, { transposeB: true }), covariance);
    const marginal = new Mixture(t(weights.map(Math.log)), image);
    expect(marginal.logProb(t([1, 0.5, 1.2])).item()).toBeCloseTo(-3.127587, 6);
  });

  test('integrates to 1', () => {
    const grid = evenGrid(2, 12, 241);
    const logProb = full().logProb(grid.points).value.toTypedArray();
    expect(integrate(grid, (_, i) => Math.exp(logProb[i]!))).toBeCloseTo(1, 9);
  });

  test.each([1, 2] as const)('trains: derivatives of order %i by weights, means and factors', (order) => {
    checkGradients(
      (logits, locations, raw) =>
        new Mixture(logits!, FullNormal.fromUnconstrained(locations!, raw!)).logProb(
          t([
            [0.2, 1],
            [-1, 0.5],
          ]),
        ),
      [
        [0.4, -0.3],
        [
          [-2, 0],
          [2, 1],
        ],
        [
          [0.1, -0.4, 0.3],
          [1, 0.6, -0.2],
        ],
      ],
      { order },
    );
  });
});

describe('with a batch', () => {
  const logits = [
    [0, 1],
    [2, -1],
    [0.5, 0.5],
  ];
  const locations = [
    [-1, 1],
    [0, 3],
    [-2, 2],
  ];
  const batch = (): Mixture =>
    new Mixture(t(logits), new Laplace(t(locations.map((row) => row.map((mu) => [mu]))), 0.5));

  test('each is the mixture of its own components', () => {
    const x = [0.3, -1, 4];
    const got = batch()
      .logProb(t(x.map((value) => [value])))
      .toArray() as number[];
    x.forEach((value, i) => {
      const [a, b] = logits[i]!.map(Math.exp) as [number, number];
      const at = (mu: number): number => Math.exp(-Math.abs(value - mu) / 0.5);
      const density = (a * at(locations[i]![0]!) + b * at(locations[i]![1]!)) / (a + b);
      expect(got[i]).toBeCloseTo(Math.log(density), 13);
    });
    expect([batch().batchShape, batch().eventShape]).toEqual([[3], [1]]);
    expect(batch().logProb(zeros([5, 3, 1], float64)).shape).toEqual([5, 3]);
  });

  test('draws each from its own components, with its weights', () => {
    const count = 20_000;
    const narrow = new Mixture(
      t(logits),
      DiagonalNormal.fromScale(t(locations.map((row) => row.map((mu) => [mu]))), 1e-3),
    );
    const draws = narrow.sample(key, [count]);
    expect(draws.shape).toEqual([count, 3, 1]);
    const values = draws.value.toTypedArray();
    locations.forEach(([low, high], i) => {
      const [a, b] = logits[i]!.map(Math.exp) as [number, number];
      const chosen = Array.from({ length: count }, (_, n) => {
        const value = values[n * 3 + i]!;
        expect(Math.min(Math.abs(value - low!), Math.abs(value - high!))).toBeLessThan(0.01);
        return Number(Math.abs(value - low!) < 0.01);
      });
      const { mean, standardError } = estimate(chosen);
      expect(Math.abs(mean - a / (a + b))).toBeLessThan(4 * standardError);
    });
  });

  test('weights may have a batch that the components share', () => {
    const shared = new Mixture(t(logits), new Laplace(t([[-1], [1]]), 0.5));
    expect([shared.batchShape, shared.mean().shape, shared.sample(key).shape]).toEqual([[3], [3, 1], [3, 1]]);
    const draws = shared.sample(key, [100]).toArray() as number[][][];
    // Each of the batch has draws of its own: none agree.
    expect(draws.every(([a, b]) => a![0] !== b![0])).toBe(true);
    const alone = new Mixture(t(logits[1]!), new Laplace(t([[-1], [1]]), 0.5));
    expect((shared.logProb(t([0.2])).toArray() as number[])[1]).toBeCloseTo(
      alone.logProb(t([0.2])).item(),
      14,
    );
  });
});

describe('of other families', () => {
  test('coins: P(x) = Σ π Π P(x_d), over events of two axes', () => {
    const coins = new Bernoulli(t([[[1, 0]], [[-1, 2]]]), { eventAxes: 2 });
    const mixture = new Mixture(t([0, 0]), coins);
    const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
    const expected = 0.5 * sigmoid(1) * 0.5 + 0.5 * sigmoid(-1) * sigmoid(2);
    expect(mixture.logProb(t([[1, 1]])).item()).toBeCloseTo(Math.log(expected), 14);
    expect([mixture.eventShape, mixture.sample(key, [7]).shape]).toEqual([
      [1, 2],
      [7, 1, 2],
    ]);
    expect(mixture.mean().toArray()).toEqual([
      [expect.closeTo((sigmoid(1) + sigmoid(-1)) / 2, 14), expect.closeTo((0.5 + sigmoid(2)) / 2, 14)],
    ]);
  });

  test('a mixture of mixtures is a mixture', () => {
    const inner = new Mixture(
      t([
        [0, 0],
        [1, -1],
      ]),
      DiagonalNormal.fromScale(
        t([
          [[-3], [-1]],
          [[1], [3]],
        ]),
        1,
      ),
    );
    const outer = new Mixture(t([0.2, -0.2]), inner);
    const flat = new Mixture(
      t([
        ...[0, 0].map((l) => l - Math.log(2) + 0.2),
        ...[1, -1].map((l) => l - Math.log(Math.E + 1 / Math.E) - 0.2),
      ]),
      DiagonalNormal.fromScale(t([[-3], [-1], [1], [3]]), 1),
    );
    const x = t([[0.3], [-2]]);
    expect(outer.logProb(x).toArray()).toEqual(
      (flat.logProb(x).toArray() as number[]).map((value) => expect.closeTo(value, 13)),
    );
  });
});

describe('stratified draws', () => {
  const logits = [0.5, -0.5];
  const components = () => DiagonalNormal.fromScale(t([[-1], [2]]), 0.5);

  test('come from every component in turn, with the logarithms of the weights', () => {
    const { sample, logWeights } = new Mixture(
      t([logits, logits, logits]),
      DiagonalNormal.fromScale(t([[-10], [20]]), 0.5),
    ).stratified(key, [6]);
    expect([sample.shape, logWeights.shape]).toEqual([
      [2, 6, 3, 1],
      [2, 1, 3],
    ]);
    (sample.toArray() as number[][][][]).forEach((draws, k) => {
      for (const value of draws.flat(2)) expect(Math.abs(value - [-10, 20][k]!)).toBeLessThan(4);
    });
    const total = Math.log(Math.exp(0.5) + Math.exp(-0.5));
    (logWeights.toArray() as number[][][]).forEach((row, k) => {
      expect(row).toEqual([[0, 0, 0].map(() => expect.closeTo(logits[k]! - total, 14))]);
    });
  });

  test('carry the gradient of the weights: d/dlogits Σ πₖ E z = πₖ(μₖ − Σ πμ)', () => {
    const weightLogits = parameter(t(logits));
    const { sample, logWeights } = new Mixture(weightLogits, components()).stratified(key, [20_000]);
    const expectation = logWeights.exp().unsqueeze(-1).mul(sample).sum({ axes: 0 }).mean();
    const [gradient] = gradients(expectation, [weightLogits]);
    const [a, b] = logits.map((l) => Math.exp(l)) as [number, number];
    const [first, second] = [a / (a + b), b / (a + b)];
    const mean = -first + 2 * second;
    const [byFirst, bySecond] = gradient!.toArray() as [number, number];
    expect(Math.abs(byFirst - first * (-1 - mean))).toBeLessThan(0.01);
    expect(Math.abs(bySecond - second * (2 - mean))).toBeLessThan(0.01);
  });
});

test.each([
  [[2], [3], 'Mixture: logits are [2] but the components are a batch of [3]; the last axis of both'],
  [[], [], 'Mixture: logits are [] but the components are a batch of []'],
  [[4, 2], [3, 2], 'Mixture'],
])('refuses logits %j for a batch of %j', (logits, batch, message) => {
  const build = () => new Mixture(zeros(logits), new Laplace(zeros([...batch, 1]), 1));
  expect(build).toThrow(ShapeError);
  expect(build).toThrow(message);
});
