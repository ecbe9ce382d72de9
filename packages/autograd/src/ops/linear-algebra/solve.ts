import { requireSystem } from '@reparam/tensor';
import { documented } from '../../operation.ts';
import { apply } from '../../tape.ts';
import { type Operand, toVariables, type Variable } from '../../variable.ts';
import { sample } from '../samples.ts';
import { choleskyFactor, orthogonalFactors } from './factorize.ts';
import { solveFactored, solveRules } from './linear-system.ts';
import { fullRank } from './rank.ts';
import { linearAlgebra } from './record.ts';
import { pair, rightHandSides, skewed, square } from './samples.ts';
import { identityLike, symmetricPart, toSquare } from './square-matrices.ts';

export interface SolveOptions {
  /**
   * Take the matrix for symmetric positive definite (its symmetric part is used): Cholesky's factor takes a fraction
   * of the time of the one for any matrix.
   */
  readonly positiveDefinite?: boolean;
}

function solveSystem(
  operation: string,
  a: Variable,
  b: Variable,
  { positiveDefinite = false }: SolveOptions,
): Variable {
  requireSystem(operation, 'a', a, b);
  if (positiveDefinite) {
    const symmetric = symmetricPart(a);
    return apply(solveRules, [symmetric, b, choleskyFactor(operation, symmetric)], { transpose: false });
  }
  const { q, r } = orthogonalFactors(a);
  return solveFactored(a, b, { q, r: fullRank(r, { operation, shape: a.shape }) }, false);
}

/**
 * The solution x [..., n, k] of a·x = b for square a [..., n, n] and b [..., n, k]; the axes before the last two
 * broadcast.
 * @throws SingularMatrixError where `a` has no inverse up to the rounding of its type, NotPositiveDefiniteError,
 * ShapeError when rows differ in number.
 */
export const solve = documented(
  (a: Operand, b: Operand, options: SolveOptions = {}): Variable => {
    const [matrix, rightHandSide] = toVariables([a, b]) as [Variable, Variable];
    return solveSystem('solve', matrix, rightHandSide, options);
  },
  (f) =>
    linearAlgebra(solveRules, {
      formula: 'a x = b',
      domain: 'a invertible',
      samples: [
        sample((a, b) => f(a!, b!), square, rightHandSides),
        sample((a, b) => f(a!, b!), pair, [[0.4], [-1.5]]),
        sample((a, b) => f(a!, b!), pair[0], pair),
        sample((a) => f(a!, a!), pair[1]),
        sample((a, b) => f(a!, b!, { positiveDefinite: true }), skewed, pair),
      ],
    }),
);

/**
 * The matrix x with a·x = 1, for square [..., n, n]. To solve systems, `solve` is quicker and more exact.
 * @throws SingularMatrixError, NotPositiveDefiniteError, ShapeError unless `a` is square.
 */
export const inverse = documented(
  (a: Operand, options: SolveOptions = {}): Variable => {
    const matrix = toSquare('inverse', a);
    return solveSystem('inverse', matrix, identityLike(matrix), options);
  },
  (f) =>
    linearAlgebra('inverse', {
      formula: 'a⁻¹',
      domain: 'a invertible',
      samples: [
        sample((a) => f(a!), square),
        sample((a) => f(a!), pair),
        sample((a) => f(a!, { positiveDefinite: true }), skewed),
      ],
    }),
);
