import type { Gaussian } from '../distributions/gaussian.ts';
import type { ClosedKl } from './closed-kl.ts';

/**
 * ½[tr(Σ_p⁻¹Σ_q) + δᵀΣ_p⁻¹δ − D] + ½ ln|Σ_p| − ½ ln|Σ_q| with δ = μ_q − μ_p. With Σ_q = F·Fᵀ the trace is
 * Σ fᵀΣ_p⁻¹f over the columns of F, which makes one formula of diagonal, full and low-rank covariances.
 */
export function klGaussians(q: Gaussian, p: Gaussian): ClosedKl {
  const trace = p.whitenedSquares(q.covarianceFactor()).sum({ axes: -1 });
  const shift = p.whitenedSquares(q.location.sub(p.location).unsqueeze(-1)).squeeze(-1);
  const squares = trace.add(shift).sub(q.eventShape[0]!).mul(0.5);
  return { value: squares.add(p.halfLogDeterminant()).sub(q.halfLogDeterminant()) };
}
