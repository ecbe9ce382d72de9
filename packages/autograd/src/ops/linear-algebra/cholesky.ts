import { cholesky as factorize } from '@reparam/tensor';
import { documented, type Rules } from '../../operation.ts';
import { apply } from '../../tape.ts';
import type { Operand, Variable } from '../../variable.ts';
import { add, mul } from '../elementwise.ts';
import { matmul } from '../matmul.ts';
import { transpose, tril } from '../movement.ts';
import { sample } from '../samples.ts';
import { linearAlgebra } from './record.ts';
import { symmetricPart, toSquare } from './square-matrices.ts';
import { triangularSolve } from './triangular-solve.ts';

/** Φ: the lower triangle with half of the diagonal, so that Φ(S) + Φ(S)ᵀ = S for a symmetric S. */
function lowerHalf(x: Variable): Variable {
  return mul(add(tril(x), tril(x, -1)), 0.5);
}

const rules: Rules<undefined> = {
  name: 'cholesky',
  forward: ([a]) => factorize(a!),
  /** Ā = L⁻ᵀ Φ(LᵀL̄) L⁻¹ (Murray 2016, Differentiation of the Cholesky decomposition). */
  derivative: 'sym(L⁻ᵀ·Φ(Lᵀ·ȳ)·L⁻¹), Φ the lower triangle with half of its diagonal',
  vjp: (_, cotangent, { output: l }) => {
    const inner = lowerHalf(matmul(l, cotangent, { transposeA: true }));
    const left = triangularSolve(l, inner, { transpose: true });
    return transpose(triangularSolve(l, transpose(left), { transpose: true }));
  },
  /** dL = L Φ(L⁻¹ dA L⁻ᵀ). */
  jvp: ([da], { output: l }) => {
    if (da === undefined) return undefined;
    const left = triangularSolve(l, da);
    return matmul(l, lowerHalf(transpose(triangularSolve(l, transpose(left)))));
  },
};

const definite = [
  [2.1, 0.4, -0.3],
  [0.4, 1.7, 0.5],
  [-0.3, 0.5, 1.2],
] as const;
const definitePair = [
  [
    [1.4, 0.6],
    [0.2, 0.9],
  ],
  [
    [2.3, -0.7],
    [-0.7, 1.1],
  ],
] as const;

/**
 * The lower triangular factor L with a positive diagonal of a = L·Lᵀ, for symmetric positive definite [..., n, n]. Of
 * any other matrix it is that of the symmetric part (a + aᵀ)/2, so cotangents are symmetric.
 * @throws NotPositiveDefiniteError, ShapeError unless `a` is square.
 */
export const cholesky = documented(
  (a: Operand): Variable => apply(rules, [symmetricPart(toSquare('cholesky', a))], undefined),
  (f) =>
    linearAlgebra(rules, {
      formula: 'L Lᵀ = a',
      domain: 'a symmetric positive definite',
      samples: [sample((a) => f(a!), definite), sample((a) => f(a!), definitePair)],
    }),
);
