import { ArgumentError, normal, ones, RandomKey, ShapeError, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { checkModuleGradients } from '../../../../test/support/check-module-gradients.ts';
import { LayerNorm } from './layer-norm.ts';

const key = RandomKey.fromSeed(12);
const dtype = 'float64';

/** Equations 3 and 4 of Ba et al. (2016) for one example. */
function byHand(
  values: readonly number[],
  weight: readonly number[],
  bias: readonly number[],
  epsilon: number,
): number[] {
  const mu = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mu) ** 2, 0) / values.length;
  return values.map((value, i) => ((value - mu) / Math.sqrt(variance + epsilon)) * weight[i]! + bias[i]!);
}

describe('LayerNorm', () => {
  test.each([
    [[5, 4], 4, 1e-5],
    [[2, 3, 4], [3, 4], 0.1],
    [[4], [4], 0],
    [[2, 3, 2, 2], [2, 2], 1e-3],
  ])('x %j over last axes %j, ε = %s, by hand', (shape, normalized, epsilon) => {
    const layer = new LayerNorm({ shape: normalized, epsilon, dtype });
    const axes = typeof normalized === 'number' ? [normalized] : normalized;
    const weight = normal(key.foldIn(1), axes, { dtype });
    const bias = normal(key.foldIn(2), axes, { dtype });
    layer.loadParameters({ weight, bias });
    const x = normal(key, shape, { mean: 3, standardDeviation: 2, dtype });
    const got = layer.forward(x).value.toTypedArray();
    const values = Array.from(x.toTypedArray());
    for (let start = 0; start < values.length; start += weight.size) {
      const example = values.slice(start, start + weight.size);
      const expected = byHand(example, [...weight.toTypedArray()], [...bias.toTypedArray()], epsilon);
      expected.forEach((value, i) => {
        expect(got[start + i]).toBeCloseTo(value, 12);
      });
    }
  });

  test('starts as pure normalisation, and without weights stays that', () => {
    const layer = new LayerNorm({ shape: 3 });
    expect(layer.weight?.toArray()).toEqual([1, 1, 1]);
    expect(layer.bias?.toArray()).toEqual([0, 0, 0]);
    expect(new LayerNorm({ shape: 3, affine: false }).namedParameters()).toEqual({});
  });

  test.each([[[3]], [[2, 3]], [[2, 2, 3]]])('its gradients for x %j agree with differences', (shape) => {
    const layer = new LayerNorm({ shape: 3, dtype });
    layer.loadParameters({ weight: tensor([0.5, -1, 2], { dtype }), bias: tensor([1, 0.3, -2], { dtype }) });
    const x = normal(key, shape, { dtype });
    for (const order of [1, 2] as const) {
      const report = checkModuleGradients(layer, (x) => layer.forward(x!).square(), [x], { order });
      expect(report.comparisons).toBeGreaterThan(0);
    }
  });

  test('refuses other last axes', () => {
    const layer = new LayerNorm({ shape: [3, 4] });
    for (const shape of [[4], [3, 5], [4, 3], [2, 3, 4, 1]]) {
      expect(() => layer.forward(ones(shape))).toThrow(ShapeError);
    }
    expect(() => layer.forward(ones([2, 5]))).toThrow(
      'LayerNorm: x is [2, 5], but this layer normalises over last axes [3, 4].',
    );
  });

  test('refuses options out of range', () => {
    expect(() => new LayerNorm({ shape: [3, 0] })).toThrow(ArgumentError);
    expect(() => new LayerNorm({ shape: 3, epsilon: -1 })).toThrow(
      'LayerNorm: epsilon is -1; it must be a number ≥ 0.',
    );
  });
});
