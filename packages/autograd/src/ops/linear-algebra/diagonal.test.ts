import { tensor, zeros } from '@reparam/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  elementAt,
  elementsOf,
  positionsOf,
  stridedView,
} from '../../../../../test/support/strided-views.ts';
import { diagonal, diagonalMatrix, trace } from './diagonal.ts';

const lengths = fc.integer({ min: 1, max: 4 });

test('diagonals hold the entries with j − i = offset, for any view', () => {
  const views = fc
    .tuple(fc.constantFrom([], [2], [2, 1]), lengths, lengths)
    .chain(([batch, rows, columns]) =>
      fc.tuple(stridedView([...batch, rows, columns]), fc.integer({ min: 1 - rows, max: columns - 1 })),
    );
  fc.assert(
    fc.property(views, ([x, offset]) => {
      const expected = positionsOf(x.shape)
        .filter((position) => position.at(-1)! - position.at(-2)! === offset)
        .map((position) => elementAt(x, position));
      expect(elementsOf(diagonal(x, offset).value)).toEqual(expected);
    }),
    { numRuns: 80 },
  );
});

test('diagonal matrices are 0 but for entries with j − i = offset', () => {
  const views = fc
    .tuple(fc.constantFrom([], [2], [2, 1]), fc.integer({ min: 0, max: 4 }), fc.integer({ min: -3, max: 3 }))
    .chain(([batch, k, offset]) => fc.tuple(stridedView([...batch, k]), fc.constant(offset)));
  fc.assert(
    fc.property(views, ([x, offset]) => {
      const { value } = diagonalMatrix(x, offset);
      const n = x.shape.at(-1)! + Math.abs(offset);
      expect(value.shape).toEqual([...x.shape.slice(0, -1), n, n]);
      for (const position of positionsOf(value.shape)) {
        const [i, j] = position.slice(-2) as [number, number];
        const expected = j - i === offset ? elementAt(x, [...position.slice(0, -2), Math.min(i, j)]) : 0;
        expect(elementAt(value, position)).toBe(expected);
      }
    }),
    { numRuns: 80 },
  );
});

test('traces', () => {
  const x = tensor([
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    [
      [-1, 0, 0],
      [0, -7, 0],
    ],
  ]);
  expect(trace(x).toArray()).toEqual([6, -8]);
  expect(trace(zeros([0, 0])).item()).toBe(0);
});

describe('errors', () => {
  test.each<[string, () => unknown, string]>([
    ['a vector', () => diagonal(zeros([3])), 'diagonal: x is [3], but needs at least two axes.'],
    ['a vector', () => trace(zeros([3])), 'trace: x is [3], but needs at least two axes.'],
    ['a scalar', () => diagonalMatrix(2), 'diagonalMatrix: x is [], but needs at least one axis.'],
    [
      'above the matrix',
      () => diagonal(zeros([2, 3]), 3),
      'diagonal: there is no diagonal 3 in x [2, 3]: they run from -1 to 2.',
    ],
    ['below the matrix', () => diagonal(zeros([2, 3]), -2), 'diagonal: there is no diagonal -2'],
    [
      'of nothing',
      () => diagonal(zeros([0, 3]), 1),
      'diagonal: there is no diagonal 1 in x [0, 3]: the matrix has no entries.',
    ],
    ['between entries', () => diagonal(zeros([2, 3]), 0.5), 'diagonal: there is no diagonal 0.5'],
    [
      'between entries',
      () => diagonalMatrix(zeros([2]), 0.5),
      'diagonalMatrix: offset 0.5 must be a whole number.',
    ],
  ])('%s', (_, fn, message) => {
    expect(fn).toThrow(message);
  });

  test('the main diagonal of nothing has no entries', () => {
    expect(diagonal(zeros([0, 3])).shape).toEqual([0]);
  });
});
