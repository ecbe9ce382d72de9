import { noGrad } from '@reparam/autograd';
import type { RandomKey, Tensor } from '@reparam/tensor';
import { requireCount } from '../objectives/arguments.ts';
import { kl } from '../objectives/kl.ts';
import { requireExamples } from './arguments.ts';
import { blocks, type LatentModel } from './latent-model.ts';
import { RunningMoments } from './running-moments.ts';

/** A latent is active when its posterior mean varies by more than this over the data (Burda et al. 2016). */
export const activeThreshold = 0.01;

/** What each latent is used for, over a set of examples. */
export interface LatentUsage {
  /** Var_x E_q(z|x)[z]: [latent] */
  readonly activity: readonly number[];
  /** How many activities exceed the threshold. */
  readonly activeUnits: number;
  /** Mean KL(q(z|x) ‖ p(z)) in nats per example. */
  readonly kl: number;
  /** The same for each latent, where the KL is a sum over latents (not for flows and mixture priors). */
  readonly klPerLatent?: readonly number[];
  /** Whether the KL is a Monte Carlo estimate. */
  readonly klEstimated: boolean;
}

export function countActive(activity: readonly number[]): number {
  return activity.filter((variance) => variance > activeThreshold).length;
}

/**
 * Active units (Burda et al. 2016, §5.2) and the KL of each latent, without decoding anything; x is taken in
 * batches of `chunk`, 1000 unless told.
 * @throws ShapeError without examples, ArgumentError on a bad chunk.
 */
export function latentUsage({
  x,
  posterior,
  prior,
  key,
  chunk = 1000,
}: Pick<LatentModel, 'posterior' | 'prior'> & {
  readonly x: Tensor;
  readonly key: RandomKey;
  readonly chunk?: number;
}): LatentUsage {
  requireCount('latentUsage', 'chunk', chunk);
  requireExamples('latentUsage', x);
  const latent = prior.eventShape.at(-1)!;
  const locations = new RunningMoments(latent);
  const divergences = new RunningMoments(1);
  const perLatent = new RunningMoments(latent);
  let splits = true;
  let klEstimated = false;
  noGrad(() => {
    for (const { start, rows } of blocks(x, chunk)) {
      const q = posterior(rows);
      const divergence = kl(q, prior, key.foldIn(start));
      locations.addRows(q.mean().value);
      divergences.addRows(divergence.value.value.reshape([rows.shape[0]!, 1]));
      klEstimated = divergence.estimated;
      if (divergence.perDimension) perLatent.addRows(divergence.perDimension.value);
      else splits = false;
    }
  });
  const activity = locations.variances();
  return {
    activity,
    activeUnits: countActive(activity),
    kl: divergences.means()[0]!,
    ...(splits && { klPerLatent: perLatent.means() }),
    klEstimated,
  };
}
