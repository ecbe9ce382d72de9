import { ArgumentError, type NestedArray, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import '../../fluent.ts';
import { grad } from '../../transforms.ts';
import { norm } from './norm.ts';

const doubles = (values: NestedArray) => tensor(values, { dtype: 'float64' });

test('by hand', () => {
  const x = doubles([
    [3, -4],
    [0, 5],
  ]);
  expect(norm(x, { axes: 1 }).toArray()).toEqual([5, 5]);
  expect(norm(x, { p: 1, axes: 0 }).toArray()).toEqual([3, 9]);
  expect(norm(x, { p: Infinity, axes: -1, keepDims: true }).toArray()).toEqual([[4], [5]]);
  expect(norm(x).item()).toBeCloseTo(Math.sqrt(50), 14);
  // 3³ + 4³ + 5³ = 6³
  expect(norm(x, { p: 3 }).item()).toBeCloseTo(6, 14);
  // (1 + 8)^(2/3)
  expect(norm(doubles([1, -4]), { p: 1.5 }).item()).toBeCloseTo(9 ** (2 / 3), 14);
  expect(norm(doubles([0, 0])).item()).toBe(0);
  expect(norm(doubles(-7)).item()).toBe(7);
});

describe('at the ends of the range', () => {
  test.each([1e-300, 1e-160, 1e160, 1e300])('float64 around %d', (size) => {
    expect(norm(doubles([3 * size, 4 * size])).item() / size).toBeCloseTo(5, 13);
    expect(norm(doubles([3 * size, 4 * size, 5 * size]), { p: 3 }).item() / size).toBeCloseTo(6, 13);
    const gradient = grad((x) => norm(x!))(doubles([3 * size, 4 * size]))[0]!.toArray() as number[];
    expect(gradient[0]).toBeCloseTo(0.6, 14);
    expect(gradient[1]).toBeCloseTo(0.8, 14);
  });

  test.each([2 ** -120, 2 ** 120])('float32 around %d', (size) => {
    expect(norm(tensor([3 * size, 4 * size])).item() / size).toBeCloseTo(5, 5);
  });

  test('infinities and NaN reach the result', () => {
    expect(norm(doubles([1, -Infinity])).item()).toBe(Infinity);
    expect(norm(doubles([1, Number.NaN])).item()).toBeNaN();
    expect(norm(doubles([1, Number.NaN]), { p: 3 }).item()).toBeNaN();
  });
});

describe('gradients', () => {
  test('at 0 are 0, for each row alone', () => {
    for (const p of [1, 1.5, 2, 3, Infinity]) {
      const rows = doubles([
        [0, 0],
        [0, -2],
      ]);
      const gradient = grad((x) => norm(x!, { p, axes: 1 }).sum())(rows)[0]!;
      expect(gradient.toArray()).toEqual([
        [0, 0],
        [0, -1],
      ]);
    }
  });

  test('the largest magnitudes share that of p = Infinity', () => {
    expect(grad((x) => norm(x!, { p: Infinity }))(doubles([2, -2, 1]))[0]!.toArray()).toEqual([0.5, -0.5, 0]);
  });
});

describe('what is refused', () => {
  test.each([0.5, 0, -1, Number.NaN])('p = %d', (p) => {
    expect(() => norm(zeros([2]), { p })).toThrow(ArgumentError);
    expect(() => norm(zeros([2]), { p })).toThrow(`norm: p is ${p}, but norms have p ≥ 1`);
  });

  test('no elements, whole numbers', () => {
    expect(() => norm(zeros([2, 0]), { axes: 1, p: 1 })).toThrow(
      'norm: x is [2, 0], and the norm over axis 1 of length 0 does not exist.',
    );
    expect(() => norm(tensor([3, 4], { dtype: 'int32' }))).toThrow('norm: x is int32');
  });
});
