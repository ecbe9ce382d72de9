import { NotPositiveDefiniteError, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { grad } from '../../transforms.ts';
import { log, mul } from '../elementwise.ts';
import { sum } from '../reductions.ts';
import { cholesky } from './cholesky.ts';
import { diagonal } from './diagonal.ts';

const doubles = (values: Parameters<typeof tensor>[0]) => tensor(values, { dtype: 'float64' });

describe('the gradient by hand', () => {
  const a = doubles([
    [4, 2],
    [2, 10],
  ]);

  // L = [[2, 0], [1, 3]]: l₁₀ = a₁₀/√a₀₀ and l₁₁ = √(a₁₁ − a₁₀²/a₀₀).
  test.each([
    [
      'l₀₀',
      [
        [1, 0],
        [0, 0],
      ],
      [
        [1 / 4, 0],
        [0, 0],
      ],
    ],
    [
      'l₁₀, shared by a₁₀ and a₀₁',
      [
        [0, 0],
        [1, 0],
      ],
      [
        [-1 / 8, 1 / 4],
        [1 / 4, 0],
      ],
    ],
    [
      'l₁₁',
      [
        [0, 0],
        [0, 1],
      ],
      [
        [1 / 24, -1 / 12],
        [-1 / 12, 1 / 6],
      ],
    ],
    [
      'l₀₁, which is always 0',
      [
        [0, 1],
        [0, 0],
      ],
      [
        [0, 0],
        [0, 0],
      ],
    ],
  ])('of %s', (_, weights, expected) => {
    const gradient = grad((x) => sum(mul(cholesky(x!), doubles(weights))))(a)[0]!.toArray() as number[][];
    for (const i of [0, 1]) for (const j of [0, 1]) expect(gradient[i]![j]).toBeCloseTo(expected[i]![j]!, 15);
  });

  test('of log det a = 2 Σ log lᵢᵢ is the inverse', () => {
    const logDet = (x: Parameters<typeof cholesky>[0]) => mul(sum(log(diagonal(cholesky(x)))), 2);
    const gradient = grad((x) => logDet(x!))(a)[0]!.toArray() as number[][];
    const inverse = [
      [10 / 36, -2 / 36],
      [-2 / 36, 4 / 36],
    ];
    for (const i of [0, 1]) for (const j of [0, 1]) expect(gradient[i]![j]).toBeCloseTo(inverse[i]![j]!, 15);
  });
});

test('of a matrix that is not symmetric it is that of the symmetric part', () => {
  const skewed = doubles([
    [4, 5],
    [-1, 10],
  ]);
  expect(cholesky(skewed).toArray()).toEqual([
    [2, 0],
    [1, 3],
  ]);
});

test('errors name the operation', () => {
  expect(() =>
    cholesky(
      doubles([
        [1, 2],
        [2, 1],
      ]),
    ),
  ).toThrow(NotPositiveDefiniteError);
  expect(() => cholesky(zeros([2, 3]))).toThrow('cholesky: a is [2, 3], but needs to be a square matrix');
  expect(() => cholesky(zeros([2, 2], { dtype: 'int32' }))).toThrow('cholesky: a is int32');
});
