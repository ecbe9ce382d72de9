import { checkGradients, parameter, type Variable } from '@reparam/autograd';
import { RandomKey, type Tensor, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { evenGrid, integrate } from '../../../../test/support/quadrature.ts';
import { column, estimate } from '../../../../test/support/sample-moments.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import { FlowDistribution } from './flow-distribution.ts';
import { Planar } from './planar.ts';

const key = RandomKey.fromSeed(26);
const float64 = { dtype: 'float64' } as const;

/** Flows that bend visibly; the second violates wᵀu > −1 before û mends it, in one dimension and in two. */
const flows = [
  { u: [1.5, -2], w: [0.9, 0.6], b: 0.3 },
  { u: [-1, 0.3], w: [1.1, -0.8], b: -0.5 },
  { u: [0.7, 1.2], w: [-0.6, 1.3], b: 1 },
  { u: [2, 1], w: [0.5, 0.7], b: 0 },
];

/** A normal that is not standard, seen through the first of those flows. */
function example(dimensions: number, layers: number): FlowDistribution {
  const of = (values: number[]): Tensor => tensor(values.slice(0, dimensions), float64);
  return new FlowDistribution(
    DiagonalNormal.fromScale(of([0.4, -0.3]), of([0.8, 1.2])),
    flows.slice(0, layers).map(({ u, w, b }) => new Planar({ u: of(u), w: of(w), b })),
  );
}

const cases = [
  [1, 1],
  [1, 3],
  [2, 1],
  [2, 4],
] as const;

describe.each(cases)('in %i dimensions through %i planar flows', (dimensions, layers) => {
  const distribution = example(dimensions, layers);
  const grid = evenGrid(dimensions, 11, dimensions === 1 ? 20_001 : 401);
  const densities = distribution.logProb(grid.points).value.toTypedArray().map(Math.exp);

  test('the density integrates to 1', () => {
    expect(integrate(grid, (_, i) => densities[i]!)).toBeCloseTo(1, dimensions === 1 ? 8 : 5);
  });

  test('draws have the moments of the density', () => {
    const draws = distribution.sample(key, [40_000]).value.toTypedArray();
    for (let d = 0; d < dimensions; d++) {
      const values = column(draws, dimensions, d);
      for (const power of [1, 2]) {
        const { mean, standardError } = estimate(values.map((y) => y ** power));
        const truth = integrate(grid, (point, i) => point[d]! ** power * densities[i]!);
        expect(Math.abs(mean - truth)).toBeLessThan(4 * standardError + 1e-4);
      }
    }
  });

  test('draws come with the density that inverting the flows gives', () => {
    const { sample, logProb } = distribution.sampleAndLogProb(key, [200]);
    expect(sample.toArray()).toEqual(distribution.sample(key, [200]).toArray());
    const inverted = distribution.logProb(sample).value.toTypedArray();
    logProb.value.toTypedArray().forEach((value, i) => {
      expect(value).toBeCloseTo(inverted[i]!, 8);
    });
  });
});

test('without bijectors it is its base', () => {
  const { base } = example(2, 0);
  const bare = new FlowDistribution(base, []);
  const x = tensor([0.2, 0.9], float64);
  expect(bare.logProb(x).toArray()).toEqual(base.logProb(x).toArray());
  expect(bare.sampleAndLogProb(key, [3]).logProb.toArray()).toEqual(
    base.sampleAndLogProb(key, [3]).logProb.toArray(),
  );
  expect(bare.mean()).toBe(base.mean());
});

test('mean is the image of the base’s mean', () => {
  const { base, bijectors } = example(2, 2);
  const through = bijectors.reduce(
    (value: Variable, bijector) => bijector.forwardAndLogDet(value).value,
    base.mean(),
  );
  expect(new FlowDistribution(base, bijectors).mean().toArray()).toEqual(through.toArray());
});

describe('derivatives by the base’s parameters and those of two flows', () => {
  const build = ([mu, logScale, u1, w1, b1, u2, w2, b2]: Variable[]): FlowDistribution =>
    new FlowDistribution(DiagonalNormal.fromLogScale(mu!, logScale!), [
      new Planar({ u: u1!, w: w1!, b: b1! }),
      new Planar({ u: u2!, w: w2!, b: b2! }),
    ]);
  const parameters = [[0.4, -0.3], [-0.2, 0.1], [-1.5, 0.5], [1, -0.5], 0.2, [0.7, 1.1], [-0.4, 0.9], -0.3];

  test.each([1, 2] as const)('of the density, through the inverse, order %i', (order) => {
    const y = [
      [0.2, -0.4],
      [1.1, 0.9],
    ];
    checkGradients((y, ...rest) => build(rest).logProb(y!), [y, ...parameters], { order });
  });

  test.each([1, 2] as const)('of draws and their density, order %i', (order) => {
    checkGradients((...rest) => build(rest).sampleAndLogProb(key, [3]).logProb, parameters, { order });
    checkGradients((...rest) => build(rest).sample(key, [3]), parameters, { order });
  });
});

test('a batch has one flow for each example', () => {
  const batch = new FlowDistribution(DiagonalNormal.fromScale(tensor([[0], [1], [2]], float64), 1), [
    new Planar({
      u: tensor([[1], [0.5], [-2]], float64),
      w: tensor([[1], [2], [0.3]], float64),
      b: tensor([0, 1, -1], float64),
    }),
  ]);
  expect([batch.batchShape, batch.eventShape]).toEqual([[3], [1]]);
  const { sample, logProb } = batch.sampleAndLogProb(key, [5]);
  expect([sample.shape, logProb.shape, batch.mean().shape]).toEqual([
    [5, 3, 1],
    [5, 3],
    [3, 1],
  ]);
  const inverted = batch.logProb(sample).value.toTypedArray();
  logProb.value.toTypedArray().forEach((value, i) => {
    expect(value).toBeCloseTo(inverted[i]!, 10);
  });
});

test('is reparameterised as its base is, and detached has constant parameters', () => {
  const location = parameter(tensor([0.4, -0.3], float64));
  const u = parameter(tensor([1.5, -2], float64));
  const whole = new FlowDistribution(DiagonalNormal.fromScale(location, 1), [
    new Planar({ u, w: tensor([0.9, 0.6], float64), b: 0.3 }),
  ]);
  expect(whole.reparameterized).toBe(true);
  const y = tensor([0.2, 0.9], float64);
  const constant = whole.detach();
  expect(constant.logProb(y).toArray()).toEqual(whole.logProb(y).toArray());
  expect([whole.logProb(y).tracked, constant.logProb(y).tracked]).toEqual([true, false]);
  expect(constant.logProb(parameter(y)).tracked).toBe(true);
});
