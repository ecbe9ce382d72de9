import { type Variable, variable } from '@reparam/autograd';
import { RandomKey, ShapeError, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { checkModuleGradients } from '../../../../test/support/check-module-gradients.ts';
import { type ActivationName, activations } from './activations.ts';
import type { Linear } from './linear.ts';
import { perceptron, Sequential } from './sequential.ts';

const key = RandomKey.fromSeed(5);
const names = Object.keys(activations) as ActivationName[];

/** The activations in plain numbers, from their definitions. */
const byDefinition: Readonly<Record<ActivationName, (x: number) => number>> = {
  relu: (x) => Math.max(x, 0),
  leakyRelu: (x) => (x > 0 ? x : 0.01 * x),
  gelu: (x) => x * normalCdf(x),
  silu: (x) => x / (1 + Math.exp(-x)),
  softplus: (x) => Math.log(1 + Math.exp(x)),
  tanh: (x) => (Math.exp(2 * x) - 1) / (Math.exp(2 * x) + 1),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};

/** ½ + φ(x)(x + x³/3 + x⁵/15 + …), the series of the normal distribution function. */
function normalCdf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 3; n < 101; n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

function affine(x: readonly number[], { weight, bias }: Linear): number[] {
  const rows = weight.toArray() as number[][];
  const start = bias?.toArray() as number[];
  return start.map((b, j) => rows.reduce((sum, row, i) => sum + x[i]! * row[j]!, b));
}

describe('perceptron', () => {
  test('has a linear layer for each step of the sizes, by path', () => {
    const network = perceptron({ sizes: [7, 5, 3, 2], key });
    const shapes = Object.entries(network.namedParameters()).map(([path, { shape }]) => [path, shape]);
    expect(shapes).toEqual([
      ['layers.0.weight', [7, 5]],
      ['layers.0.bias', [5]],
      ['layers.2.weight', [5, 3]],
      ['layers.2.bias', [3]],
      ['layers.4.weight', [3, 2]],
      ['layers.4.bias', [2]],
    ]);
  });

  test.each(names)('composes by hand with %s between the layers', (name) => {
    const network = perceptron({ sizes: [3, 4, 2], key, activation: activations[name], dtype: 'float64' });
    const x = [0.7, -1.3, 2.1];
    const [first, , last] = network.layers as unknown as readonly [Linear, unknown, Linear];
    const expected = affine(affine(x, first).map(byDefinition[name]), last);
    const got = network.forward(tensor([x], { dtype: 'float64' })).toArray() as number[][];
    got[0]!.forEach((value, j) => {
      expect(value).toBeCloseTo(expected[j]!, 13);
    });
  });

  test('activates the last layer only on request', () => {
    const x = tensor([[1, 2, 3]]);
    const options = { sizes: [3, 6], key, activation: activations.relu };
    const plain = perceptron(options).forward(x).toArray() as number[][];
    const activated = perceptron({ ...options, activateLast: true });
    expect(activated.layers).toHaveLength(2);
    // Activated layers start from the activation's own initialiser, so the weights are compared through forward.
    const [linear] = activated.layers as unknown as readonly [Linear];
    const before = linear.forward(x).toArray() as number[][];
    expect(activated.forward(x).toArray()).toEqual([before[0]!.map((value) => Math.max(value, 0))]);
    expect(plain[0]!.some((value) => value < 0)).toBe(true);
  });

  test('layers of equal sizes start from different weights', () => {
    const [first, , second] = perceptron({ sizes: [4, 4, 4, 4], key }).layers as unknown as Linear[];
    expect(first!.weight.toArray()).not.toEqual(second!.weight.toArray());
  });

  test.each(names)('its gradients with %s agree with differences', (name) => {
    const network = perceptron({ sizes: [2, 3, 2], key, activation: activations[name], dtype: 'float64' });
    const x = [
      [0.4, -0.9],
      [1.7, 0.6],
    ];
    for (const order of [1, 2] as const) {
      const { comparisons } = checkModuleGradients(network, (x) => network.forward(x!).square(), [x], {
        order,
      });
      expect(comparisons).toBeGreaterThan(0);
    }
  });

  test('says which layer an input does not fit', () => {
    const network = perceptron({ sizes: [3, 4, 2], key });
    expect(() => network.forward(tensor([[1, 2]]))).toThrow(ShapeError);
    expect(() => network.forward(tensor([[1, 2]]))).toThrow('this layer maps 3 features to 4');
  });
});

describe('Sequential', () => {
  test('applies modules and functions in order', () => {
    const double = (x: Variable): Variable => x.mul(2);
    const increment = (x: Variable): Variable => x.add(1);
    const nested = new Sequential([new Sequential([double, increment]), double]);
    expect(nested.forward(variable([3])).toArray()).toEqual([14]);
    expect(nested.namedParameters()).toEqual({});
  });
});
