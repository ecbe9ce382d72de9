import type { Variable } from '@reparam/autograd';
import type { RandomKey } from '@reparam/tensor';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import type { Distribution, SampleWithLogProb } from '../distributions/distribution.ts';

/** KL(q ‖ p) in nats for each distribution of the batch. */
export interface KlDivergence {
  /** [...batch] */
  readonly value: Variable;
  /** [...batch, D] where the divergence is a sum over dimensions. */
  readonly perDimension?: Variable;
  /** False for a closed form, true for a Monte Carlo estimate from one draw. */
  readonly estimated: boolean;
}

/** A closed form, or undefined when it is not for these two. */
type ClosedForm = (q: Distribution, p: Distribution) => KlDivergence | undefined;

/** Σ [ln σ_p − ln σ_q + (σ_q² + (μ_q − μ_p)²)/(2σ_p²) − ½]; with p = N(0, I) it is Kingma & Welling 2014, appendix B. */
function klDiagonalNormals(q: DiagonalNormal, p: DiagonalNormal): KlDivergence {
  const ratio = q.scale.div(p.scale).square();
  const shift = q.location.sub(p.location).div(p.scale).square();
  const perDimension = p.logScale.sub(q.logScale).add(ratio.add(shift).mul(0.5)).sub(0.5);
  return { value: perDimension.sum({ axes: -1 }), perDimension, estimated: false };
}

/** The closed forms that are known, tried in order. */
const closedForms: readonly ClosedForm[] = [
  (q, p) =>
    q instanceof DiagonalNormal && p instanceof DiagonalNormal ? klDiagonalNormals(q, p) : undefined,
];

/** ln q(z) − ln p(z) at a draw z ~ q: unbiased, and negative at times. */
function monteCarlo({ sample, logProb }: SampleWithLogProb, p: Distribution): KlDivergence {
  return { value: logProb.sub(p.logProb(sample)), estimated: true };
}

/** KL(q ‖ p) by its closed form where there is one, else estimated at one draw, and says which. */
export function kl(q: Distribution, p: Distribution, key: RandomKey): KlDivergence {
  return drawWithKl(q, p, key).kl;
}

/** A draw z ~ q and KL(q ‖ p); an estimate uses that same draw. */
export function drawWithKl(
  q: Distribution,
  p: Distribution,
  key: RandomKey,
): { z: Variable; kl: KlDivergence } {
  for (const closedForm of closedForms) {
    const divergence = closedForm(q, p);
    if (divergence) return { z: q.sample(key), kl: divergence };
  }
  const draw = q.sampleAndLogProb(key);
  return { z: draw.sample, kl: monteCarlo(draw, p) };
}
