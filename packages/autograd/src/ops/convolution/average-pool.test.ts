import { ones, tensor, zeros } from '@reparam/tensor';
import { expect, test } from 'vitest';
import { grad } from '../../transforms.ts';
import { sum } from '../reductions.ts';
import { averagePool1d, averagePool2d } from './average-pool.ts';

test('by hand', () => {
  expect(averagePool1d(tensor([1, 3, 5, 9, 100]), 2).toArray()).toEqual([2, 7]);
  expect(averagePool1d(tensor([1, 3, 5, 9]), 2, { stride: 1 }).toArray()).toEqual([2, 4, 7]);
  const image = tensor([
    [1, 2, 3],
    [5, 6, 7],
  ]);
  expect(averagePool2d(image, [2, 1]).toArray()).toEqual([[3, 4, 5]]);
  const [gradient] = grad((x) => sum(averagePool2d(x!, 2, { stride: 1 })))(image);
  expect(gradient!.toArray()).toEqual([
    [0.25, 0.5, 0.25],
    [0.25, 0.5, 0.25],
  ]);
});

test('the zeros of the padding count, or do not', () => {
  // Of a window of four at a corner one element is inside, at an edge two.
  const counted = averagePool2d(ones([3, 3]), 2, { stride: 1, padding: 1 }).toArray();
  expect(counted).toEqual([
    [0.25, 0.5, 0.5, 0.25],
    [0.5, 1, 1, 0.5],
    [0.5, 1, 1, 0.5],
    [0.25, 0.5, 0.5, 0.25],
  ]);
  const options = { stride: 1, padding: 1, countPadding: false };
  expect(averagePool2d(ones([3, 3]), 2, options).toArray()).toEqual(ones([4, 4]).toArray());
  expect(averagePool1d(tensor([2, 4, 9]), 3, options).toArray()).toEqual([3, 5, 6.5]);
});

test('refusals', () => {
  expect(() => averagePool2d(zeros([2, 0, 4]), 2, { padding: 1 })).toThrow(
    'averagePool2d: x is [2, 0, 4], and a pool over axis 1 of length 0 does not exist.',
  );
  expect(() => averagePool1d(zeros([4], { dtype: 'int32' }), 2)).toThrow('averagePool1d: x is int32');
  expect(() => averagePool2d(zeros([4, 4]), 2, { padding: 2 })).toThrow(
    'averagePool2d: padding [2, 2] of spatial axis 0 is more than half of the window [2, 2] there',
  );
});
