import { arange, ones, tensor, zeros } from '@reparam/tensor';
import { expect, test } from 'vitest';
import { grad } from '../../transforms.ts';
import { mul } from '../elementwise.ts';
import { sum } from '../reductions.ts';
import { windows } from './windows.ts';

test('frames of a signal, as a view', () => {
  const signal = arange(7);
  const frames = windows(signal, [3], { stride: 2 });
  expect(frames.value.transpose().toArray()).toEqual([
    [0, 1, 2],
    [2, 3, 4],
    [4, 5, 6],
  ]);
  expect(frames.value.data).toBe(signal.data);
  expect(windows(signal, [3], { dilation: 2, stride: 2 }).value.transpose().toArray()).toEqual([
    [0, 2, 4],
    [2, 4, 6],
  ]);
});

test('the gradient counts the windows over each element', () => {
  const [coverage] = grad((x) => sum(windows(x!, [2, 2])))(ones([3, 4]));
  expect(coverage!.toArray()).toEqual([
    [1, 2, 2, 1],
    [2, 4, 4, 2],
    [1, 2, 2, 1],
  ]);
  const weights = tensor([
    [1, 2],
    [10, 20],
    [100, 200],
  ]);
  const [overlapped] = grad((x) => sum(mul(windows(x!, [3], { stride: 2 }), weights)))(zeros([6]));
  expect(overlapped!.toArray()).toEqual([1, 10, 102, 20, 200, 0]);
});

test('refuses windows that do not fit', () => {
  expect(() => windows(zeros([2, 5]), [4], { dilation: 2 })).toThrow(
    'windows: the window [4] reaches over 7 (4 elements, dilation 2) on axis 1, but x is [2, 5], 5 there with its ' +
      'padding. Use a smaller window or more padding.',
  );
  expect(() => windows(zeros([5]), [2, 2])).toThrow(
    'windows: x is [5], but windows slide over its last 2 axes.',
  );
});
