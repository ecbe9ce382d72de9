import { maximum, type Operand, sum, type Variable } from '@reparam/autograd';
import { ArgumentError } from '@reparam/tensor';
import { isStratified } from '../distributions/stratified.ts';
import { requireCount, requireNonNegative, requireReparameterized, requireWeight } from './arguments.ts';
import { drawPathwise, drawScore, drawSticking, drawStrata, type ElboDraws } from './elbo-draws.ts';
import { type Groups, requireGroups, sumGroups } from './groups.ts';
import type { Baseline } from './score-function.ts';
import { meanOverBatch, type ObjectiveOptions, type ObjectiveTerms } from './terms.ts';

/**
 * How the gradient by the posterior's parameters is estimated.
 * - `pathwise`: through the draws (Kingma & Welling 2014), the components of a mixture drawn one by one.
 * - `sticking-the-landing`: the same without the score of ln q (Roeder et al. 2017); the KL is then estimated.
 * - `score`: through ln q alone (Williams 1992), for draws that carry no gradient.
 */
export const elboEstimators = ['pathwise', 'sticking-the-landing', 'score'] as const;

export type ElboEstimator = (typeof elboEstimators)[number];

export interface ElboOptions extends ObjectiveOptions {
  /** Draws of z for each example, averaged over; 1 unless told. */
  readonly samples?: number;
  /** `pathwise` unless told. */
  readonly estimator?: ElboEstimator;
  /** For the estimator `score`; `none` unless told. */
  readonly baseline?: Baseline;
  /**
   * Nats of KL that cost nothing, for each latent or group; 0 unless told. A KL that does not split over latents (a
   * flow or a mixture prior) has its total compared with that many nats times the latents or groups.
   */
  readonly freeBits?: number;
  /** Latents that share their free bits; each for itself unless told. */
  readonly groups?: Groups;
}

/**
 * The evidence lower bound E_q[ln p(x|z)] − KL(q(z|x) ‖ p(z)) (Kingma & Welling 2014, eq. 3). The loss is
 * −reconstruction + β·(KL with free bits): a weight on the KL (Higgins et al. 2017) and free bits
 * Σ_g max(λ, mean_batch KL_g) (Kingma et al. 2016, eq. 15).
 * @throws ArgumentError on options out of range, and for a posterior that the estimator cannot differentiate;
 * ShapeError when the axes of x do not begin with the posterior's batch.
 */
export function elbo({
  samples = 1,
  estimator = 'pathwise',
  baseline = 'none',
  klWeight = 1,
  freeBits = 0,
  groups,
  ...options
}: ElboOptions): ObjectiveTerms {
  requireCount('elbo', 'samples', samples);
  requireWeight('elbo', 'klWeight', klWeight);
  requireNonNegative('elbo', 'freeBits', freeBits);
  const latents = options.posterior.eventShape.at(-1)!;
  if (groups) requireGroups('elbo', groups, latents);
  const draws = drawBy(estimator, options, { samples, baseline, klWeight });
  if (draws.score && draws.kl.estimated && freeBits > 0) throw freeBitsError(freeBits);
  const reconstruction = draws.logLikelihood.mean();
  const kl = draws.kl.value.mean();
  const klPerLatent = draws.kl.perDimension && meanOverBatch(draws.kl.perDimension);
  const charged = chargedKl({ kl, klPerLatent, freeBits, groups, latents }).mul(klWeight);
  const loss = charged.sub(reconstruction);
  return {
    reconstruction,
    kl,
    ...(klPerLatent && { klPerLatent }),
    elbo: reconstruction.sub(kl),
    loss: draws.score ? loss.sub(draws.score.term) : loss,
    klEstimated: draws.kl.estimated,
    ...(draws.score && { signal: draws.score.signal }),
  };
}

function drawBy(
  estimator: ElboEstimator,
  options: ObjectiveOptions,
  { samples, baseline, klWeight }: { samples: number; baseline: Baseline; klWeight: Operand },
): ElboDraws {
  const { posterior } = options;
  if (estimator === 'score') return drawScore(options, samples, baseline, klWeight);
  const wayOut = "Use { estimator: 'score' }, or a posterior whose draws are.";
  if (estimator === 'sticking-the-landing') {
    requireReparameterized('elbo', posterior, wayOut);
    return drawSticking(options, samples);
  }
  if (isStratified(posterior)) return drawStrata({ ...options, posterior }, samples);
  requireReparameterized('elbo', posterior, wayOut);
  return drawPathwise(options, samples);
}

function chargedKl({
  kl,
  klPerLatent,
  freeBits,
  groups,
  latents,
}: {
  readonly kl: Variable;
  readonly klPerLatent: Variable | undefined;
  readonly freeBits: number;
  readonly groups: Groups | undefined;
  readonly latents: number;
}): Variable {
  if (freeBits === 0) return kl;
  if (!klPerLatent) return maximum(kl, freeBits * (groups?.length ?? latents));
  return sum(maximum(groups ? sumGroups(klPerLatent, groups) : klPerLatent, freeBits));
}

function freeBitsError(freeBits: number): ArgumentError {
  return new ArgumentError(
    'elbo',
    'freeBits',
    freeBits,
    "free bits need a KL in closed form with { estimator: 'score' }: an estimated one is part of the signal, before " +
      'anything is compared with a mean over the batch. Use freeBits: 0 and anneal klWeight.',
  );
}
