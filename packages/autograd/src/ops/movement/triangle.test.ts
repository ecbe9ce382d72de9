import { ArgumentError, ShapeError, tensor, zeros } from '@reparam/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  elementAt,
  elementsOf,
  positionsOf,
  stridedView,
} from '../../../../../test/support/strided-views.ts';
import { grad } from '../../transforms.ts';
import { sum } from '../reductions.ts';
import { tril, triu } from './triangle.ts';

// The examples of NumPy's manual.
test('by hand', () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
    [10, 11, 12],
  ]);
  expect(tril(x, -1).toArray()).toEqual([
    [0, 0, 0],
    [4, 0, 0],
    [7, 8, 0],
    [10, 11, 12],
  ]);
  expect(triu(x, -1).toArray()).toEqual([
    [1, 2, 3],
    [4, 5, 6],
    [0, 8, 9],
    [0, 0, 12],
  ]);
});

test('keep the entries on their side of the diagonal, for every matrix of a batch', () => {
  const cases = fc
    .array(fc.constantFrom(0, 1, 2, 3), { minLength: 2, maxLength: 4 })
    .chain((shape) => fc.record({ x: stridedView(shape), diagonal: fc.integer({ min: -4, max: 4 }) }));
  fc.assert(
    fc.property(cases, ({ x, diagonal }) => {
      const where = (keeps: (i: number, j: number) => boolean) =>
        positionsOf(x.shape).map((position) =>
          keeps(position.at(-2)!, position.at(-1)!) ? elementAt(x, position) : 0,
        );
      expect(elementsOf(tril(x, diagonal).value)).toEqual(where((i, j) => j <= i + diagonal));
      expect(elementsOf(triu(x, diagonal).value)).toEqual(where((i, j) => j >= i + diagonal));
    }),
  );
});

test('zeros stay zeros where x is NaN or infinite, and so do their cotangents', () => {
  const x = tensor([
    [1, Number.NaN],
    [Number.POSITIVE_INFINITY, 2],
  ]);
  expect(tril(x, -1).toArray()).toEqual([
    [0, 0],
    [Number.POSITIVE_INFINITY, 0],
  ]);
  expect(triu(tril(x)).toArray()).toEqual([
    [1, 0],
    [0, 2],
  ]);
  expect(grad((v) => sum(triu(tril(v!))))(x)[0]?.toArray()).toEqual([
    [1, 0],
    [0, 1],
  ]);
});

test('keep the element type', () => {
  expect(tril(tensor([[1, 2]], { dtype: 'int32' })).dtype).toBe('int32');
  expect(triu(tensor([[1, 2]], { dtype: 'float64' })).dtype).toBe('float64');
});

test('refuse vectors and fractional diagonals', () => {
  expect(() => tril(zeros([3]))).toThrow(
    'tril: x is [3], but needs at least two axes: the last two are the matrix.',
  );
  expect(() => triu(zeros([3]))).toThrow(ShapeError);
  expect(() => triu(zeros([2, 2]), 0.5)).toThrow('triu: the diagonal 0.5 is not a whole number');
  expect(() => tril(zeros([2, 2]), Number.POSITIVE_INFINITY)).toThrow(ArgumentError);
});
