import { concat, type Variable } from '@reparam/autograd';
import type { Gaussian } from '../distributions/gaussian.ts';

/**
 * E_q f(z) without drawing: the mean of f over the 2M points μ ± √M·F_m, F_m the columns of a factor of the covariance
 * Σ = F·Fᵀ. It is exact for polynomials of up to third degree (McNamee & Stenger 1967; Arasaratnam & Haykin 2009,
 * equation 13), hence for the ln p(x, z) of a linear model with Gaussian noise.
 * @param f for points [2M, ...batch, D]: [2M, ...batch]
 */
export function quadraticExpectation(q: Gaussian, f: (z: Variable) => Variable): Variable {
  const factor = q.covarianceFactor();
  const columns = factor.shape.at(-1)!;
  const axes = Array.from({ length: factor.rank - 1 }, (_, axis) => axis);
  const deviations = factor.permute([axes.length, ...axes]).mul(Math.sqrt(columns));
  return f(concat([q.location.add(deviations), q.location.sub(deviations)], 0)).mean({ axes: 0 });
}
