import { normal, RandomKey, type Shape, sizeOf, Tensor, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { backward } from '../../backward.ts';
import { tapeOf } from '../../tape.ts';
import { grad } from '../../transforms.ts';
import { parameter, Variable } from '../../variable.ts';
import { mul } from '../elementwise.ts';
import { sum } from '../reductions.ts';
import { conv1d, conv2d, convTranspose1d, convTranspose2d } from './convolution.ts';

const doubles = (values: Parameters<typeof tensor>[0]) => tensor(values, { dtype: 'float64' });

/** Small whole numbers, so that all sums are exact. */
function whole(shape: Shape, seed: number): Tensor {
  return Tensor.wrap(
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => (((i + seed) * 7919) % 11) - 5),
    shape,
  );
}

const inner = (a: Variable | Tensor, b: Variable | Tensor): number => sum(mul(a, b)).item();

describe('by hand', () => {
  test('conv1d is a cross-correlation: the kernel is not flipped', () => {
    const x = doubles([[[1, 2, 4, 8]]]);
    const weight = doubles([[[1, 0, -1]]]);
    expect(conv1d(x, weight).toArray()).toEqual([[[-3, -6]]]);
    expect(conv1d(x, weight, { padding: 1, bias: doubles([100]) }).toArray()).toEqual([[[98, 97, 94, 104]]]);
    expect(conv1d(x, weight, { padding: [[2, 0]], stride: 3 }).toArray()).toEqual([[[-1, -6]]]);
  });

  test('conv2d sums over channels; groups keep them apart', () => {
    const x = doubles([
      [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [10, 20],
          [30, 40],
        ],
      ],
    ]);
    const both = doubles([[[[1, 1]], [[0, 1]]]]);
    expect(conv2d(x, both).toArray()).toEqual([[[[23], [47]]]]);
    const apart = doubles([[[[1, 1]]], [[[0, 1]]]]);
    expect(conv2d(x, apart, { groups: 2, bias: doubles([0.5, -0.5]) }).toArray()).toEqual([
      [
        [[3.5], [7.5]],
        [[19.5], [39.5]],
      ],
    ]);
  });

  test('convTranspose1d stamps the kernel at every step, scaled; stamps overlap', () => {
    const x = doubles([[[1, 10, 100]]]);
    const weight = doubles([[[1, 2, 3]]]);
    expect(convTranspose1d(x, weight, { stride: 2 }).toArray()).toEqual([[[1, 2, 13, 20, 130, 200, 300]]]);
    expect(convTranspose1d(x, weight, { stride: 2, padding: 1, outputPadding: 1 }).toArray()).toEqual([
      [[2, 13, 20, 130, 200, 300]],
    ]);
  });

  test('convTranspose2d has the bias at every position, also where no stamp falls', () => {
    const x = doubles([[[[1, 2]]]]);
    const weight = doubles([
      [
        [
          [1, 1],
          [1, 1],
        ],
      ],
    ]);
    expect(convTranspose2d(x, weight, { stride: [1, 3], bias: doubles([5]) }).toArray()).toEqual([
      [
        [
          [6, 6, 5, 7, 7],
          [6, 6, 5, 7, 7],
        ],
      ],
    ]);
  });
});

describe('the transposed convolution is the adjoint: ⟨conv(x), y⟩ = ⟨x, convTranspose(y)⟩', () => {
  test.each([
    [{}, 0],
    [{ stride: 2, padding: 1 }, 1],
    [{ stride: 3, padding: 1, groups: 2 }, 1],
    [{ stride: [2, 1], dilation: [1, 2], padding: [[0, 1], 2] }, 0],
  ] as const)('%o', (options, outputPadding) => {
    const groups = 'groups' in options ? options.groups : 1;
    const x = whole([2, 4, 8, 8], 0);
    const weight = whole([6, 4 / groups, 3, 3], 5);
    const output = conv2d(x, weight, options);
    const y = whole(output.shape, 9);
    const transposed = convTranspose2d(y, weight, { ...options, outputPadding });
    expect(transposed.shape).toEqual(x.shape);
    expect(inner(transposed, x)).toBe(inner(output, y));
    // And the weight's gradient is the third derivative of the same form.
    const [weightGradient] = grad((w) => sum(mul(conv2d(x, w!, options), y)))(weight);
    expect(inner(weightGradient!, weight)).toBe(inner(output, y));
  });

  test('in one dimension', () => {
    const [x, weight] = [whole([3, 2, 11], 1), whole([4, 1, 4], 2)];
    const options = { stride: 3, padding: 2, groups: 2 };
    const output = conv1d(x, weight, options);
    const y = whole(output.shape, 3);
    const back = convTranspose1d(y, weight, { ...options, outputPadding: 2 });
    expect(back.shape).toEqual(x.shape);
    expect(inner(back, x)).toBe(inner(output, y));
  });
});

test('the gradient of the bias counts the positions', () => {
  const [dBias] = grad((bias) => sum(conv2d(zeros([3, 1, 5, 6]), zeros([2, 1, 2, 2]), { bias: bias! })))(
    zeros([2]),
  );
  expect(dBias!.toArray()).toEqual([3 * 4 * 5, 3 * 4 * 5]);
});

test('an empty batch gives an empty batch, and a weight gradient of zeros', () => {
  const weight = parameter(normal(RandomKey.fromSeed(0), [2, 1, 3, 3]));
  const output = conv2d(zeros([0, 1, 5, 5]), weight);
  expect(output.shape).toEqual([0, 2, 3, 3]);
  backward(sum(output));
  expect(weight.grad!.toTypedArray()).toEqual(new Float32Array(18));
  expect(convTranspose2d(zeros([0, 2, 3, 3]), weight, { stride: 2 }).shape).toEqual([0, 1, 7, 7]);
});

test('the tape keeps the operands and no columns', () => {
  const x = new Variable(normal(RandomKey.fromSeed(1), [2, 3, 8, 8]), { requiresGrad: true });
  const weight = parameter(normal(RandomKey.fromSeed(2), [4, 3, 3, 3]));
  const tape = tapeOf(conv2d(x, weight, { padding: 1 }));
  expect(tape.map(({ rules, inputs }) => [rules.name, inputs])).toEqual([['conv2d', [x, weight]]]);
});

describe('refusals', () => {
  const [x, weight] = [zeros([2, 3, 8, 8]), zeros([4, 3, 3, 3])];
  test.each([
    [
      () => conv2d(x, weight.cast('float64')),
      /conv2d: element types differ: x is float32 but weight is float64/,
    ],
    [() => conv2d(x.cast('int32'), weight.cast('int32')), /conv2d: x is int32, but needs to be float32 or/],
    [
      () => conv2d(x, weight, { bias: zeros([3]) }),
      'conv2d: bias is [3], but needs one entry for each output channel, [4].',
    ],
    [
      () => convTranspose2d(zeros([2, 4, 8, 8]), weight, { bias: 1 }),
      'convTranspose2d: bias is [], but needs one entry for each output channel, [3].',
    ],
    [() => conv1d(zeros([2, 8]), zeros([1, 1, 3])), /conv1d: x is \[2, 8\], but needs 3 axes/],
    [
      () => convTranspose1d(zeros([2, 4, 8]), zeros([3, 4, 3])),
      /convTranspose1d: x is \[2, 4, 8\], with 4 channels \(axis 1\), but weight is \[3, 4, 3\], for 3/,
    ],
  ])('%#', (run, message) => {
    expect(run).toThrow(message);
  });
});
