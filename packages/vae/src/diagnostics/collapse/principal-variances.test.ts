import { ArgumentError, normal, RandomKey, ShapeError, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { describeData } from './describe-data.ts';
import { principalVariances } from './principal-variances.ts';

const float64 = { dtype: 'float64' } as const;
const eigenvalues = [4, 2, 1, 0.3, 0.2, 0.1];
/** ±√(Dλⱼ)·uⱼ with uⱼ the columns of I − 2vvᵀ/‖v‖², v = (1, …, 6): covariance U diag(λ) Uᵀ, mean 0. */
const points = eigenvalues.flatMap((lambda, j) =>
  [1, -1].map((sign) =>
    eigenvalues.map(
      (_, i) => sign * Math.sqrt(6 * lambda) * ((i === j ? 1 : 0) - (2 * (i + 1) * (j + 1)) / 91),
    ),
  ),
);

describe('principalVariances', () => {
  test.each([1, 3, 6])('finds the %d largest eigenvalues of a covariance that is known', (count) => {
    const found = principalVariances(tensor(points, float64), count);
    expect(found).toEqual(eigenvalues.slice(0, count).map((value) => expect.closeTo(value, 5)));
  });

  test('takes the mean off, and examples in float32', () => {
    const shifted = tensor(points.map((row) => row.map((value, i) => value + 10 * i)));
    expect(principalVariances(shifted, 2)).toEqual([expect.closeTo(4, 4), expect.closeTo(2, 4)]);
  });

  test('knows equal eigenvalues and directions without variance', () => {
    const square = tensor(
      [
        [1, 1, 0],
        [1, -1, 0],
        [-1, 1, 0],
        [-1, -1, 0],
      ],
      float64,
    );
    expect(principalVariances(square, 3)).toEqual([1, 1, 0].map((value) => expect.closeTo(value, 10)));
    expect(principalVariances(zeros([4, 3], float64), 2)).toEqual([0, 0]);
  });

  test('they sum up to the variance of all features', () => {
    const x = normal(RandomKey.fromSeed(57), [40, 9], float64);
    const { meanVariance, principalVariances: all } = describeData(x, { kind: 'bernoulli' }, 9);
    expect(all.reduce((sum, value) => sum + value, 0)).toBeCloseTo(9 * meanVariance, 5);
  });

  test('refuses what has no such directions', () => {
    expect(() => principalVariances(zeros([4]), 1)).toThrow(ShapeError);
    expect(() => principalVariances(zeros([4]), 1)).toThrow(
      'principalVariances: examples are [4]; give [N, D].',
    );
    expect(() => principalVariances(zeros([4, 2]), 3)).toThrow(ArgumentError);
    expect(() => principalVariances(zeros([4, 2]), 3)).toThrow(
      'principalVariances: count is 3, but examples of [4, 2] have 2 directions.',
    );
    expect(() => principalVariances(zeros([4, 2]), 0)).toThrow('principalVariances: count is 0');
  });
});

describe('describeData', () => {
  const x = tensor(
    [
      [0, 1, 1],
      [1, 1, 0],
      [0, 1, 0],
      [0, 1, 0],
    ],
    float64,
  );

  test('of coins: minus the sum of their entropies', () => {
    // Means ¼, 1, ¼.
    const entropy = 0.25 * Math.log(4) + 0.75 * Math.log(4 / 3);
    expect(describeData(x, { kind: 'bernoulli' }, 2).independentReconstruction).toBeCloseTo(-2 * entropy, 12);
  });

  test('of normals with given, shared and separate noise', () => {
    const spread = tensor(
      [
        [1, 3],
        [-1, -3],
      ],
      float64,
    );
    const by = (noiseVariance: number | 'shared' | 'each') =>
      describeData(spread, { kind: 'gaussian', noiseVariance }, 2).independentReconstruction;
    // Variances 1 and 9.
    expect(by(2)).toBeCloseTo(-0.5 * (2 * Math.log(4 * Math.PI) + 10 / 2), 12);
    expect(by('shared')).toBeCloseTo(-(Math.log(2 * Math.PI * 5) + 1), 12);
    expect(by('each')).toBeCloseTo(-0.5 * (Math.log(2 * Math.PI) + Math.log(18 * Math.PI) + 2), 12);
  });

  test('refuses what are no examples', () => {
    expect(() => describeData(zeros([0, 3]), { kind: 'bernoulli' }, 2)).toThrow(ShapeError);
    expect(() => describeData(zeros([0, 3]), { kind: 'bernoulli' }, 2)).toThrow(
      'describeData: examples are [0, 3]; give [N, D].',
    );
  });
});
