import { full, tensor, zeros } from '@reparam/tensor';
import { expect, test } from 'vitest';
import { grad } from '../transforms.ts';
import { all, any, countNonzero } from './counting.ts';
import { add } from './elementwise.ts';

const x = tensor([
  [0, 0, -0],
  [0, Number.NaN, 3],
  [1, -2, 1e-40],
]);

test('any, all and countNonzero by hand: NaN is not 0, and neither is the smallest number', () => {
  expect(any(x, { axes: 1 }).toArray()).toEqual([0, 1, 1]);
  expect(all(x, { axes: 1 }).toArray()).toEqual([0, 0, 1]);
  expect(countNonzero(x, { axes: 1 }).toArray()).toEqual([0, 2, 3]);
  expect(any(x, { axes: 0, keepDims: true }).toArray()).toEqual([[1, 1, 1]]);
  expect(all(x).item()).toBe(0);
  expect(all(tensor([2, 1])).item()).toBe(1);
  expect(countNonzero(x).item()).toBe(5);
});

test('elements that cancel still count', () => {
  expect(any(tensor([1, -1])).item()).toBe(1);
  expect(countNonzero(tensor([1, -1])).item()).toBe(2);
});

test('types: any and all keep that of x, counts are int32', () => {
  for (const dtype of ['float32', 'float64', 'int32'] as const) {
    const y = tensor([0, 5], { dtype });
    expect([any(y), all(y)].map((result) => [result.dtype, result.item()])).toEqual([
      [dtype, 1],
      [dtype, 0],
    ]);
    expect(countNonzero(y).dtype).toBe('int32');
  }
});

test('of nothing: no element is nonzero, and none is zero', () => {
  expect(any(zeros([2, 0]), { axes: 1 }).toArray()).toEqual([0, 0]);
  expect(all(zeros([2, 0]), { axes: 1 }).toArray()).toEqual([1, 1]);
  expect(countNonzero(zeros([0])).item()).toBe(0);
});

test('counts beyond the whole numbers of float32 are exact', () => {
  const count = 2 ** 24 + 1;
  expect(countNonzero(full([1], 0.5).expand([count])).item()).toBe(count);
});

test('no gradient flows through them', () => {
  expect(grad((v) => add(any(v!), all(v!)))(tensor([1, 2]))[0]!.toArray()).toEqual([0, 0]);
  expect(countNonzero(x).tracked).toBe(false);
});
