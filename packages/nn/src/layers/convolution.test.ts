import {
  ArgumentError,
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
import { Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d } from './convolution.ts';
import { lecunNormal } from './initializers.ts';
import { Sequential } from './sequential.ts';

const key = RandomKey.fromSeed(41);
const dtype = 'float64';

describe('by hand', () => {
  const x = tensor([[[1, 2, 3, 4]]]);

  test('Conv1d slides its kernel without turning it over', () => {
    const layer = new Conv1d({ inputs: 1, outputs: 1, kernel: 2, key });
    layer.loadParameters({ weight: tensor([[[10, 1]]]), bias: tensor([0.5]) });
    expect(layer.forward(x).toArray()).toEqual([[[12.5, 23.5, 34.5]]]);
  });

  test('Conv2d sums over channels, and knows stride, padding and groups', () => {
    const grid = tensor([
      [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      ],
    ]);
    const whole = new Conv2d({ inputs: 2, outputs: 1, kernel: 2, key, bias: false });
    whole.loadParameters({
      weight: tensor([
        [
          [
            [1, 0],
            [0, 1],
          ],
          [
            [0, 1],
            [1, 0],
          ],
        ],
      ]),
    });
    // 1 + 4 of the first channel, 6 + 7 of the second.
    expect(whole.forward(grid).toArray()).toEqual([[[[18]]]]);
    const apart = new Conv2d({ inputs: 2, outputs: 2, kernel: [1, 2], stride: [1, 2], groups: 2, key });
    apart.loadParameters({ weight: tensor([[[[1, 1]]], [[[1, -1]]]]), bias: tensor([0, 100]) });
    expect(apart.forward(grid).toArray()).toEqual([
      [
        [[3], [7]],
        [[99], [99]],
      ],
    ]);
    const padded = new Conv2d({ inputs: 2, outputs: 1, kernel: 3, padding: 1, key });
    expect(padded.forward(grid).shape).toEqual([1, 1, 2, 2]);
  });

  test('ConvTranspose1d writes its kernel at every element', () => {
    const layer = new ConvTranspose1d({ inputs: 1, outputs: 1, kernel: 3, stride: 2, key, bias: false });
    layer.loadParameters({ weight: tensor([[[1, 10, 100]]]) });
    expect(layer.forward(tensor([[[1, 2]]])).toArray()).toEqual([[[1, 10, 102, 20, 200]]]);
  });

  test('ConvTranspose2d leads back to the shape before a strided Conv2d', () => {
    const down = new Conv2d({ inputs: 3, outputs: 5, kernel: 4, stride: 2, padding: 1, key });
    const up = new ConvTranspose2d({ inputs: 5, outputs: 3, kernel: 4, stride: 2, padding: 1, key });
    const images = ones([2, 3, 28, 14]);
    expect(down.forward(images).shape).toEqual([2, 5, 14, 7]);
    expect(new Sequential([down, up]).forward(images).shape).toEqual([2, 3, 28, 14]);
  });
});

describe('weights', () => {
  test.each([
    ['Conv1d', new Conv1d({ inputs: 4, outputs: 6, kernel: 3, key, groups: 2 }), [6, 2, 3]],
    ['Conv2d', new Conv2d({ inputs: 4, outputs: 6, kernel: [3, 5], key, groups: 2 }), [6, 2, 3, 5]],
    ['ConvTranspose1d', new ConvTranspose1d({ inputs: 4, outputs: 6, kernel: 3, key, groups: 2 }), [4, 3, 3]],
    ['ConvTranspose2d', new ConvTranspose2d({ inputs: 4, outputs: 6, kernel: [3, 5], key }), [4, 6, 3, 5]],
  ])(
    '%s has a kernel for each pair of channels of a group, and a bias for each output',
    (_, layer, shape) => {
      const shapes = Object.entries(layer.namedParameters()).map(([name, each]) => [name, each.shape]);
      expect(shapes).toEqual([
        ['weight', shape],
        ['bias', [6]],
      ]);
      expect(layer.bias!.toArray()).toEqual([0, 0, 0, 0, 0, 0]);
    },
  );

  test.each([
    [
      'a convolution',
      new Conv2d({ inputs: 12, outputs: 30, kernel: 5, stride: 5, groups: 2, key }),
      6 * 25,
      15,
    ],
    [
      'a transposed one',
      new ConvTranspose2d({ inputs: 30, outputs: 12, kernel: 5, stride: 5, groups: 2, key }),
      15,
      6 * 25,
    ],
  ])(
    'start from the fan: what %s sums into an output and hands on from an input',
    (_, layer, fanIn, fanOut) => {
      const bound = Math.sqrt(6 / (fanIn + fanOut));
      const largest = Math.max(...layer.weight.value.toTypedArray().map(Math.abs));
      expect(largest).toBeLessThanOrEqual(Math.fround(bound));
      expect(largest).toBeGreaterThan(0.99 * bound);
    },
  );

  test.each([
    [
      'Conv2d',
      new Conv2d({ inputs: 8, outputs: 64, kernel: 4, stride: 2, padding: 1, key, initializer: lecunNormal }),
      [64, 8, 8, 8],
    ],
    [
      'ConvTranspose2d',
      new ConvTranspose2d({
        inputs: 8,
        outputs: 64,
        kernel: 4,
        stride: 2,
        padding: 1,
        key,
        initializer: lecunNormal,
      }),
      [64, 8, 8, 8],
    ],
  ])('of variance 1/fanIn keep the variance of signals through %s', (_, layer, shape) => {
    const y = layer.forward(normal(key.foldIn(1), shape)).value;
    // Away from edges, which fewer inputs reach.
    const inner = y.slice([null, null, [1, -1], [1, -1]]);
    expect(Math.abs(meanSquare(inner) - 1)).toBeLessThan(0.1);
  });

  test('saved and reloaded give the same outputs', () => {
    const create = (seed: number): Conv2d =>
      new Conv2d({ inputs: 2, outputs: 3, kernel: 2, key: RandomKey.fromSeed(seed) });
    const [layer, copy] = [create(1), create(2)];
    copy.restore(decodeSafetensors(encodeSafetensors(layer.state())).tensors);
    const x = normal(key, [1, 2, 4, 4]);
    expect(copy.forward(x).toArray()).toEqual(layer.forward(x).toArray());
  });
});

function meanSquare(x: Tensor): number {
  return Array.from(x.toTypedArray()).reduce((sum, value) => sum + value ** 2, 0) / x.size;
}

describe('gradients agree with differences', () => {
  const options = { inputs: 2, outputs: 2, kernel: 2, stride: 2, padding: 1, key, dtype } as const;

  test.each([
    ['Conv1d', new Conv1d(options), [1, 2, 5]],
    ['Conv2d', new Conv2d({ ...options, groups: 2 }), [1, 2, 3, 4]],
    ['ConvTranspose1d', new ConvTranspose1d({ ...options, outputPadding: 1 }), [1, 2, 3]],
    ['ConvTranspose2d', new ConvTranspose2d(options), [1, 2, 3, 2]],
  ])('%s', (_, layer, shape) => {
    const x = normal(key.foldIn(2), shape, { dtype });
    for (const order of [1, 2] as const) {
      const report = checkModuleGradients(layer, (x) => layer.forward(x!).square(), [x], { order });
      expect(report.comparisons).toBeGreaterThan(0);
    }
  });
});

describe('errors', () => {
  test.each<[() => unknown, string]>([
    [
      () => new Conv2d({ inputs: 3, outputs: 4, kernel: 3, groups: 2, key }),
      'Conv2d: inputs is 3, which does not divide into 2 groups.',
    ],
    [
      () => new Conv2d({ inputs: 4, outputs: 3, kernel: 3, groups: 2, key }),
      'Conv2d: outputs is 3, which does not divide into 2 groups.',
    ],
    [
      () => new ConvTranspose1d({ inputs: 3, outputs: 4, kernel: [3, 3], key }),
      'ConvTranspose1d: kernel has 2 numbers; it must be one for all axes, or 1.',
    ],
    [
      () => new Conv1d({ inputs: 3, outputs: 4, kernel: 0, key }),
      'Conv1d: kernel is 0; it must be a whole number above 0.',
    ],
    [
      () => new ConvTranspose2d({ inputs: 3, outputs: 4, kernel: 2, stride: 0.5, key }),
      'ConvTranspose2d: stride is 0.5; it must be a whole number above 0.',
    ],
    [
      () => new Conv1d({ inputs: 0, outputs: 4, kernel: 1, key }),
      'Conv1d: inputs is 0; it must be a whole number above 0.',
    ],
  ])('of construction', (build, message) => {
    expect(build).toThrow(ArgumentError);
    expect(build).toThrow(message);
  });

  test('of what does not fit are those of the operation', () => {
    const layer = new Conv2d({ inputs: 3, outputs: 4, kernel: 3, key });
    expect(() => layer.forward(ones([3, 8, 8]))).toThrow(ShapeError);
    expect(() => layer.forward(ones([3, 8, 8]))).toThrow('x.reshape([1, 3, 8, 8])');
    expect(() => layer.forward(ones([1, 2, 8, 8]))).toThrow('with 2 channels (axis 1)');
  });
});
