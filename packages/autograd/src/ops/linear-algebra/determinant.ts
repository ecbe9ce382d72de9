import { diagonalView, scalarFunctions as f, input, map, reduce, type Tensor } from '@reparam/tensor';
import { documented, type RuleContext, type Rules, withoutGradient } from '../../operation.ts';
import { apply } from '../../tape.ts';
import type { Operand, Variable } from '../../variable.ts';
import { mul } from '../elementwise.ts';
import { reshape } from '../movement.ts';
import { sum } from '../reductions.ts';
import { sample } from '../samples.ts';
import { orthogonalFactors } from './factorize.ts';
import { solveFactored } from './linear-system.ts';
import { fullRank } from './rank.ts';
import { linearAlgebra } from './record.ts';
import { pair, square } from './samples.ts';
import { identityLike, toSquare } from './square-matrices.ts';

const logMagnitude = f.log(f.abs(input(0)));
const sign = f.sign(input(0));
const negated = f.negate(input(0));

/** det a = det Q · Π rⱼⱼ of factors by reflections, of which there are n − 1. */
function signedProduct(diagonal: Tensor): Tensor {
  const reflections = Math.max(0, diagonal.shape.at(-1)! - 1);
  const product = reduce('product', diagonal, { axes: -1 });
  return reflections % 2 === 0 ? product : map(negated, [product]);
}

/** The gradient of log|det a|: a⁻ᵀ. Inputs are a and its factors Q and R. */
function logGradient(operation: string, { inputs: [a, q, r] }: RuleContext<undefined>): Variable {
  const factors = { q: q!, r: fullRank(r!, { operation, shape: a!.shape }) };
  return solveFactored(a!, identityLike(a!), factors, true);
}

/** A number for each matrix as [..., 1, 1], to multiply matrices by. */
function lift(x: Variable): Variable {
  return reshape(x, [...x.shape, 1, 1]);
}

/** d log|det a| = tr(a⁻¹ da) (Jacobi's formula). */
function logTangent(da: Variable, gradient: Variable): Variable {
  return sum(mul(da, gradient), { axes: [-2, -1] });
}

const logRules: Rules<undefined> = {
  name: 'slogdet',
  forward: ([, , r]) => reduce('sum', map(logMagnitude, [diagonalView(r!)]), { axes: -1 }),
  derivative: 'ȳ·a⁻ᵀ',
  vjp: (index, cotangent, context) =>
    index === 0 ? mul(lift(cotangent), logGradient('slogdet', context)) : undefined,
  jvp: ([da], context) => da && logTangent(da, logGradient('slogdet', context)),
};

const signRules: Rules<undefined> = {
  name: 'sign of the determinant',
  forward: ([r]) => signedProduct(map(sign, [diagonalView(r!)])),
  ...withoutGradient,
};

const rules: Rules<undefined> = {
  name: 'determinant',
  forward: ([, , r]) => signedProduct(diagonalView(r!)),
  derivative: 'ȳ·det(a)·a⁻ᵀ',
  vjp: (index, cotangent, context) =>
    index === 0 ? mul(lift(mul(cotangent, context.output)), logGradient('determinant', context)) : undefined,
  jvp: ([da], context) => da && mul(context.output, logTangent(da, logGradient('determinant', context))),
};

/**
 * The determinants [...] of square [..., n, n]. Of large matrices they soon overflow: see `slogdet`. A singular matrix
 * has the determinant 0 (up to rounding), but its gradient throws SingularMatrixError.
 * @throws ShapeError unless `a` is square.
 */
export const determinant = documented(
  (a: Operand): Variable => {
    const matrix = toSquare('determinant', a);
    const { q, r } = orthogonalFactors(matrix);
    return apply(rules, [matrix, q, r], undefined);
  },
  (f) =>
    linearAlgebra(rules, {
      formula: 'det a',
      domain: 'a invertible, for gradients',
      samples: [sample((a) => f(a!), square), sample((a) => f(a!), pair)],
    }),
);

/**
 * The determinants of square [..., n, n] as their signs [...], −1 or 1, and the logarithms of their magnitudes [...].
 * Signs carry no gradient; that of the logarithm is a⁻ᵀ. Of a positive definite matrix 2·Σ log of the diagonal of
 * `cholesky(a)` is quicker.
 * @throws SingularMatrixError where `a` has no inverse up to the rounding of its type, ShapeError unless it is square.
 */
export const slogdet = documented(
  (a: Operand): { sign: Variable; logAbsDet: Variable } => {
    const matrix = toSquare('slogdet', a);
    const { q, r } = orthogonalFactors(matrix);
    const checked = fullRank(r, { operation: 'slogdet', shape: matrix.shape });
    return {
      sign: apply(signRules, [checked], undefined),
      logAbsDet: apply(logRules, [matrix, q, checked], undefined),
    };
  },
  (f) =>
    linearAlgebra(logRules, {
      formula: 'sign(det a), log|det a|',
      domain: 'a invertible',
      samples: [
        sample((a) => f(a!).logAbsDet, square),
        sample((a) => f(a!).logAbsDet, pair),
        sample((a) => mul(f(a!).sign, f(a!).logAbsDet), pair),
      ],
    }),
);
