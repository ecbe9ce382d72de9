import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementAt, positionsOf, stridedView } from '../../../../../test/support/strided-views.ts';
import { tensor, zeros } from '../../create.ts';
import { triangularSolve } from '../../linear-algebra.ts';
import type { Tensor } from '../../tensor.ts';

describe('by hand', () => {
  // The upper triangle would change every result, if it were read.
  const lower = tensor([
    [2, 9],
    [3, 4],
  ]);
  const upper = tensor([
    [2, 3],
    [9, 4],
  ]);
  const b = tensor([
    [2, 4],
    [11, 2],
  ]);

  test('lower, unless told otherwise', () => {
    // 2x = 2, 3x + 4y = 11; 2x = 4, 3x + 4y = 2
    expect(triangularSolve(lower, b).toArray()).toEqual([
      [1, 2],
      [2, -1],
    ]);
  });

  test('upper, and the transpose of the lower', () => {
    // 2x + 3y = 2, 4y = 11; 2x + 3y = 4, 4y = 2
    const expected = [
      [-3.125, 1.25],
      [2.75, 0.5],
    ];
    expect(triangularSolve(upper, b, { lower: false }).toArray()).toEqual(expected);
    expect(triangularSolve(lower, b, { transpose: true }).toArray()).toEqual(expected);
  });

  test('ones on the diagonal, whatever it holds', () => {
    const strict = tensor([
      [0, 9],
      [3, Number.NaN],
    ]);
    expect(triangularSolve(strict, b, { unitDiagonal: true }).toArray()).toEqual([
      [2, 4],
      [5, -10],
    ]);
  });

  test('one matrix for many right-hand sides, and many for one', () => {
    const two = tensor([[[2]], [[4]]]);
    expect(triangularSolve(two, tensor([[8]])).toArray()).toEqual([[[4]], [[2]]]);
    expect(triangularSolve(tensor([[2]]), two).toArray()).toEqual([[[1]], [[2]]]);
    expect(triangularSolve(tensor([[[[2]]], [[[4]]]]), two).shape).toEqual([2, 2, 1, 1]);
  });

  test('of nothing', () => {
    expect(triangularSolve(zeros([0, 0]), zeros([0, 3])).shape).toEqual([0, 3]);
    expect(triangularSolve(lower, zeros([2, 0])).shape).toEqual([2, 0]);
    expect(triangularSolve(zeros([0, 2, 2]), b).shape).toEqual([0, 2, 2]);
  });
});

/** Entry i, j of the matrix that is solved with, by the definition of the options. */
function entry(
  t: Tensor,
  batch: readonly number[],
  i: number,
  j: number,
  lower: boolean,
  transpose: boolean,
): number {
  const [row, column] = transpose ? [j, i] : [i, j];
  const inside = lower ? column <= row : column >= row;
  return inside ? elementAt(t, [...batch, row, column]) : 0;
}

test('t·x is b, for any views and options', () => {
  const shapes = fc.record({
    n: fc.integer({ min: 1, max: 4 }),
    columns: fc.integer({ min: 1, max: 3 }),
    batchT: fc.constantFrom([], [1], [2]),
    batchB: fc.constantFrom([], [2], [3, 1]),
  });
  const systems = shapes.chain(({ n, columns, batchT, batchB }) =>
    fc.record({
      t: stridedView([...batchT, n, n]),
      b: stridedView([...batchB, n, columns]),
      lower: fc.boolean(),
      transpose: fc.boolean(),
    }),
  );
  fc.assert(
    fc.property(systems, ({ t, b, lower, transpose }) => {
      const n = t.shape.at(-1)!;
      fc.pre(
        positionsOf(t.shape).every(
          (position) => position.at(-1) !== position.at(-2) || elementAt(t, position) !== 0,
        ),
      );
      const x = triangularSolve(t, b, { lower, transpose });
      for (const position of positionsOf(x.shape)) {
        const [i, column] = position.slice(-2) as [number, number];
        const batch = position.slice(0, -2);
        let sum = 0;
        let size = 0;
        for (let j = 0; j < n; j++) {
          const term = entry(t, batch, i, j, lower, transpose) * elementAt(x, [...batch, j, column]);
          sum += term;
          size += Math.abs(term);
        }
        // Substitution has a small residual row by row (Higham, Accuracy and Stability, §8.1).
        const expected = elementAt(b, position);
        expect(Math.abs(sum - expected)).toBeLessThanOrEqual(1e-14 * (size + Math.abs(expected)));
      }
    }),
    { numRuns: 150 },
  );
});

test('float32 is accumulated in double precision', () => {
  // (1 + 2⁻²⁴) − 1, of which float32 would round the bracket to 1.
  const t = tensor([
    [1, 0, 0],
    [0, 1, 0],
    [-(2 ** -24), 1, 1],
  ]);
  const x = triangularSolve(t, tensor([[1], [1], [1]]));
  expect(x.dtype).toBe('float32');
  expect(x.toArray()).toEqual([[1], [1], [2 ** -24]]);
});
