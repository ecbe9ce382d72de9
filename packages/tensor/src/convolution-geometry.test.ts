import { describe, expect, test } from 'vitest';
import {
  type ConvolutionOptions,
  resolveConvolution,
  resolveTransposedConvolution,
  type TransposedConvolutionOptions,
} from './convolution-geometry.ts';
import { ArgumentError, ShapeError } from './errors.ts';
import type { Shape } from './shape.ts';
import { resolveWindows } from './window-options.ts';

const forward = (x: Shape, weight: Shape, options: ConvolutionOptions = {}) =>
  resolveConvolution('conv2d', x, weight, 2, options);
const transposed = (x: Shape, weight: Shape, options: TransposedConvolutionOptions = {}) =>
  resolveTransposedConvolution('convTranspose2d', x, weight, 2, options);

describe('lengths', () => {
  // Published layers: LeNet-5's first (LeCun et al. 1998), AlexNet's and ResNet's stem.
  test.each<[string, Shape, Shape, ConvolutionOptions, number[]]>([
    ['LeNet-5', [1, 1, 32, 32], [6, 1, 5, 5], {}, [28, 28]],
    ['AlexNet', [1, 3, 227, 227], [96, 3, 11, 11], { stride: 4 }, [55, 55]],
    ['ResNet', [1, 3, 224, 224], [64, 3, 7, 7], { stride: 2, padding: 3 }, [112, 112]],
    ['an atrous layer', [1, 1, 9, 9], [1, 1, 3, 3], { dilation: [2, 4] }, [5, 1]],
    ['one length for each side', [1, 1, 4, 4], [1, 1, 2, 2], { padding: [[1, 0], 2] }, [4, 7]],
  ])('%s', (_, x, weight, options, count) => {
    expect(forward(x, weight, options).count).toEqual(count);
  });

  test("'same' gives ⌈length / stride⌉ windows, and pads more at the end", () => {
    expect(forward([1, 1, 5, 6], [1, 1, 2, 3], { padding: 'same' })).toMatchObject({
      count: [5, 6],
      padding: [
        [0, 1],
        [1, 1],
      ],
    });
    expect(forward([1, 1, 5, 6], [1, 1, 4, 3], { padding: 'same', stride: 2 })).toMatchObject({
      count: [3, 3],
      padding: [
        [1, 2],
        [0, 1],
      ],
    });
    expect(forward([1, 1, 7, 7], [1, 1, 1, 1], { padding: 'same', stride: 3 }).padding).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(forward([1, 1, 5, 6], [1, 1, 2, 3], { padding: 'valid' }).count).toEqual([4, 4]);
  });

  test('a transposed convolution undoes the change of shape; outputPadding tells equal ones apart', () => {
    for (const length of [7, 8, 9, 10]) {
      const options = { stride: 3, padding: 1, dilation: 2 };
      const { count } = forward([1, 1, length, length], [1, 1, 2, 2], options);
      const remainder = (length + 2 - 3) % 3;
      const back = transposed([1, 1, ...count], [1, 1, 2, 2], { ...options, outputPadding: remainder });
      expect(back.spatial).toEqual([length, length]);
      expect(back.count).toEqual(count);
    }
    // DCGAN's generator (Radford et al. 2016): 4 × 4 to 8 × 8.
    expect(transposed([1, 1024, 4, 4], [1024, 512, 4, 4], { stride: 2, padding: 1 }).spatial).toEqual([8, 8]);
  });
});

describe('refusals', () => {
  const image = [8, 3, 28, 28];
  test.each<[typeof ShapeError | typeof ArgumentError, () => unknown, string]>([
    [
      ShapeError,
      () => forward([28, 28], [16, 1, 3, 3]),
      'conv2d: x is [28, 28], but needs 4 axes, [batch, channels, ...2 spatial]; add a batch and a channel axis: ' +
        'x.reshape([1, 1, 28, 28]).',
    ],
    [
      ShapeError,
      () => forward([3, 28, 28], [16, 3, 3, 3]),
      'conv2d: x is [3, 28, 28], but needs 4 axes, [batch, channels, ...2 spatial]; add a batch axis: ' +
        'x.reshape([1, 3, 28, 28]).',
    ],
    [
      ShapeError,
      () => forward([1, 8, 3, 28, 28], [16, 3, 3, 3]),
      'conv2d: x is [1, 8, 3, 28, 28], but needs 4 axes, [batch, channels, ...2 spatial]; reshape it so that it has ' +
        'one batch axis and one channel axis.',
    ],
    [
      ShapeError,
      () => forward(image, [3, 3]),
      'conv2d: weight is [3, 3], but needs 4 axes, [output channels, input channels / groups, ...kernel].',
    ],
    [
      ShapeError,
      () => forward(image, [16, 4, 3, 3]),
      'conv2d: x is [8, 3, 28, 28], with 3 channels (axis 1), but weight is [16, 4, 3, 3] and with groups 1 reads 4 ' +
        'channels. Its layout is [output channels, input channels / groups, ...kernel].',
    ],
    [
      ShapeError,
      () => forward([8, 6, 28, 28], [4, 3, 3, 3]),
      'conv2d: x is [8, 6, 28, 28], with 6 channels (axis 1), but weight is [4, 3, 3, 3] and with groups 1 reads 3 ' +
        'channels. Its layout is [output channels, input channels / groups, ...kernel]. Did you mean { groups: 2 }?',
    ],
    [
      ShapeError,
      () => forward(image, [3, 16, 3, 3]),
      'conv2d: x is [8, 3, 28, 28], with 3 channels (axis 1), but weight is [3, 16, 3, 3] and with groups 1 reads 16 ' +
        'channels. Its layout is [output channels, input channels / groups, ...kernel]. ' +
        'Did you mean weight.transpose(0, 1)?',
    ],
    [
      ArgumentError,
      () => forward([8, 4, 28, 28], [6, 1, 3, 3], { groups: 4 }),
      'conv2d: groups 4 does not divide the 6 output channels of weight [6, 1, 3, 3] (axis 0).',
    ],
    [
      ShapeError,
      () => forward([1, 1, 28, 3], [1, 1, 3, 3], { dilation: 2, padding: [0, [1, 0]] }),
      'conv2d: the kernel [3, 3] reaches over 5 (3 elements, dilation 2) on axis 3, but x is [1, 1, 28, 3], 4 there ' +
        'with its padding. Use a smaller kernel or more padding.',
    ],
    [
      ShapeError,
      () => resolveWindows('maxPool1d', [2, 3], [4], {}),
      'maxPool1d: the window [4] reaches over 4 on axis 1, but x is [2, 3], 3 there with its padding. ' +
        'Use a smaller window or more padding.',
    ],
    [
      ShapeError,
      () => resolveWindows('maxPool2d', [3], [2, 2], {}),
      'maxPool2d: x is [3], but windows slide over its last 2 axes.',
    ],
    [
      ArgumentError,
      () => forward(image, [16, 3, 3, 3], { stride: 0 }),
      'conv2d: stride is 0, but needs to be a whole number ≥ 1, or 2 of them, one for each spatial axis.',
    ],
    [
      ArgumentError,
      () => forward(image, [16, 3, 3, 3], { dilation: [1, 1, 1] }),
      'conv2d: dilation is [1,1,1], but needs to be a whole number ≥ 1, or 2 of them, one for each spatial axis.',
    ],
    [
      ArgumentError,
      () => forward(image, [16, 3, 0, 3]),
      'conv2d: size is [0,3], but needs to be a whole number ≥ 1, or 2 of them, one for each spatial axis.',
    ],
    [
      ArgumentError,
      () => forward(image, [16, 3, 3, 3], { padding: [-1, 0] }),
      "conv2d: padding is [-1,0], but needs to be a whole number ≥ 0, 'same', 'valid', or for each of the 2 spatial " +
        'axes a number or a pair [before, after].',
    ],
    [
      ArgumentError,
      () => forward(image, [16, 3, 3, 3], { groups: 0.5 }),
      'conv2d: groups is 0.5, but needs to be a whole number ≥ 1.',
    ],
    [
      ShapeError,
      () => transposed([1, 64, 7, 7], [32, 64, 4, 4]),
      'convTranspose2d: x is [1, 64, 7, 7], with 64 channels (axis 1), but weight is [32, 64, 4, 4], for 32. Its ' +
        'layout is [input channels, output channels / groups, ...kernel]. Did you mean weight.transpose(0, 1)?',
    ],
    [
      ArgumentError,
      () => transposed([1, 4, 7, 7], [4, 2, 4, 4], { stride: [2, 3], outputPadding: 2 }),
      'convTranspose2d: outputPadding 2 of spatial axis 0 must be less than its stride 2.',
    ],
    [
      ShapeError,
      () => transposed([1, 4, 7, 1], [4, 2, 3, 3], { padding: [0, [1, 2]] }),
      'convTranspose2d: x is [1, 4, 7, 1] with kernel [3, 3], which leaves a length of 0 on axis 3 once the padding ' +
        '[1, 2] is taken off. Use less padding.',
    ],
  ])('%# %o', (errorClass, run, message) => {
    expect(run).toThrow(errorClass);
    expect(run).toThrow(message);
  });
});
