import { exp, logSoftmax, sigmoid, softmax, softplus, type Variable, where } from '@reparam/autograd';
import { broadcastShapes } from '@reparam/tensor';
import type { Bernoulli } from '../distributions/bernoulli.ts';
import type { Beta } from '../distributions/beta.ts';
import type { Categorical } from '../distributions/categorical.ts';
import type { ContinuousBernoulli } from '../distributions/continuous-bernoulli.ts';
import type { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import type { Distribution } from '../distributions/distribution.ts';
import { expandTo, sumTrailing } from '../distributions/event.ts';
import type { Gamma } from '../distributions/gamma.ts';
import type { Laplace } from '../distributions/laplace.ts';
import type { LogNormal } from '../distributions/log-normal.ts';
import type { Poisson } from '../distributions/poisson.ts';
import type { Uniform } from '../distributions/uniform.ts';
import type { ClosedKl } from './closed-kl.ts';

/** The sum over the event of a divergence between each two elements. */
function overEvent(q: Distribution, p: Distribution, perElement: Variable): ClosedKl {
  const batch = broadcastShapes('kl', { q: q.batchShape, p: p.batchShape });
  const perDimension = expandTo(perElement, [...batch, ...q.eventShape]);
  return { value: sumTrailing(perDimension, q.eventShape.length), perDimension };
}

/** ln σ_p − ln σ_q + (σ_q² + (μ_q − μ_p)²)/2σ_p² − ½; for p = N(0, I) it is that of Kingma & Welling 2014, appendix B. */
export function klDiagonalNormals(q: DiagonalNormal, p: DiagonalNormal): ClosedKl {
  const ratio = q.scale.div(p.scale).square();
  const shift = q.location.sub(p.location).div(p.scale).square();
  return overEvent(q, p, p.logScale.sub(q.logScale).add(ratio.add(shift).mul(0.5)).sub(0.5));
}

/** That of the normals of ln x: a bijection of both changes no divergence. */
export function klLogNormals(q: LogNormal, p: LogNormal): ClosedKl {
  return klDiagonalNormals(q.logarithm(), p.logarithm());
}

/** σ(l_q)·(l_q − l_p) − softplus(l_q) + softplus(l_p) for logits l. */
export function klBernoullis(q: Bernoulli, p: Bernoulli): ClosedKl {
  const difference = q.logits.sub(p.logits);
  return overEvent(q, p, sigmoid(q.logits).mul(difference).sub(softplus(q.logits)).add(softplus(p.logits)));
}

/** m_q·(l_q − l_p) − A(l_q) + A(l_p): the form that every exponential family has, with the mean m and normaliser A. */
export function klContinuousBernoullis(q: ContinuousBernoulli, p: ContinuousBernoulli): ClosedKl {
  const difference = q.logits.sub(p.logits);
  return overEvent(q, p, q.mean().mul(difference).sub(q.logNormalizer()).add(p.logNormalizer()));
}

/** Σ_c π_c (ln π_c − ln ρ_c); the elements of the event are sets of classes, so there is no part of each of them. */
export function klCategoricals(q: Categorical, p: Categorical): ClosedKl {
  const difference = logSoftmax(q.logits).sub(logSoftmax(p.logits));
  const { value } = overEvent(q, p, softmax(q.logits).mul(difference));
  return { value };
}

/** ln(b_p/b_q) + (b_q·e^(−|δ|/b_q) + |δ|)/b_p − 1, δ = μ_q − μ_p. */
export function klLaplaces(q: Laplace, p: Laplace): ClosedKl {
  const distance = q.location.sub(p.location).abs();
  const overlap = q.scale.mul(exp(distance.div(q.scale).neg()));
  const logRatio = p.scale.div(q.scale).log();
  return overEvent(q, p, overlap.add(distance).div(p.scale).add(logRatio).sub(1));
}

/** (α_q − α_p)ψ(α_q) − ln Γ(α_q) + ln Γ(α_p) + α_p ln(β_q/β_p) + α_q(β_p/β_q − 1). */
export function klGammas(q: Gamma, p: Gamma): ClosedKl {
  const [a, b] = [q.concentration, p.concentration];
  const shape = a.sub(b).mul(a.digamma()).sub(a.lgamma()).add(b.lgamma());
  const rates = p.rate.div(q.rate);
  return overEvent(q, p, shape.sub(b.mul(rates.log())).add(a.mul(rates.sub(1))));
}

/** ln B(p) − ln B(q) + (α_q − α_p)ψ(α_q) + (β_q − β_p)ψ(β_q) − (the sum of both differences)·ψ(α_q + β_q). */
export function klBetas(q: Beta, p: Beta): ClosedKl {
  const [left, right] = [q.alpha.sub(p.alpha), q.beta.sub(p.beta)];
  const perElement = p
    .logNormalizer()
    .sub(q.logNormalizer())
    .add(left.mul(q.alpha.digamma()))
    .add(right.mul(q.beta.digamma()))
    .sub(left.add(right).mul(q.alpha.add(q.beta).digamma()));
  return overEvent(q, p, perElement);
}

/** ln of the ratio of the widths, or ∞ unless p reaches as far as q. */
export function klUniforms(q: Uniform, p: Uniform): ClosedKl {
  const isCovered = p.low.lessEqual(q.low).logicalAnd(q.high.lessEqual(p.high));
  const logRatio = p.high.sub(p.low).div(q.high.sub(q.low)).log();
  return overEvent(q, p, where(isCovered, logRatio, Infinity));
}

/** λ_q(ln λ_q − ln λ_p) − λ_q + λ_p. */
export function klPoissons(q: Poisson, p: Poisson): ClosedKl {
  const rate = exp(q.logRate);
  return overEvent(q, p, rate.mul(q.logRate.sub(p.logRate)).sub(rate).add(exp(p.logRate)));
}
