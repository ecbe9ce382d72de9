import {
  type Backend,
  normal,
  RandomKey,
  referenceBackend,
  type Tensor,
  tensor,
  useBackend,
  zeros,
} from '@reparam/tensor';
import { expect, test } from 'vitest';
import { backward } from '../../backward.ts';
import { grad } from '../../transforms.ts';
import { parameter } from '../../variable.ts';
import { sum } from '../reductions.ts';
import { maxPool1d, maxPool2d } from './max-pool.ts';

const image = tensor([
  [1, 2, 5, 0],
  [3, 4, 1, 6],
  [-1, -2, -7, -8],
  [-3, -4, -5, -6],
]);

test('by hand, windows side by side', () => {
  expect(maxPool2d(image, 2).toArray()).toEqual([
    [4, 6],
    [-1, -5],
  ]);
  expect(maxPool2d(image, [1, 4]).toArray()).toEqual([[5], [6], [-1], [-3]]);
  const [gradient] = grad((x) => sum(maxPool2d(x!, 2)))(image);
  expect(gradient!.toArray()).toEqual([
    [0, 0, 0, 0],
    [0, 1, 0, 1],
    [1, 0, 0, 0],
    [0, 0, 1, 0],
  ]);
});

test('windows that overlap add up their cotangents', () => {
  const signal = tensor([[[1, 5, 2, 4, 3]]]);
  expect(maxPool1d(signal, 3, { stride: 1 }).toArray()).toEqual([[[5, 5, 4]]]);
  const [gradient] = grad((x) => sum(maxPool1d(x!, 3, { stride: 1 })))(signal);
  expect(gradient!.toArray()).toEqual([[[0, 2, 0, 1, 0]]]);
});

test('padding is never the largest', () => {
  expect(maxPool1d(tensor([-3, -1, -2, -4]), 2, { padding: 1 }).toArray()).toEqual([-3, -1, -4]);
});

test('refusals', () => {
  expect(() => maxPool2d(zeros([2, 0, 4]), 2, { padding: 1 })).toThrow(
    'maxPool2d: x is [2, 0, 4], and a pool over axis 1 of length 0 does not exist.',
  );
  expect(() => maxPool2d(zeros([4, 4]), 3, { padding: [0, [2, 0]] })).toThrow(
    'maxPool2d: padding [2, 0] of spatial axis 1 is more than half of the window [3, 3] there, so that windows could ' +
      'hold no element of x. Use at most half.',
  );
  expect(() => maxPool2d(zeros([4, 4], { dtype: 'int32' }), 2)).toThrow('maxPool2d: x is int32');
  expect(() => maxPool2d(zeros([1, 2, 3, 3]), 4)).toThrow(
    'maxPool2d: the window [4, 4] reaches over 4 on axis 2',
  );
  expect(() => maxPool1d(zeros([4]), 0)).toThrow('maxPool1d: size is 0, but needs to be a whole number ≥ 1.');
});

test('backward makes nothing larger than the padded input, however windows overlap', () => {
  const x = parameter(normal(RandomKey.fromSeed(0), [2, 3, 16, 16]));
  const output = sum(maxPool2d(x, 5, { stride: 1, padding: 2 }));
  let largest = 0;
  const measured =
    (primitive: (...operands: never[]) => Tensor) =>
    (...operands: never[]): Tensor => {
      const result = primitive(...operands);
      largest = Math.max(largest, result.size);
      return result;
    };
  const entries = Object.entries(referenceBackend).map(([name, each]) => [
    name,
    typeof each === 'function' ? measured(each) : each,
  ]);
  const previous = useBackend(Object.fromEntries(entries) as Backend);
  try {
    backward(output);
  } finally {
    useBackend(previous);
  }
  expect(largest).toBe(2 * 3 * 20 * 20);
});
