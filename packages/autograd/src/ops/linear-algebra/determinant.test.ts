import { eye, SingularMatrixError, type Tensor, tensor, zeros } from '@reparam/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementsOf, stridedView } from '../../../../../test/support/strided-views.ts';
import { grad } from '../../transforms.ts';
import { determinant, slogdet } from './determinant.ts';

const doubles = (values: Parameters<typeof tensor>[0]) => tensor(values, { dtype: 'float64' });

/** Laplace's expansion along the first row. */
function byCofactors(rows: readonly (readonly number[])[]): number {
  if (rows.length === 0) return 1;
  return rows[0]!.reduce((total, value, j) => {
    const minor = rows.slice(1).map((row) => row.toSpliced(j, 1));
    return total + (j % 2 === 0 ? 1 : -1) * value * byCofactors(minor);
  }, 0);
}

function rowsOf(x: Tensor): number[][] {
  const n = x.shape.at(-1)!;
  return Array.from({ length: n }, (_, i) => elementsOf(x).slice(i * n, (i + 1) * n));
}

test('both are the expansion by cofactors, for any view', () => {
  const views = fc.integer({ min: 1, max: 5 }).chain((n) => stridedView([n, n]));
  fc.assert(
    fc.property(views, (a) => {
      const rows = rowsOf(a);
      const expected = byCofactors(rows);
      // Hadamard's bound, the product of the lengths of the columns: reflections err by a share of each.
      const bound = rows.reduce((product, _, j) => product * Math.hypot(...rows.map((row) => row[j]!)), 1);
      expect(Math.abs(determinant(a).item() - expected)).toBeLessThanOrEqual(1e-13 * bound);
      // Cofactors of multiples of 1/4 are exact.
      fc.pre(Math.abs(expected) > 1e-6 * bound);
      const { sign, logAbsDet } = slogdet(a);
      expect(sign.item()).toBe(Math.sign(expected));
      expect(logAbsDet.item()).toBeCloseTo(Math.log(Math.abs(expected)), 8);
    }),
    { numRuns: 150 },
  );
});

describe('by hand', () => {
  test('batches, and matrices of nothing', () => {
    const batch = tensor([
      [
        [1, 2],
        [3, 4],
      ],
      [
        [2, 0],
        [0, 3],
      ],
    ]);
    const [first, second] = determinant(batch).toArray() as number[];
    expect(first).toBeCloseTo(-2, 6);
    expect(second).toBeCloseTo(6, 6);
    expect(slogdet(batch).sign.toArray()).toEqual([-1, 1]);
    expect(determinant(zeros([0, 0])).item()).toBe(1);
    expect(determinant(zeros([0, 2, 2])).shape).toEqual([0]);
    const { sign, logAbsDet } = slogdet(zeros([2, 0, 0]));
    expect([sign.toArray(), logAbsDet.toArray()]).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });

  test('logarithms do not overflow', () => {
    const { sign, logAbsDet } = slogdet(
      doubles([
        [1e300, 0],
        [0, -1e300],
      ]),
    );
    expect(sign.item()).toBe(-1);
    expect(logAbsDet.item()).toBeCloseTo(600 * Math.LN10, 11);
  });

  test('gradients: cofactors, and the transposed inverse', () => {
    const a = doubles([
      [1, 2],
      [3, 4],
    ]);
    const byDeterminant = (grad((x) => determinant(x!))(a)[0]!.toArray() as number[][]).flat();
    [4, -3, -2, 1].forEach((value, i) => {
      expect(byDeterminant[i]).toBeCloseTo(value, 14);
    });
    const byLogarithm = (grad((x) => slogdet(x!).logAbsDet)(a)[0]!.toArray() as number[][]).flat();
    [-2, 1.5, 1, -0.5].forEach((value, i) => {
      expect(byLogarithm[i]).toBeCloseTo(value, 14);
    });
  });

  test('the sign carries no gradient', () => {
    expect(grad((x) => slogdet(x!).sign)(doubles([[-2]]))[0]!.toArray()).toEqual([[0]]);
  });
});

describe('singular matrices', () => {
  const singular = doubles([
    [1, 2],
    [2, 4],
  ]);

  test('have the determinant 0, but no gradient', () => {
    expect(determinant(singular).item()).toBeCloseTo(0, 14);
    expect(determinant(zeros([3, 3])).item()).toBe(0);
    const gradient = () => grad((x) => determinant(x!))(singular);
    expect(gradient).toThrow(SingularMatrixError);
    expect(gradient).toThrow(/^determinant: a \[2, 2\] is singular/);
  });

  test('have no logarithm', () => {
    expect(() => slogdet(singular)).toThrow(SingularMatrixError);
    expect(() =>
      slogdet(
        tensor([
          eye(2).toArray(),
          [
            [0, 0],
            [0, 1],
          ],
        ]),
      ),
    ).toThrow(
      /^slogdet: matrix \[1\] of a \[2, 2, 2\] is singular: up to rounding \(2\.4e-7 of its size in float32\), column 0/,
    );
  });
});

test('errors name the operation', () => {
  expect(() => determinant(zeros([2, 3]))).toThrow(
    'determinant: a is [2, 3], but needs to be a square matrix',
  );
  expect(() => slogdet(zeros([3]))).toThrow('slogdet: a is [3], but needs to be a square matrix');
  expect(() => slogdet(zeros([2, 2], { dtype: 'int32' }))).toThrow('slogdet: a is int32');
});
