import { expect, test } from 'vitest';
import { tensor } from './create.ts';
import { pickMaxima, spreadMaxima, windowMaximum } from './pooling.ts';

const windows = { size: [2], stride: [1], dilation: [1], count: [3] };
const x = tensor([
  [1, 3, 3, 2],
  [5, 4, 0, 0],
]);
const largest = windowMaximum(x, windows, 'maxPool');

test('the largest of every window', () => {
  expect(largest.toArray()).toEqual([
    [3, 3, 3],
    [5, 4, 0],
  ]);
});

test('tangents and cotangents go through the largest elements, ties sharing them', () => {
  const tangent = tensor([
    [1, 10, 100, 1000],
    [1, 10, 100, 1000],
  ]);
  expect(pickMaxima(tangent, x, largest, windows).toArray()).toEqual([
    [10, 55, 100],
    [1, 10, 550],
  ]);
  const cotangent = tensor([
    [1, 10, 100],
    [1, 10, 100],
  ]);
  expect(spreadMaxima(cotangent, x, largest, windows).toArray()).toEqual([
    [0, 6, 105, 0],
    [1, 10, 50, 50],
  ]);
});

test('windows of two axes with strides and dilation', () => {
  const image = tensor([
    [1, 2, 3, 4, 5],
    [9, 0, 0, 0, 8],
    [5, 4, 3, 2, 1],
  ]);
  const corners = { size: [2, 2], stride: [1, 1], dilation: [2, 3], count: [1, 2] };
  // Corners 1, 4, 5, 2 and 2, 5, 4, 1.
  const top = windowMaximum(image, corners, 'maxPool');
  expect(top.toArray()).toEqual([[5, 5]]);
  expect(spreadMaxima(tensor([[1, 10]]), image, top, corners).toArray()).toEqual([
    [0, 0, 0, 0, 10],
    [0, 0, 0, 0, 0],
    [1, 0, 0, 0, 0],
  ]);
});

test('NaN in a window is its maximum, and makes what goes through it NaN', () => {
  const broken = tensor([Number.NaN, 1, 2, 0]);
  const maximum = windowMaximum(broken, windows, 'maxPool');
  expect(maximum.toArray()).toEqual([Number.NaN, 2, 2]);
  expect(pickMaxima(tensor([1, 1, 1, 1]), broken, maximum, windows).toArray()).toEqual([Number.NaN, 1, 1]);
});
