import { checkGradients, gradients, parameter } from '@reparam/autograd';
import { fromTypedArray, full, RandomKey, ShapeError, tensor, uniform, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { evenGrid, integrate } from '../../../../test/support/quadrature.ts';
import { column, estimate } from '../../../../test/support/sample-moments.ts';
import { RelaxedBernoulli } from './relaxed-bernoulli.ts';
import { RelaxedCategorical } from './relaxed-categorical.ts';
import { straightThroughBinary, straightThroughOneHot } from './straight-through.ts';

const key = RandomKey.fromSeed(76);
const float64 = { dtype: 'float64' } as const;
const logits = [0.5, -0.7, 0.1];

describe('RelaxedCategorical', () => {
  const relaxed = (temperature: number) => new RelaxedCategorical(tensor(logits, float64), temperature);

  test.each([0.5, 1, 2])('integrates to 1 over the simplex at τ = %s', (temperature) => {
    // x = softmax(a, b, 0) has |∂x/∂(a, b)| = x₁x₂x₃.
    const grid = evenGrid(2, 30, 401);
    const ab = grid.points.toTypedArray();
    const simplex = new Float64Array((ab.length / 2) * 3);
    for (let i = 0; i < ab.length / 2; i++) {
      const weights = [Math.exp(ab[2 * i]!), Math.exp(ab[2 * i + 1]!), 1];
      const total = weights[0]! + weights[1]! + 1;
      for (const c of [0, 1, 2]) simplex[3 * i + c] = weights[c]! / total;
    }
    const logProb = relaxed(temperature).logProb(fromTypedArray(simplex, [ab.length / 2, 3])).value;
    const values = logProb.toTypedArray();
    const total = integrate(grid, (_, i) => {
      const jacobian = simplex[3 * i]! * simplex[3 * i + 1]! * simplex[3 * i + 2]!;
      return Math.exp(values[i]!) * jacobian;
    });
    expect(total).toBeCloseTo(1, 4);
  });

  test('has the density of Maddison et al. 2017, eq. 10', () => {
    const [tau, x] = [0.7, [0.2, 0.5, 0.3]];
    const terms = logits.map((logit, c) => Math.exp(logit) * x[c]! ** -tau);
    const product = logits.reduce((all, logit, c) => all * Math.exp(logit) * x[c]! ** (-tau - 1), 1);
    const sum = terms.reduce((total, term) => total + term, 0);
    const expected = Math.log((2 * tau ** 2 * product) / sum ** 3);
    expect(relaxed(tau).logProb(tensor(x, float64)).item()).toBeCloseTo(expected, 13);
  });

  test('with two classes is the relaxed coin of their difference', () => {
    const two = new RelaxedCategorical(tensor([1.2, 0.5], float64), 0.8);
    const coin = new RelaxedBernoulli(tensor([0.7], float64), 0.8);
    for (const x of [0.1, 0.4, 0.95]) {
      expect(two.logProb(tensor([x, 1 - x], float64)).item()).toBeCloseTo(
        coin.logProb(tensor([x], float64)).item(),
        12,
      );
    }
  });

  test('has its largest entry where the category is, at any temperature', () => {
    const count = 30_000;
    const weights = logits.map(Math.exp);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const temperature of [0.1, 3]) {
      const draws = relaxed(temperature).sample(key, [count]);
      const sums = draws.sum({ axes: -1 }).value.toTypedArray();
      expect(Math.max(...sums.map((sum) => Math.abs(sum - 1)))).toBeLessThan(1e-12);
      const hard = straightThroughOneHot(draws).value.toTypedArray();
      weights.forEach((weight, c) => {
        const { mean, standardError } = estimate(column(hard, 3, c));
        expect(Math.abs(mean - weight / total)).toBeLessThan(4 * standardError);
      });
    }
  });

  test.each(['float32', 'float64'] as const)('stays finite at a low temperature in %s', (dtype) => {
    const cold = new RelaxedCategorical(tensor([[5, -5, 0]], { dtype }), 0.01);
    const { sample, logProb } = cold.sampleAndLogProb(key, [200]);
    expect(Array.from(logProb.value.toTypedArray()).every(Number.isFinite)).toBe(true);
    expect(sample.min().item()).toBeGreaterThan(0);
  });

  test('takes a temperature for every distribution', () => {
    const both = new RelaxedCategorical(tensor([logits, logits], float64), tensor([[0.5], [2]], float64));
    const x = tensor([0.2, 0.5, 0.3], float64);
    expect(both.logProb(x).toArray()).toEqual(
      [0.5, 2].map((tau) => expect.closeTo(relaxed(tau).logProb(x).item(), 13)),
    );
    expect(both.detach().logProb(x).toArray()).toEqual(both.logProb(x).toArray());
  });

  test('refuses one for every class', () => {
    expect(() => new RelaxedCategorical(zeros([2, 3]), zeros([3]))).toThrow(ShapeError);
    expect(() => new RelaxedCategorical(zeros([2, 3]), zeros([3]))).toThrow(
      'RelaxedCategorical: logits are [2, 3], the temperature is [3] and eventAxes is 1; the last axis of the logits ' +
        'is that of the classes, is part of the event, and has one temperature: [] or [..., 1].',
    );
  });
});

test('a relaxed coin at a low temperature stays finite in float32, and is above ½ as often as the coin', () => {
  const coin = new RelaxedBernoulli(tensor([0.4]), 0.01);
  const { sample, logProb } = coin.sampleAndLogProb(key, [30_000]);
  expect(Array.from(logProb.value.toTypedArray()).every(Number.isFinite)).toBe(true);
  const { mean, standardError } = estimate(straightThroughBinary(sample).value.toTypedArray());
  expect(Math.abs(mean - 1 / (1 + Math.exp(-0.4)))).toBeLessThan(4 * standardError);
});

describe('straight through', () => {
  const soft = [
    [0.2, 0.7, 0.1],
    [0.5, 0.1, 0.4],
  ];

  test('is hard forward, exactly, and the identity backward', () => {
    const x = parameter(tensor(soft, float64));
    const oneHot = straightThroughOneHot(x);
    expect(oneHot.toArray()).toEqual([
      [0, 1, 0],
      [1, 0, 0],
    ]);
    const weights = tensor(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      float64,
    );
    expect(gradients(oneHot.mul(weights).sum(), [x])[0]!.toArray()).toEqual(weights.toArray());
    const binary = straightThroughBinary(x);
    expect(binary.toArray()).toEqual([
      [0, 1, 0],
      [0, 0, 0],
    ]);
    expect(gradients(binary.mul(weights).sum(), [x])[0]!.toArray()).toEqual(weights.toArray());
    expect(straightThroughBinary(tensor(soft)).dtype).toBe('float32');
  });

  test('through a coin has the bias that ground truth D gives: −.5 at θ = .2, where the truth is .1', () => {
    // b = 1 where u < θ; the estimate of d/dθ E (b − .45)² is 2(b − .45), in the mean 2(θ − .45).
    const theta = parameter(full([20_000], 0.2, float64));
    const u = uniform(key, [20_000], float64);
    const coin = straightThroughBinary(theta.sub(u).add(0.5));
    const [gradient] = gradients(coin.sub(0.45).square().sum(), [theta]);
    const { mean, standardError } = estimate(gradient!.value.toTypedArray());
    expect(Math.abs(mean - -0.5)).toBeLessThan(4 * standardError);
  });

  test('leaves draws of the relaxation differentiable by the logits', () => {
    checkGradients((l) => new RelaxedCategorical(l!, 0.7).sample(key, [3]), [logits]);
  });
});
