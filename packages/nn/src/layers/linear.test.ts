import { DTypeError, normal, ones, RandomKey, ShapeError, scalar, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { checkModuleGradients } from '../../../../test/support/check-module-gradients.ts';
import { zerosInitializer } from './initializers.ts';
import { Linear } from './linear.ts';

const key = RandomKey.fromSeed(11);

/** [3] → [2] with W = [[1, 2], [3, 4], [5, 6]] and b = (10, 20). */
function example(): Linear {
  const layer = new Linear({ inputs: 3, outputs: 2, key });
  const weight = tensor([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  layer.loadParameters({ weight, bias: tensor([10, 20]) });
  return layer;
}

describe('Linear', () => {
  test('x·W + b by hand', () => {
    const layer = example();
    // (1, −1, 2)·W = (1 − 3 + 10, 2 − 4 + 12), (0, .5, 0)·W = (1.5, 2)
    const x = tensor([
      [1, -1, 2],
      [0, 0.5, 0],
    ]);
    expect(layer.forward(x).toArray()).toEqual([
      [18, 30],
      [11.5, 22],
    ]);
  });

  test.each([
    [[3], [2]],
    [
      [5, 3],
      [5, 2],
    ],
    [
      [4, 5, 3],
      [4, 5, 2],
    ],
    [
      [2, 1, 4, 3],
      [2, 1, 4, 2],
    ],
    [
      [0, 3],
      [0, 2],
    ],
    [
      [4, 0, 3],
      [4, 0, 2],
    ],
  ])('takes %j to %j', (shape, expected) => {
    expect(example().forward(ones(shape)).shape).toEqual(expected);
  });

  test('treats every position of the leading axes alike', () => {
    const rows = [
      [1, -1, 2],
      [0, 0.5, 0],
      [3, 1, 1],
      [-2, 0, 7],
    ];
    const layer = example();
    const flat = layer.forward(tensor(rows)).toArray() as number[][];
    const folded = layer.forward(tensor(rows).reshape([2, 1, 2, 3])).toArray();
    expect(folded).toEqual([[[flat[0], flat[1]]], [[flat[2], flat[3]]]]);
    expect(layer.forward(tensor(rows[2]!)).toArray()).toEqual(flat[2]);
  });

  test('the bias starts at zero, and can be left out', () => {
    expect(new Linear({ inputs: 3, outputs: 4, key }).bias?.toArray()).toEqual([0, 0, 0, 0]);
    const without = new Linear({ inputs: 3, outputs: 4, key, bias: false });
    expect(Object.keys(without.namedParameters())).toEqual(['weight']);
    expect(without.forward(zeros([2, 3])).toArray()).toEqual(zeros([2, 4]).toArray());
  });

  test('the same key gives the same weights, another key others', () => {
    const weights = (seed: number): unknown =>
      new Linear({ inputs: 3, outputs: 2, key: RandomKey.fromSeed(seed) }).weight.toArray();
    expect(weights(1)).toEqual(weights(1));
    expect(weights(1)).not.toEqual(weights(2));
  });

  test('the initialiser and the type are those asked for', () => {
    const layer = new Linear({
      inputs: 3,
      outputs: 2,
      key,
      initializer: zerosInitializer,
      dtype: 'float64',
    });
    expect(layer.weight.toArray()).toEqual(zeros([3, 2]).toArray());
    expect([layer.weight.dtype, layer.bias?.dtype]).toEqual(['float64', 'float64']);
  });

  test.each([
    [[5, 4], 'Linear: x is [5, 4] (last axis = 4), but this layer maps 3 features to 2.'],
    [[2], 'Linear: x is [2] (last axis = 2), but this layer maps 3 features to 2.'],
  ])('refuses %j', (shape, message) => {
    expect(() => example().forward(ones(shape))).toThrow(ShapeError);
    expect(() => example().forward(ones(shape))).toThrow(message);
  });

  test('refuses a scalar and another element type', () => {
    expect(() => example().forward(scalar(1))).toThrow(
      'Linear: x is [] (last axis = none), but this layer maps 3 features to 2.',
    );
    expect(() => example().forward(ones([2, 3], { dtype: 'float64' }))).toThrow(DTypeError);
  });

  test.each([[[3]], [[2, 3]], [[2, 2, 3]]])('its gradients for x %j agree with differences', (shape) => {
    const layer = new Linear({ inputs: 3, outputs: 2, key, dtype: 'float64' });
    const x = normal(key.foldIn(1), shape, { dtype: 'float64' });
    for (const order of [1, 2] as const) {
      // The square gives a second order something to find.
      const { comparisons } = checkModuleGradients(layer, (x) => layer.forward(x!).square(), [x], { order });
      expect(comparisons).toBeGreaterThan(0);
    }
  });
});
