import { maximum, type Operand, sum, type Variable } from '@reparam/autograd';
import { ArgumentError, type RandomKey } from '@reparam/tensor';
import type { Distribution } from '../distributions/distribution.ts';
import { drawWithKl } from './kl.ts';

export interface ElboOptions {
  readonly x: Operand;
  /** q(z|x): a batch of distributions. */
  readonly posterior: Distribution;
  /** p(z) */
  readonly prior: Distribution;
  /** p(x|z) for a batch of z. */
  readonly decode: (z: Variable) => Distribution;
  readonly key: RandomKey;
  /** β: what the KL counts for in the loss; 1 unless told. */
  readonly klWeight?: number;
  /**
   * Nats of KL that cost nothing, for each latent; 0 unless told. A KL that does not split over latents (a flow
   * or a mixture prior) has its total compared with that many nats times the latents.
   */
  readonly freeBits?: number;
}

/** Means over the batch, in nats per example. */
export interface ElboTerms {
  /** E_q ln p(x|z), at one draw. */
  readonly reconstruction: Variable;
  /** KL(q(z|x) ‖ p(z)) */
  readonly kl: Variable;
  /** [D], where the KL splits over latents. */
  readonly klPerLatent?: Variable;
  /** reconstruction − kl, whatever β and the free bits: a lower bound on ln p(x). */
  readonly elbo: Variable;
  /** −reconstruction + β·(KL with free bits): what training minimises. */
  readonly loss: Variable;
  /** Whether the KL is a Monte Carlo estimate. */
  readonly klEstimated: boolean;
}

/**
 * The evidence lower bound E_q[ln p(x|z)] − KL(q(z|x) ‖ p(z)) (Kingma & Welling 2014, eq. 3) with a weight on
 * the KL (Higgins et al. 2017) and free bits Σ_d max(λ, mean_batch KL_d) (Kingma et al. 2016, eq. 15).
 * @throws ArgumentError unless klWeight ≥ 0 and freeBits ≥ 0.
 */
export function elbo({
  x,
  posterior,
  prior,
  decode,
  key,
  klWeight = 1,
  freeBits = 0,
}: ElboOptions): ElboTerms {
  requireNonNegative('klWeight', klWeight);
  requireNonNegative('freeBits', freeBits);
  const { z, kl: divergence } = drawWithKl(posterior, prior, key);
  const reconstruction = decode(z).logProb(x).mean();
  const kl = divergence.value.mean();
  const klPerLatent = divergence.perDimension && meanOverBatch(divergence.perDimension);
  const charged =
    freeBits === 0
      ? kl
      : klPerLatent
        ? sum(maximum(klPerLatent, freeBits))
        : maximum(kl, freeBits * posterior.eventShape.at(-1)!);
  return {
    reconstruction,
    kl,
    ...(klPerLatent && { klPerLatent }),
    elbo: reconstruction.sub(kl),
    loss: charged.mul(klWeight).sub(reconstruction),
    klEstimated: divergence.estimated,
  };
}

/** [...batch, D] → [D] */
function meanOverBatch(x: Variable): Variable {
  return x.mean({ axes: x.shape.slice(0, -1).map((_, axis) => axis) });
}

function requireNonNegative(argument: string, value: number): void {
  if (!(value >= 0 && Number.isFinite(value))) {
    throw new ArgumentError('elbo', argument, value, `${argument} is ${value}; it must be ≥ 0.`);
  }
}
