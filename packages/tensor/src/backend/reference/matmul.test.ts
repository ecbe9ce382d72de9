import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  broadcastableShapes,
  elementAt,
  elementsOf,
  positionsOf,
  stridedView,
} from '../../../../../test/support/strided-views.ts';
import { arange, eye, tensor, zeros } from '../../create.ts';
import { type MatmulOptions, matmul } from '../../primitives.ts';
import { broadcastShapes } from '../../shape.ts';
import type { Tensor } from '../../tensor.ts';

/** Σₖ a[…, i, k]·b[…, k, j], entry by entry. */
function naive(a: Tensor, b: Tensor, { transposeA = false, transposeB = false }: MatmulOptions): number[] {
  const inner = a.shape.at(transposeA ? -2 : -1)!;
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  const batch = broadcastShapes('naive', { a: a.shape.slice(0, -2), b: b.shape.slice(0, -2) });
  // The matrix axes of a and b never broadcast, so the position of each is put together from its own.
  const at = (x: Tensor, lead: readonly number[], first: number, second: number): number =>
    elementAt(x, [...lead.slice(lead.length - (x.rank - 2)), first, second]);
  return positionsOf([...batch, rows, columns]).map((position) => {
    const lead = position.slice(0, -2);
    const [i, j] = position.slice(-2) as [number, number];
    let sum = 0;
    for (let k = 0; k < inner; k++) {
      const left = transposeA ? at(a, lead, k, i) : at(a, lead, i, k);
      sum += left * (transposeB ? at(b, lead, j, k) : at(b, lead, k, j));
    }
    return sum;
  });
}

const fourWays: MatmulOptions[] = [
  {},
  { transposeA: true },
  { transposeB: true },
  { transposeA: true, transposeB: true },
];

describe.each(fourWays)('matmul with %j equals the sum entry by entry', (options) => {
  const { transposeA, transposeB } = options;
  const operands = fc
    .record({
      batches: broadcastableShapes(2),
      rows: fc.constantFrom(0, 1, 2, 3, 4, 5, 7, 9),
      inner: fc.constantFrom(0, 1, 2, 3, 4, 5, 8),
      columns: fc.constantFrom(1, 2, 3, 4, 6, 9),
    })
    .chain(({ batches: [batchA, batchB], rows, inner, columns }) =>
      fc.tuple(
        stridedView([...batchA!.slice(-2), ...(transposeA ? [inner, rows] : [rows, inner])]),
        stridedView([...batchB!.slice(-2), ...(transposeB ? [columns, inner] : [inner, columns])]),
      ),
    );

  // Entries are multiples of 1/4 up to 5 in size: sums of eight products are exact, in float32 as well.
  test.each(['float64', 'float32'] as const)('for views that broadcast, in %s', (dtype) => {
    fc.assert(
      fc.property(operands, ([a, b]) => {
        const [left, right] = dtype === 'float64' ? [a, b] : [a.cast(dtype), b.cast(dtype)];
        const result = matmul(left, right, options);
        expect(result.dtype).toBe(dtype);
        expect(result.shape.slice(-2)).toEqual([
          a.shape.at(transposeA ? -1 : -2),
          b.shape.at(transposeB ? -2 : -1),
        ]);
        expect(elementsOf(result).map((value) => value + 0)).toEqual(
          naive(a, b, options).map((value) => value + 0),
        );
      }),
      { numRuns: dtype === 'float64' ? 100 : 25 },
    );
  });

  test('for every size from 1 to 9, so that each edge of the tiles is met', () => {
    for (let rows = 1; rows <= 9; rows++) {
      for (let columns = 1; columns <= 9; columns++) {
        const inner = ((rows * 7 + columns) % 9) + 1;
        const a = arange(rows * inner).reshape(transposeA ? [inner, rows] : [rows, inner]);
        const b = arange(-5, columns * inner - 5).reshape(transposeB ? [columns, inner] : [inner, columns]);
        expect(elementsOf(matmul(a, b, options))).toEqual(naive(a, b, options));
      }
    }
  });
});

describe('by hand', () => {
  test('a product, and the identity', () => {
    const a = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const b = tensor([
      [7, 8],
      [9, 10],
      [11, 12],
    ]);
    expect(matmul(a, b).toArray()).toEqual([
      [58, 64],
      [139, 154],
    ]);
    expect(matmul(eye(2), a).toArray()).toEqual(a.toArray());
  });

  test('one matrix meets every matrix of a batch', () => {
    const batch = arange(8).reshape([2, 2, 2]);
    const swap = tensor([
      [0, 1],
      [1, 0],
    ]);
    expect(matmul(batch, swap).toArray()).toEqual([
      [
        [1, 0],
        [3, 2],
      ],
      [
        [5, 4],
        [7, 6],
      ],
    ]);
  });

  test('an inner length of 0 gives zeros, also after larger products left their scratch behind', () => {
    matmul(arange(64).reshape([8, 8]), arange(64).reshape([8, 8]));
    expect(matmul(zeros([5, 0]), zeros([0, 2])).toArray()).toEqual(Array(5).fill([0, 0]));
    expect(matmul(zeros([0, 3]), zeros([3, 2])).shape).toEqual([0, 2]);
    expect(matmul(zeros([0, 2, 3]), zeros([3, 2])).shape).toEqual([0, 2, 2]);
  });

  test('float32 products are accumulated in double precision', () => {
    const row = tensor([[2 ** 24, 1, 1, -(2 ** 24)]]);
    expect(matmul(row, tensor([[1], [1], [1], [1]])).item()).toBe(2);
  });

  test('NaN and ∞ stay in their own rows and columns', () => {
    const a = tensor([
      [Number.NaN, 0],
      [1, 1],
    ]);
    expect(matmul(a, eye(2)).toArray()).toEqual([
      [Number.NaN, Number.NaN],
      [1, 1],
    ]);
  });
});
