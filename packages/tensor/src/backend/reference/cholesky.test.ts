import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementAt, positionsOf, stridedView } from '../../../../../test/support/strided-views.ts';
import { eye, tensor, zeros } from '../../create.ts';
import { cholesky } from '../../linear-algebra.ts';
import { matmul } from '../../primitives.ts';
import type { Tensor } from '../../tensor.ts';

/** Σₖ lᵢₖ lⱼₖ at a position [...batch, i, j], element by element. */
function gram(l: Tensor, position: readonly number[]): number {
  const [i, j] = position.slice(-2) as [number, number];
  const batch = position.slice(0, -2);
  let sum = 0;
  for (let k = 0; k < l.shape.at(-1)!; k++)
    sum += elementAt(l, [...batch, i, k]) * elementAt(l, [...batch, j, k]);
  return sum;
}

describe('by hand', () => {
  // L = [[2, 0, 0], [6, 1, 0], [−8, 5, 3]]
  const a = [
    [4, 12, -16],
    [12, 37, -43],
    [-16, -43, 98],
  ];
  const factor = [
    [2, 0, 0],
    [6, 1, 0],
    [-8, 5, 3],
  ];

  test.each(['float32', 'float64'] as const)('three by three in %s', (dtype) => {
    const l = cholesky(tensor(a, { dtype }));
    expect([l.dtype, l.toArray()]).toEqual([dtype, factor]);
  });

  test('the upper triangle is not read', () => {
    const lower = tensor(a.map((row, i) => row.map((value, j) => (j > i ? Number.NaN : value))));
    expect(cholesky(lower).toArray()).toEqual(factor);
  });

  test('of a batch, of one number and of nothing', () => {
    const batch = tensor([[a], [[...a.map((row) => row.map((value) => 4 * value))]]]);
    expect(cholesky(batch).toArray()).toEqual([
      [factor],
      [factor.map((row) => row.map((value) => 2 * value))],
    ]);
    expect(cholesky(tensor([[9]])).toArray()).toEqual([[3]]);
    expect(cholesky(zeros([0, 0])).shape).toEqual([0, 0]);
    expect(cholesky(zeros([0, 2, 2])).shape).toEqual([0, 2, 2]);
  });
});

test('L·Lᵀ is the matrix, L lower triangular with a positive diagonal, for any view', () => {
  const shapes = fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 4 }));
  const views = shapes.chain(([batch, n]) => stridedView([batch, n, n]));
  fc.assert(
    fc.property(views, fc.boolean(), (x, transposed) => {
      // x·xᵀ + 1 is definite; its entries are exact, and so it is exactly symmetric.
      const product = matmul(x, x, { transposeB: true });
      const n = x.shape.at(-1)!;
      const one = eye(n, n, { dtype: 'float64' });
      const data = product.data.map((value, i) => value + one.data[i % (n * n)]!);
      const plain = tensor([...data], { dtype: 'float64' }).reshape(product.shape);
      const a = transposed ? plain.transpose() : plain;
      const l = cholesky(a);
      for (const position of positionsOf(a.shape)) {
        const [i, j] = position.slice(-2) as [number, number];
        const expected = elementAt(a, position);
        expect(Math.abs(gram(l, position) - expected)).toBeLessThanOrEqual(
          1e-12 * Math.max(1, Math.abs(expected)),
        );
        if (j > i) expect(elementAt(l, position)).toBe(0);
        if (j === i) expect(elementAt(l, position)).toBeGreaterThan(0);
      }
    }),
    { numRuns: 60 },
  );
});

test('float32 is accumulated in double precision', () => {
  // The last pivot is what float32 makes of 1/3, less 1/3; a factor 1/√3 in float32 would leave nothing of it.
  const [, last] = cholesky(
    tensor([
      [3, 1],
      [1, 1 / 3],
    ]),
  ).toArray() as number[][];
  expect(last![1]! / Math.sqrt(Math.fround(1 / 3) - 1 / 3)).toBeCloseTo(1, 6);
});
