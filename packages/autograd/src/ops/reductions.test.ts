import { tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { grad } from '../transforms.ts';
import type { Variable } from '../variable.ts';
import { mul } from './elementwise.ts';
import { logSoftmax, logsumexp, max, mean, min, softmax, sum } from './reductions.ts';

const doubles = (values: readonly number[] | readonly (readonly number[])[]) =>
  tensor(values, { dtype: 'float64' });
const matrix = doubles([
  [1, 2, 3],
  [4, 5, 7],
]);

/** The gradient of Σ weights·fn(x), which tells the entries of the output apart. */
function weighted(fn: (x: Variable) => Variable, weights: ReturnType<typeof doubles>, x = matrix) {
  return grad((v) => sum(mul(fn(v!), weights)))(x)[0]!.toArray();
}

describe('sum and mean', () => {
  test('by hand, over every choice of axes', () => {
    expect(sum(matrix).item()).toBe(22);
    expect(sum(matrix, { axes: 0 }).toArray()).toEqual([5, 7, 10]);
    expect(sum(matrix, { axes: -1 }).toArray()).toEqual([6, 16]);
    expect(mean(matrix, { axes: [0, 1], keepDims: true }).toArray()).toEqual([[22 / 6]]);
    expect(mean(matrix, { axes: 1 }).toArray()).toEqual([2, 16 / 3]);
  });

  // A known wrong answer: without keepDims the cotangent was sent along the other axis of square matrices.
  test('the cotangent goes along the axis that was summed, with and without keepDims', () => {
    const square = doubles([
      [1, 2],
      [3, 4],
    ]);
    expect(weighted((x) => sum(x, { axes: -1 }), doubles([10, 20]), square)).toEqual([
      [10, 10],
      [20, 20],
    ]);
    expect(weighted((x) => sum(x, { axes: 0 }), doubles([10, 20]), square)).toEqual([
      [10, 20],
      [10, 20],
    ]);
    expect(weighted((x) => mean(x, { axes: -1, keepDims: true }), doubles([[10], [20]]), square)).toEqual([
      [5, 5],
      [10, 10],
    ]);
  });

  test('the sum of nothing is 0, its mean does not exist', () => {
    expect(sum(zeros([2, 0]), { axes: 1 }).toArray()).toEqual([0, 0]);
    expect(grad((x) => sum(x!))(zeros([2, 0]))[0]!.shape).toEqual([2, 0]);
    expect(() => mean(zeros([2, 0]))).toThrow(
      'mean: x is [2, 0], and the mean over axis 1 of length 0 does not exist.',
    );
    expect(mean(zeros([2, 0]), { axes: 0 }).shape).toEqual([0]);
  });

  test('the mean of whole numbers is not cut off', () => {
    expect(() => mean(tensor([1, 2], { dtype: 'int32' }))).toThrow(
      'mean: x is int32, but needs to be float32',
    );
  });
});

describe('max and min', () => {
  const tied = doubles([
    [3, 1, 3],
    [0, 0, 0],
  ]);

  test('ties share one cotangent', () => {
    expect(weighted((x) => max(x, { axes: 1 }), doubles([6, 30]), tied)).toEqual([
      [3, 0, 3],
      [10, 10, 10],
    ]);
    expect(weighted((x) => min(x, { axes: 0, keepDims: true }), doubles([[1, 2, 4]]), tied)).toEqual([
      [0, 0, 0],
      [1, 2, 4],
    ]);
    expect(weighted((x) => max(x), doubles([1]), doubles([5, 5, 5, 5]))).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  test('of nothing name themselves', () => {
    expect(() => max(zeros([0]))).toThrow(
      'max: x is [0], and the maximum over axis 0 of length 0 does not exist.',
    );
    expect(() => min(zeros([0, 3]), { axes: 0 })).toThrow('min: x is [0, 3]');
  });
});

describe('logsumexp and softmax', () => {
  test('by hand', () => {
    expect(logsumexp(doubles([Math.log(1), Math.log(2), Math.log(5)])).item()).toBeCloseTo(Math.log(8), 15);
    const shares = softmax(doubles([0, Math.log(3)])).toArray() as number[];
    expect(shares[0]).toBeCloseTo(0.25, 15);
    expect(shares[1]).toBeCloseTo(0.75, 15);
    expect(logsumexp(matrix, { axes: 0, keepDims: true }).shape).toEqual([1, 3]);
  });

  test('do not overflow: large logits only shift', () => {
    expect(logsumexp(doubles([1000, 1000])).item()).toBe(1000 + Math.LN2);
    expect(logsumexp(doubles([-1000, -1000])).item()).toBe(-1000 + Math.LN2);
    expect(softmax(doubles([1e308, -1e308])).toArray()).toEqual([1, 0]);
    expect(logSoftmax(doubles([500, -500])).toArray()).toEqual([0, -1000]);
  });

  test('with infinite logits', () => {
    expect(logsumexp(doubles([-Infinity, -Infinity])).item()).toBe(-Infinity);
    expect(logsumexp(doubles([-Infinity, 2])).item()).toBe(2);
    expect(logsumexp(doubles([Infinity, 2])).item()).toBe(Infinity);
    expect(logsumexp(doubles([Number.NaN, 2])).item()).toBeNaN();
    expect(logSoftmax(doubles([-Infinity, 0])).toArray()).toEqual([-Infinity, 0]);
    expect(grad((x) => logsumexp(x!))(doubles([-Infinity, 2]))[0]!.toArray()).toEqual([0, 1]);
    const rows = doubles([
      [-Infinity, -Infinity],
      [2, -Infinity],
    ]);
    expect(weighted((x) => logsumexp(x, { axes: 1 }), doubles([3, 5]), rows)).toEqual([
      [0, 0],
      [5, 0],
    ]);
  });

  test('the gradient of logsumexp is the softmax', () => {
    const x = doubles([0.3, -1.2, 2.5]);
    const total = [0.3, -1.2, 2.5].reduce((sofar, each) => sofar + Math.exp(each), 0);
    const gradient = grad((v) => logsumexp(v!))(x)[0]!.toArray() as number[];
    [0.3, -1.2, 2.5].forEach((each, i) => {
      expect(gradient[i]).toBeCloseTo(Math.exp(each) / total, 15);
    });
  });

  test('of nothing name themselves', () => {
    expect(() => logsumexp(zeros([0]))).toThrow('logsumexp: x is [0]');
    expect(() => logsumexp(tensor([1], { dtype: 'int32' }))).toThrow('logsumexp: x is int32');
  });

  // ln Σ has the gradient e^(x−m)/Σ e^(x−m), not e^(x−y) with a y that was rounded to 6e-5.
  test('gradients of large float32 logits keep their precision', () => {
    const shares = grad((x) => logsumexp(x!))(tensor([1000, 1000.5]))[0]!.toArray() as number[];
    expect(Math.abs(shares[0]! * (1 + Math.exp(0.5)) - 1)).toBeLessThan(3e-7);
    expect(Math.abs(shares[0]! + shares[1]! - 1)).toBeLessThan(3e-7);
  });
});
