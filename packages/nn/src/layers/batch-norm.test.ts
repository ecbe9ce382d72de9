import { gradients, sum } from '@reparam/autograd';
import {
  decodeSafetensors,
  encodeSafetensors,
  normal,
  ones,
  RandomKey,
  ShapeError,
  type Tensor,
  tensor,
} from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { checkModuleGradients } from '../../../../test/support/check-module-gradients.ts';
import { BatchNorm } from './batch-norm.ts';
import { Linear } from './linear.ts';
import { Sequential } from './sequential.ts';

const key = RandomKey.fromSeed(13);
const dtype = 'float64';
const training = { training: true } as const;

/** The values of one feature, wherever it stands in [N, features, ...]. */
function valuesOf(x: Tensor, feature: number): number[] {
  const rest = x.shape.slice(2).reduce((size, length) => size * length, 1);
  return Array.from(x.toTypedArray()).filter((_, i) => Math.floor(i / rest) % x.shape[1]! === feature);
}

function momentsOf(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

describe('in training', () => {
  test.each([[[6, 3]], [[2, 3, 4]], [[2, 3, 2, 5]]])('normalises %j by the batch, by hand', (shape) => {
    const layer = new BatchNorm({ features: 3, epsilon: 0.01, dtype });
    const [weight, bias] = [
      [2, -1, 0.5],
      [0.1, 0.2, 0.3],
    ] as const;
    layer.loadParameters({ weight: tensor(weight, { dtype }), bias: tensor(bias, { dtype }) });
    const x = normal(key, shape, { mean: 4, standardDeviation: 3, dtype });
    const y = layer.forward(x, training).value;
    for (const feature of [0, 1, 2]) {
      const values = valuesOf(x, feature);
      const { mean, variance } = momentsOf(values);
      valuesOf(y, feature).forEach((got, i) => {
        const standard = (values[i]! - mean) / Math.sqrt(variance + 0.01);
        expect(got).toBeCloseTo(standard * weight[feature]! + bias[feature]!, 12);
      });
    }
  });

  test('keeps running means of the mean and of the unbiased variance', () => {
    const layer = new BatchNorm({ features: 1, decay: 0.75, dtype });
    // Means 2 and 6; unbiased variances (1 + 0 + 1)/2 = 1 and (4 + 0 + 4)/2 = 4.
    layer.forward(tensor([[1], [2], [3]], { dtype }), training);
    expect(layer.runningMean.toArray()).toEqual([0.5]);
    expect(layer.runningVariance.item()).toBeCloseTo(1, 14);
    layer.forward(tensor([[4], [6], [8]], { dtype }), training);
    expect(layer.runningMean.toArray()).toEqual([1.875]);
    expect(layer.runningVariance.item()).toBeCloseTo(1.75, 14);
  });

  test.each([[[4, 2]], [[2, 2, 3]]])('its gradients for x %j agree with differences', (shape) => {
    const layer = new BatchNorm({ features: 2, dtype });
    layer.loadParameters({ weight: tensor([0.7, -1.2], { dtype }), bias: tensor([1, 0.5], { dtype }) });
    const x = normal(key, shape, { dtype });
    for (const order of [1, 2] as const) {
      const report = checkModuleGradients(layer, (x) => layer.forward(x!, training).square(), [x], { order });
      expect(report.comparisons).toBeGreaterThan(0);
    }
  });

  test('refuses a single value of each feature', () => {
    const layer = new BatchNorm({ features: 3 });
    expect(() => layer.forward(ones([1, 3]), training)).toThrow(ShapeError);
    expect(() => layer.forward(ones([1, 3]), training)).toThrow(
      'BatchNorm: x is [1, 3], which is 1 values of each feature, but in training their variance needs two',
    );
    expect(layer.forward(ones([1, 3])).shape).toEqual([1, 3]);
  });
});

describe('in evaluation', () => {
  /** μ = 1, σ² = 4, w = 3, b = 10: y = 3(x − 1)/2 + 10. */
  function example(): BatchNorm {
    const layer = new BatchNorm({ features: 1, epsilon: 0, dtype });
    const state = { weight: 3, bias: 10, runningMean: 1, runningVariance: 4 };
    layer.restore(
      Object.fromEntries(Object.entries(state).map(([name, value]) => [name, tensor([value], { dtype })])),
    );
    return layer;
  }

  test('normalises by the running statistics, and leaves them', () => {
    const layer = example();
    const before = layer.state();
    expect(layer.forward(tensor([[1], [5]], { dtype })).toArray()).toEqual([[10], [16]]);
    expect(layer.state()).toEqual(before);
  });

  test('can be differentiated after a training step has moved the statistics', () => {
    const layer = example();
    const loss = sum(layer.forward(tensor([[1], [5]], { dtype })));
    layer.forward(tensor([[7], [9]], { dtype }), training);
    // ∂/∂w Σ(x − 1)/2 = 0 + 2
    expect(gradients(loss, [layer.weight!])[0]!.toArray()).toEqual([2]);
  });

  test('its gradients agree with differences', () => {
    const layer = example();
    const x = normal(key, [3, 1], { dtype });
    expect(checkModuleGradients(layer, (x) => layer.forward(x!).square(), [x]).ok).toBe(true);
  });
});

describe('BatchNorm', () => {
  const create = (seed: number): Sequential =>
    new Sequential([
      new Linear({ inputs: 2, outputs: 3, key: RandomKey.fromSeed(seed) }),
      new BatchNorm({ features: 3 }),
    ]);

  test('saved and reloaded with its statistics gives the same outputs', () => {
    const network = create(1);
    for (const step of [1, 2, 3]) network.forward(normal(key.foldIn(step), [8, 2], { mean: step }), training);
    expect(Object.keys(network.namedBuffers())).toEqual(['layers.1.runningMean', 'layers.1.runningVariance']);
    const copy = create(2);
    const x = normal(key, [5, 2]);
    expect(copy.forward(x).toArray()).not.toEqual(network.forward(x).toArray());
    copy.restore(decodeSafetensors(encodeSafetensors(network.state())).tensors);
    expect(copy.forward(x).toArray()).toEqual(network.forward(x).toArray());
  });

  test('without weights has only its statistics', () => {
    const layer = new BatchNorm({ features: 2, affine: false });
    expect(Object.keys(layer.state())).toEqual(['runningMean', 'runningVariance']);
    expect(layer.parameters()).toEqual([]);
  });

  test.each([
    [[4, 2], 'BatchNorm: x is [4, 2] (axis 1 = 2), but this layer normalises 3 features: it takes [N, 3]'],
    [[3], 'BatchNorm: x is [3] (axis 1 = none)'],
  ])('refuses %j', (shape, message) => {
    const layer = new BatchNorm({ features: 3 });
    expect(() => layer.forward(ones(shape))).toThrow(ShapeError);
    expect(() => layer.forward(ones(shape))).toThrow(message);
  });

  test.each([
    [{ features: 0 }, 'features is 0; it must be a whole number above 0.'],
    [{ features: 1, decay: 1 }, 'decay is 1; it must be at least 0 and below 1.'],
    [{ features: 1, epsilon: Number.NaN }, 'epsilon is NaN; it must be a number ≥ 0.'],
  ])('refuses %j', (options, message) => {
    expect(() => new BatchNorm(options)).toThrow(`BatchNorm: ${message}`);
  });
});
