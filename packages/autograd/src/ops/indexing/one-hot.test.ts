import { ArgumentError, DTypeError, IndexError, tensor, zeros } from '@reparam/tensor';
import { expect, test } from 'vitest';
import { oneHot } from './one-hot.ts';

test('a one at each index along a new last axis', () => {
  expect(oneHot([2, 0], 3).toArray()).toEqual([
    [0, 0, 1],
    [1, 0, 0],
  ]);
  expect(oneHot(tensor([[1], [0]], { dtype: 'int32' }), 2).toArray()).toEqual([[[0, 1]], [[1, 0]]]);
  expect(oneHot(1, 2).toArray()).toEqual([0, 1]);
  expect(oneHot([], 4).shape).toEqual([0, 4]);
});

test('is float32 unless told, and carries no gradient', () => {
  expect(oneHot([0], 2).dtype).toBe('float32');
  expect(oneHot([0], 2, 'float64').dtype).toBe('float64');
  expect(oneHot([0], 2, 'int32').dtype).toBe('int32');
  expect(oneHot([0], 2).tracked).toBe(false);
});

test('refuses labels that are none, also negative ones', () => {
  expect(() => oneHot([0, 3], 3)).toThrow(
    'oneHot: index 3 in indices [2] is none of 3 classes: they run from 0 to 2.',
  );
  expect(() => oneHot([-1], 3)).toThrow(IndexError);
  expect(() => oneHot([0.5], 3)).toThrow('oneHot: index 0.5 is no int32.');
  expect(() => oneHot(zeros([2]), 3)).toThrow(DTypeError);
  expect(() => oneHot([0], 0)).toThrow('oneHot: count is 0; use a whole number ≥ 1.');
  expect(() => oneHot([0], 2.5)).toThrow(ArgumentError);
});
