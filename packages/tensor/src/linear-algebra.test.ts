import { describe, expect, test } from 'vitest';
import { tensor, zeros } from './create.ts';
import { ReparamError } from './errors.ts';
import {
  cholesky,
  NotPositiveDefiniteError,
  SingularMatrixError,
  triangularSolve,
} from './linear-algebra.ts';

function thrown(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('a matrix that is not positive definite', () => {
  const good = [
    [4, 2],
    [2, 3],
  ];
  const indefinite = [
    [1, 2],
    [2, 1],
  ];

  test('is named with the pivot', () => {
    const error = thrown(() => cholesky(tensor(indefinite)));
    expect(error).toBeInstanceOf(NotPositiveDefiniteError);
    expect(error).toBeInstanceOf(ReparamError);
    expect(error).toMatchObject({
      name: 'NotPositiveDefiniteError',
      operation: 'cholesky',
      pivot: { shape: [2, 2], batch: [], index: 1, value: -3 },
      message:
        'cholesky: a [2, 2] is not positive definite: its pivot 1 is -3, but must be positive and finite. If it ' +
        'should be, rounding may be to blame: add a small multiple of the identity, or use float64.',
    });
  });

  test('is found in a batch', () => {
    const batch = tensor([
      [good, good, good],
      [good, good, indefinite],
    ]);
    expect(thrown(() => cholesky(batch))).toMatchObject({
      pivot: { shape: [2, 3, 2, 2], batch: [1, 2], index: 1, value: -3 },
      message: expect.stringContaining('matrix [1, 2] of a [2, 3, 2, 2] is not positive definite'),
    });
  });

  test.each([
    [
      'semidefinite',
      [
        [1, 1],
        [1, 1],
      ],
      1,
      0,
    ],
    ['zero', [[0]], 0, 0],
    ['negative', [[-2]], 0, -2],
    ['NaN on the diagonal', [[Number.NaN]], 0, Number.NaN],
    [
      'NaN below it',
      [
        [1, 0],
        [Number.NaN, 1],
      ],
      1,
      Number.NaN,
    ],
    [
      'infinite',
      [
        [1, 0],
        [0, Infinity],
      ],
      1,
      Infinity,
    ],
    [
      'infinite below the diagonal',
      [
        [1, 0],
        [Infinity, 1],
      ],
      1,
      -Infinity,
    ],
  ])('%s', (_, values, index, value) => {
    expect(thrown(() => cholesky(tensor(values, { dtype: 'float64' })))).toMatchObject({
      pivot: { index, value },
    });
  });
});

describe('a triangle with a zero on its diagonal', () => {
  const b = tensor([[1], [1]]);

  test('is singular', () => {
    const singular = tensor([
      [
        [1, 0],
        [0, 1],
      ],
      [
        [1, 0],
        [5, 0],
      ],
    ]);
    const error = thrown(() => triangularSolve(singular, b));
    expect(error).toBeInstanceOf(SingularMatrixError);
    expect(error).toMatchObject({
      name: 'SingularMatrixError',
      pivot: { shape: [2, 2, 2], batch: [1], index: 1, value: 0 },
      message: 'triangularSolve: matrix [1] of t [2, 2, 2] is singular: its diagonal entry 1 is 0.',
    });
  });

  test('is not, where the diagonal is taken for ones', () => {
    expect(
      triangularSolve(
        tensor([
          [0, 0],
          [5, 0],
        ]),
        b,
        { unitDiagonal: true },
      ).toArray(),
    ).toEqual([[1], [-4]]);
  });
});

describe('shapes and types that do not fit', () => {
  test.each<[string, () => unknown, string]>([
    [
      'not square',
      () => cholesky(zeros([2, 3])),
      'cholesky: a is [2, 3], but needs to be a square matrix [n, n], or a batch of them [..., n, n].',
    ],
    ['a vector', () => cholesky(zeros([3])), 'cholesky: a is [3], but needs to be a square matrix'],
    [
      'integers',
      () => cholesky(zeros([2, 2], { dtype: 'int32' })),
      "cholesky: a is int32, but needs to be float32 or float64. Use a.cast('float32').",
    ],
    [
      'a triangle that is not square',
      () => triangularSolve(zeros([2, 3]), zeros([2, 1])),
      'triangularSolve: t is [2, 3], but needs to be a square matrix',
    ],
    [
      'a vector of right-hand sides',
      () => triangularSolve(zeros([3, 3]), zeros([3])),
      'triangularSolve: b is [3], but needs at least two axes [..., n, k]. For one right-hand side use ' +
        'b.reshape([-1, 1]). The operands are t [3, 3] and b [3].',
    ],
    [
      'another number of rows',
      () => triangularSolve(zeros([3, 3]), zeros([2, 4])),
      'triangularSolve: the numbers of rows differ: t is [3, 3] (axis -2 = 3) but b is [2, 4] (axis -2 = 2). Each ' +
        'column of b is one right-hand side of length 3.',
    ],
    [
      'batches that do not broadcast',
      () => triangularSolve(zeros([2, 3, 3]), zeros([5, 3, 1])),
      'triangularSolve: the axes before the last 2 do not broadcast: t is [2, 3, 3] (axis -3 = 2), b is [5, 3, 1] ' +
        '(axis -3 = 5).',
    ],
    [
      'two types',
      () => triangularSolve(zeros([1, 1]), zeros([1, 1], { dtype: 'float64' })),
      'triangularSolve: element types differ: t is float32 but b is float64.',
    ],
  ])('%s', (_, fn, message) => {
    expect(fn).toThrow(message);
  });
});
