import { ArgumentError, ShapeError, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { grad } from '../../transforms.ts';
import { standardDeviation, variance } from './moments.ts';

const doubles = (values: readonly number[]) => tensor(values, { dtype: 'float64' });

/** Both passes in double precision. */
function meanSquare(values: readonly number[], correction = 0): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - correction);
}

test('by hand', () => {
  const x = tensor([
    [1, 2, 3, 6],
    [5, 5, 5, 5],
  ]);
  expect(variance(x, { axes: 1 }).toArray()).toEqual([3.5, 0]);
  expect(variance(x, { axes: -1, correction: 2, keepDims: true }).toArray()).toEqual([[7], [0]]);
  expect(variance(x, { axes: 0 }).toArray()).toEqual([4, 2.25, 1, 0.25]);
  expect(standardDeviation(x, { axes: 0 }).toArray()).toEqual([2, 1.5, 1, 0.5]);
  expect(variance(tensor(3)).item()).toBe(0);
  expect(variance(doubles([1, Number.NaN])).item()).toBeNaN();
});

describe('far from 0', () => {
  const near = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i * i));

  test.each([1e3, 1e6, -1e7])('around %d in float32', (mean) => {
    const values = Array.from(near, (each) => Math.fround(each + mean));
    const expected = meanSquare(values);
    expect(Math.abs(variance(tensor(values)).item() / expected - 1)).toBeLessThan(1e-6);
    const deviation = standardDeviation(tensor(values), { correction: 1 }).item();
    expect(Math.abs(deviation / Math.sqrt(meanSquare(values, 1)) - 1)).toBeLessThan(1e-6);
  });

  test('a first element far from all others does no harm', () => {
    const values = [1e6, ...near].map(Math.fround);
    expect(Math.abs(variance(tensor(values)).item() / meanSquare(values) - 1)).toBeLessThan(1e-6);
  });

  test('equal elements have no variance, whatever their mean is rounded to', () => {
    expect(variance(tensor(Array(7).fill(0.1))).item()).toBe(0);
    expect(variance(doubles(Array(10).fill(1e6 + 0.1))).item()).toBe(0);
  });
});

describe('gradients', () => {
  test('of the variance are 2·(x − mean)/(n − correction)', () => {
    const x = doubles([1, 2, 3, 6]);
    expect(grad((v) => variance(v!))(x)[0]!.toArray()).toEqual([-1, -0.5, 0, 1.5]);
    expect(grad((v) => variance(v!, { correction: 2 }))(x)[0]!.toArray()).toEqual([-2, -1, 0, 3]);
  });

  test('of the deviation are (x − mean)/(n·deviation), and 0 where all elements are equal', () => {
    expect(grad((v) => standardDeviation(v!))(doubles([1, 5]))[0]!.toArray()).toEqual([-0.5, 0.5]);
    expect(grad((v) => standardDeviation(v!))(tensor([0.1, 0.1, 0.1]))[0]!.toArray()).toEqual([0, 0, 0]);
    expect(grad((v) => standardDeviation(v!))(doubles([3]))[0]!.toArray()).toEqual([0]);
  });
});

describe('what has no variance', () => {
  test('no elements', () => {
    expect(() => variance(zeros([2, 0]), { axes: 1 })).toThrow(ShapeError);
    expect(() => standardDeviation(zeros([0]))).toThrow(
      'standardDeviation: x is [0], and the variance over axis 0 of length 0 does not exist.',
    );
  });

  test('too few for the correction', () => {
    expect(() => variance(zeros([3, 1]), { axes: 1, correction: 1 })).toThrow(ArgumentError);
    expect(() => variance(zeros([3, 1]), { axes: 1, correction: 1 })).toThrow(
      'variance: correction 1 leaves nothing to divide by: x is [3, 1], and axes [1] hold 1 element.',
    );
    expect(() => variance(zeros([2]), { correction: Number.NaN })).toThrow('hold 2 elements');
  });

  test('whole numbers', () => {
    expect(() => variance(tensor([1, 2], { dtype: 'int32' }))).toThrow('variance: x is int32');
  });
});
