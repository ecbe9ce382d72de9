import { checkGradients, gradients, type Variable } from '@reparam/autograd';
import { adam, linearSchedule, Sequential } from '@reparam/nn';
import { ArgumentError, full, RandomKey, ShapeError, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { column, estimate } from '../../../../test/support/sample-moments.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import { VariationalLinear } from './variational-linear.ts';

const key = RandomKey.fromSeed(151);
const float64 = { dtype: 'float64' } as const;

function layerOf(bias: boolean): VariationalLinear {
  const layer = new VariationalLinear({
    inputs: 2,
    outputs: 2,
    key,
    bias,
    initialScale: 0.3,
    dtype: 'float64',
  });
  layer.location.assign(
    tensor(
      [
        [1, -2],
        [0.5, 3],
      ],
      float64,
    ),
  );
  layer.logScale.assign(
    tensor(
      [
        [0.1, 0.2],
        [0.3, 0.4],
      ].map((row) => row.map(Math.log)),
      float64,
    ),
  );
  layer.biasLocation?.assign(tensor([0.7, -0.1], float64));
  return layer;
}

describe('in training', () => {
  test.each([true, false])('outputs have the moments of a layer with random weights (bias: %s)', (bias) => {
    const layer = layerOf(bias);
    const count = 40_000;
    const x = tensor([2, -1], float64).expand([count, 2]);
    const outputs = layer.forward(x, { training: true, key }).value.toTypedArray();
    // Means 2·1 − .5, 2·(−2) − 3; variances 4·.1² + .3², 4·.2² + .4², and the bias adds its own.
    const expected = [
      { mean: 1.5 + (bias ? 0.7 : 0), variance: 0.13 + (bias ? 0.09 : 0) },
      { mean: -7 + (bias ? -0.1 : 0), variance: 0.32 + (bias ? 0.09 : 0) },
    ];
    expected.forEach(({ mean, variance }, d) => {
      const found = estimate(column(outputs, 2, d));
      expect(Math.abs(found.mean - mean)).toBeLessThan(4 * found.standardError);
      expect(Math.abs(found.variance / variance - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
    });
  });

  test('examples draw independently, and the key decides', () => {
    const layer = layerOf(false);
    const x = full([2, 2], 1, float64);
    const [first, second] = layer.forward(x, { training: true, key }).toArray() as number[][];
    expect(first).not.toEqual(second);
    expect(layer.forward(x, { training: true, key }).toArray()).toEqual([first, second]);
    expect(layer.forward(x, { training: true, key: key.foldIn(1) }).toArray()).not.toEqual([first, second]);
  });

  test('an input of zeros has no noise without a bias, and finite gradients', () => {
    const layer = layerOf(false);
    const output = layer.forward(zeros([1, 2], float64), { training: true, key });
    for (const each of output.value.toTypedArray()) expect(Math.abs(each)).toBeLessThan(1e-14);
    for (const { value } of gradients(output.sum(), layer.parameters()))
      expect(value.toTypedArray().every(Number.isFinite)).toBe(true);
  });
});

test('in evaluation it is the linear layer of its means, for any leading axes', () => {
  const x = tensor([[[2, -1]], [[0, 1]]], float64);
  expect(layerOf(true).forward(x).toArray()).toEqual([
    [[expect.closeTo(2.2, 14), expect.closeTo(-7.1, 14)]],
    [[expect.closeTo(1.2, 14), expect.closeTo(2.9, 14)]],
  ]);
});

test('its KL is that of all of its weights to the prior', () => {
  const byHand = (mean: number, scale: number): number =>
    Math.log(0.5 / scale) + (scale ** 2 + mean ** 2) / (2 * 0.25) - 0.5;
  const layer = new VariationalLinear({
    inputs: 1,
    outputs: 2,
    key,
    initialScale: 0.3,
    priorScale: 0.5,
    dtype: 'float64',
  });
  const means = Array.from(layer.location.value.toTypedArray());
  const expected = [...means, 0, 0].reduce((sum, mean) => sum + byHand(mean, 0.3), 0);
  expect(layer.kl().item()).toBeCloseTo(expected, 12);
});

test('derivatives agree with differences', () => {
  const layer = layerOf(true);
  const { location, logScale } = layer;
  const fields = layer as unknown as Record<'location' | 'logScale', Variable>;
  checkGradients(
    (x, mean, scale) => {
      fields.location = mean!;
      fields.logScale = scale!;
      return layer.forward(x!, { training: true, key }).square().sum().add(layer.kl());
    },
    [
      [
        [0.5, -1],
        [2, 0.3],
      ],
      location.value,
      logScale.value,
    ],
  );
});

test('Bayesian linear regression reaches the exact mean-field posterior', () => {
  const features = tensor(
    [0, 1, 2, 3, 4].map((t) => [1, t]),
    float64,
  );
  const targets = tensor([[1.1], [2.9], [5.2], [6.8], [9.1]], float64);
  const layer = new VariationalLinear({
    inputs: 2,
    outputs: 1,
    key,
    bias: false,
    initialScale: 0.2,
    dtype: 'float64',
  });
  // In a network of layers it gets its key as every layer does.
  const network = new Sequential([layer]);
  const optimizer = adam(network.namedParameters());
  const steps = 2000;
  const rate = linearSchedule({ from: 0.05, to: 0.0003, over: steps });
  for (let step = 0; step < steps; step++) {
    const outputs = network.forward(features, { training: true, key: key.foldIn(step) });
    const loss = layer.kl().sub(DiagonalNormal.fromScale(outputs, 0.5).logProb(targets).sum());
    optimizer.learningRate = rate(step);
    optimizer.step(gradients(loss, network.parameters()).map(({ value }) => value));
  }
  const [means, scales] = [layer.location, layer.logScale.exp()].map(({ value }) => value.toTypedArray());
  for (const [d, mean, variance] of [
    [0, 0.990861, 1 / 21],
    [1, 1.989798, 1 / 121],
  ] as const) {
    expect(Math.abs(means![d]! - mean)).toBeLessThan(0.04);
    expect(Math.abs(scales![d]! / Math.sqrt(variance) - 1)).toBeLessThan(0.1);
  }
});

describe('refuses', () => {
  test.each([
    ['initialScale', 0],
    ['priorScale', Number.NaN],
  ] as const)('%s = %s', (name, value) => {
    const build = (): unknown => new VariationalLinear({ inputs: 1, outputs: 1, key, [name]: value });
    expect(build).toThrow(ArgumentError);
    expect(build).toThrow(`VariationalLinear: ${name} is ${value}; it must be a number above 0.`);
  });

  test('training without a key, and inputs of another width', () => {
    const layer = layerOf(true);
    expect(() => layer.forward(zeros([1, 2], float64), { training: true })).toThrow(
      'VariationalLinear: in training it draws its outputs, and needs a key',
    );
    expect(() => layer.forward(zeros([1, 3], float64))).toThrow(ShapeError);
    expect(() => layer.forward(zeros([1, 3], float64))).toThrow(
      'VariationalLinear: x is [1, 3] (last axis = 3), but this layer maps 2 features to 2.',
    );
  });
});
