import { matmul as multiply, type Tensor, triangularSolve } from '@reparam/tensor';
import type { Rules } from '../../operation.ts';
import { apply } from '../../tape.ts';
import type { Variable } from '../../variable.ts';
import { neg, sub } from '../elementwise.ts';
import { matmul } from '../matmul.ts';

interface System {
  readonly transpose: boolean;
}

/** x = R⁻¹Qᵀb, or for the transposed system RᵀQᵀx = b: x = Q·R⁻ᵀb. */
function solveOrthogonal(q: Tensor, r: Tensor, b: Tensor, transpose: boolean): Tensor {
  if (transpose) return multiply(q, triangularSolve(r, b, { lower: false, transpose }));
  return triangularSolve(r, multiply(q, b, { transposeA: true }), { lower: false });
}

/** x = L⁻ᵀL⁻¹b, whichever way round. */
function solveDefinite(l: Tensor, b: Tensor): Tensor {
  return triangularSolve(l, triangularSolve(l, b), { transpose: true });
}

/**
 * Inputs are a, b and the factors of a: Q and R, or L. The solution is differentiated by a and b; the factors are a
 * by-product of a that every derivative uses again.
 */
export const solveRules: Rules<System> = {
  name: 'solve',
  broadcasts: true,
  forward: ([, b, ...factors], { transpose }) => {
    const [first, r] = factors as [Tensor, Tensor?];
    return r ? solveOrthogonal(first, r, b!, transpose) : solveDefinite(first, b!);
  },
  derivative: 'b̄ = a⁻ᵀ·ȳ, ā = -b̄·yᵀ',
  /** With A′ the matrix as used and A′x = b: b̄ = A′⁻ᵀx̄ and Ā′ = −b̄xᵀ. */
  vjp: (index, cotangent, { inputs: [a, , ...factors], output, parameters: { transpose } }) => {
    if (index > 1) return undefined;
    const adjoint = apply(solveRules, [a!, cotangent, ...factors], { transpose: !transpose });
    if (index === 1) return adjoint;
    const [left, right] = transpose ? [output, adjoint] : [adjoint, output];
    return neg(matmul(left, right, { transposeB: true }));
  },
  /** From dA′x + A′dx = db. */
  jvp: ([da, db], { inputs: [a, , ...factors], output, parameters }) => {
    const moved = da && matmul(da, output, { transposeA: parameters.transpose });
    const rightHandSide = moved ? (db ? sub(db, moved) : neg(moved)) : db;
    return rightHandSide && apply(solveRules, [a!, rightHandSide, ...factors], parameters);
  },
};

/** The solution of a·x = b (or aᵀ·x = b) by the factors q and r of a, differentiable by a and b. */
export function solveFactored(
  a: Variable,
  b: Variable,
  { q, r }: { readonly q: Variable; readonly r: Variable },
  transpose: boolean,
): Variable {
  return apply(solveRules, [a, b, q, r], { transpose });
}
