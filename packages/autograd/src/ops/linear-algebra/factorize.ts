import { cholesky } from '@reparam/tensor';
import { type Rules, withoutGradient } from '../../operation.ts';
import { apply } from '../../tape.ts';
import type { Variable } from '../../variable.ts';
import { householder, pack, unpack } from './householder.ts';

/**
 * Factors that only serve to compute something whose derivative by the matrix itself is known, so that they carry
 * none of their own.
 */
function withoutDerivative<P>(forward: Rules<P>['forward']): Rules<P> {
  return { name: 'factorize', forward, ...withoutGradient };
}

const orthogonalRules = withoutDerivative<undefined>(([a]) => pack(householder(a!)));
const choleskyRules = withoutDerivative<string>(([a], operation) => cholesky(a!, operation));

/** a = Q·R by reflections, with det Q = (−1)ⁿ⁻¹. */
export function orthogonalFactors(a: Variable): { q: Variable; r: Variable } {
  return unpack(apply(orthogonalRules, [a], undefined));
}

/** The L of a = L·Lᵀ, for a symmetric matrix. @throws NotPositiveDefiniteError, which names the operation. */
export function choleskyFactor(operation: string, a: Variable): Variable {
  return apply(choleskyRules, [a], operation);
}
