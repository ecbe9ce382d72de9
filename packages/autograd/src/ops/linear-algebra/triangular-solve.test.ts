import { SingularMatrixError, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { gradients } from '../../transforms.ts';
import { Variable } from '../../variable.ts';
import { sum } from '../reductions.ts';
import { triangularSolve } from './triangular-solve.ts';

const leaf = (values: Parameters<typeof tensor>[0]) =>
  new Variable(tensor(values, { dtype: 'float64' }), { requiresGrad: true });

describe('gradients by hand', () => {
  const b = leaf([[2], [11]]);

  test('of x₀ + x₁ with x₀ = b₀/t₀₀ and x₁ = (b₁ − t₁₀x₀)/t₁₁', () => {
    const t = leaf([
      [2, 9],
      [3, 4],
    ]);
    const total = sum(triangularSolve(t, b));
    expect(total.item()).toBe(3);
    const [byT, byB] = gradients(total, [t, b]);
    // ∂/∂b = (1/2 − 3/8, 1/4); ∂/∂t = −(∂/∂b)·xᵀ in the triangle that is read.
    expect(byB!.toArray()).toEqual([[1 / 8], [1 / 4]]);
    expect(byT!.toArray()).toEqual([
      [-1 / 8, 0],
      [-1 / 4, -1 / 2],
    ]);
  });

  test('of entries that are not read is 0, even where they are NaN', () => {
    const t = leaf([
      [Number.NaN, 3],
      [Number.NaN, Number.NaN],
    ]);
    const x = triangularSolve(t, b, { lower: false, unitDiagonal: true });
    expect(x.toArray()).toEqual([[-31], [11]]);
    const [byT] = gradients(sum(x), [t]);
    expect(byT!.toArray()).toEqual([
      [0, -11],
      [0, 0],
    ]);
  });

  test('of a matrix used for a whole batch is summed over it', () => {
    const t = leaf([[2]]);
    const [byT] = gradients(sum(triangularSolve(t, leaf([[[2]], [[6]]]))), [t]);
    // d(2/t + 6/t)/dt at t = 2
    expect(byT!.toArray()).toEqual([[-2]]);
  });
});

test('a zero on the diagonal is an error', () => {
  expect(() => triangularSolve(leaf([[0]]), leaf([[1]]))).toThrow(SingularMatrixError);
});
