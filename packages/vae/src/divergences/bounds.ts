import { logSoftmax, maximum, sqrt, Variable } from '@reparam/autograd';
import { ArgumentError, zeros } from '@reparam/tensor';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import type { Distribution } from '../distributions/distribution.ts';
import { FullNormal } from '../distributions/full-normal.ts';
import { CorrelatedNormal, type Gaussian } from '../distributions/gaussian.ts';
import { Mixture } from '../distributions/mixture.ts';
import { klDiagonalNormals } from './elementwise.ts';
import { requireSameEvent } from './event.ts';
import { klGaussians } from './gaussian.ts';

/** What is known of KL(q ‖ p) between mixtures of normals without sampling, in nats: each is [...batch]. */
export interface KlBounds {
  /** KL ≥ lower */
  readonly lower: Variable;
  /** KL ≤ upper */
  readonly upper: Variable;
  /** Hershey & Olsen's D_prod, an approximation on either side. */
  readonly product: Variable;
  /** Hershey & Olsen's D_var, an approximation on either side. */
  readonly variational: Variable;
}

interface Weighted {
  /** ln weights [..., K] */
  readonly logWeights: Variable;
  /** A batch of [..., K]. */
  readonly components: Gaussian;
}

/**
 * Bounds on KL(q ‖ p), where each of q and p is a normal over [D] or a mixture of normals. With q = Σ π_a f_a,
 * p = Σ ω_b g_b and the entropies H(f_a), Jensen's inequality bounds E_f ln g from above by the logarithm of the
 * product integral ∫f·g = N(μ_f; μ_g, Σ_f + Σ_g), and from below by −KL(f ‖ g) − H(f) (Hershey & Olsen 2007;
 * Durrieu et al. 2012, eq. 20–22). For a normal q its entropy is exact, and the bounds are
 * −H(q) − ln Σ ω_b N(μ_q; μ_b, Σ_q + Σ_b) ≤ KL ≤ −ln Σ ω_b e^−KL(q ‖ g_b).
 * @throws ArgumentError for other distributions, ShapeError when they are over different dimensions.
 */
export function klBounds(q: Distribution, p: Distribution): KlBounds {
  requireSameEvent('klBounds', q, p);
  const [f, g] = [componentsOf('q', q), componentsOf('p', p)];
  const overF = comparisons(f, f);
  const overG = comparisons(f, g);
  const weights = f.logWeights.exp();
  const average = (ofComponents: Variable): Variable => ofComponents.mul(weights).sum({ axes: -1 });
  const entropy = average(f.components.entropy());
  const entropyAbove = entropy.sub(average(overF.byDivergence));
  const entropyBelow = maximum(entropy, average(overF.byProduct).neg());
  return {
    lower: entropyAbove.add(average(overG.byProduct)).neg(),
    upper: entropy.sub(average(overG.byDivergence)).sub(entropyBelow),
    product: average(overF.byProduct.sub(overG.byProduct)),
    variational: average(overF.byDivergence.sub(overG.byDivergence)),
  };
}

/** ln Σ_b ω_b ∫f_a·g_b and ln Σ_b ω_b e^−KL(f_a ‖ g_b): [..., A] each. */
function comparisons(f: Weighted, g: Weighted): { byProduct: Variable; byDivergence: Variable } {
  const left = withBatchAxis(f.components, 1);
  const right = withBatchAxis(g.components, 2);
  const logWeights = g.logWeights.unsqueeze(-2);
  return {
    byProduct: logProduct(left, right).add(logWeights).logsumexp({ axes: -1 }),
    byDivergence: logWeights.sub(divergence(left, right)).logsumexp({ axes: -1 }),
  };
}

function divergence(f: Gaussian, g: Gaussian): Variable {
  const both = f instanceof DiagonalNormal && g instanceof DiagonalNormal;
  return (both ? klDiagonalNormals(f, g) : klGaussians(f, g)).value;
}

/** ln ∫f·g = ln N(μ_f; μ_g, Σ_f + Σ_g) */
function logProduct(f: Gaussian, g: Gaussian): Variable {
  if (f instanceof DiagonalNormal && g instanceof DiagonalNormal) {
    const scale = sqrt(f.scale.square().add(g.scale.square()));
    return DiagonalNormal.fromScale(g.location, scale).logProb(f.location);
  }
  const covariance = [f, g].map((each) => {
    const factor = each.covarianceFactor();
    return factor.matmul(factor, { transposeB: true });
  }) as [Variable, Variable];
  return FullNormal.fromCovariance(g.location, covariance[0].add(covariance[1])).logProb(f.location);
}

/** The same distributions with a batch axis of length 1 as the last one, or the one before the last. */
function withBatchAxis(gaussian: Gaussian, fromEnd: 1 | 2): Gaussian {
  return gaussian.mapParameters((parameter, eventRank) =>
    parameter.rank >= eventRank + fromEnd - 1 ? parameter.unsqueeze(-eventRank - fromEnd) : parameter,
  );
}

function componentsOf(name: string, distribution: Distribution): Weighted {
  if (isGaussian(distribution)) {
    const one = new Variable(zeros([1], { dtype: distribution.location.dtype }));
    return { logWeights: one, components: withBatchAxis(distribution, 1) };
  }
  if (distribution instanceof Mixture && isGaussian(distribution.components)) {
    return { logWeights: logSoftmax(distribution.logits), components: distribution.components };
  }
  throw new ArgumentError(
    'klBounds',
    name,
    distribution,
    `${name} is a ${distribution.constructor.name}; it must be a normal or a mixture of normals over one axis.`,
  );
}

function isGaussian(distribution: Distribution): distribution is Gaussian {
  return (
    distribution instanceof CorrelatedNormal ||
    (distribution instanceof DiagonalNormal && distribution.eventShape.length === 1)
  );
}
