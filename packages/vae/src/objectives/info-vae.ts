import type { Variable } from '@reparam/autograd';
import { ArgumentError, formatShape, type RandomKey, ShapeError } from '@reparam/tensor';
import { requireReparameterized, requireWeight } from './arguments.ts';
import { drawWithKl } from './kl.ts';
import { type MmdOptions, mmd } from './mmd.ts';
import { meanOverBatch, type ObjectiveOptions, type ObjectiveTerms } from './terms.ts';

export interface InfoVaeOptions extends ObjectiveOptions, MmdOptions {
  /** What the mutual information of z and x counts for: 0 leaves the KL whole, 1 takes it away. 0 unless told. */
  readonly alpha?: number;
  /** λ: the aggregate posterior is held to the prior with weight α + λ − 1; 1000 unless told, as in their experiments. */
  readonly lambda?: number;
}

export interface InfoVaeTerms extends ObjectiveTerms {
  /** MMD²(q(z), p(z)) of the batch's draws against as many from the prior. */
  readonly divergence: Variable;
}

/**
 * InfoVAE with the maximum mean discrepancy (Zhao et al. 2017): the loss is
 * −reconstruction + β(1 − α)·KL + (α + λ − 1)·MMD²(q(z), p(z)). At α = 0, λ = 1 it is the ELBO, at α = 1 the MMD-VAE.
 * @throws ArgumentError unless α ≤ 1 and α + λ ≥ 1, on other options out of range, and for a posterior that is not
 * reparameterised; ShapeError unless the posterior is a batch [B] over [D] of two examples or more.
 */
export function infoVae({
  alpha = 0,
  lambda = 1000,
  kernel,
  scales,
  klWeight = 1,
  ...options
}: InfoVaeOptions): InfoVaeTerms {
  requireWeight('infoVae', 'klWeight', klWeight);
  requireWeights(alpha, lambda);
  const { x, posterior, prior, decode, key } = options;
  requireReparameterized('infoVae', posterior, 'Use a posterior whose draws are.');
  const [batch] = requireBatch(posterior.batchShape, posterior.eventShape);
  const [keyPosterior, keyPrior] = key.split(2) as [RandomKey, RandomKey];
  const { z, kl: information } = drawWithKl(posterior, prior, keyPosterior);
  const reconstruction = decode(z).logProb(x).mean();
  const kl = information.value.mean();
  const divergence: Variable = mmd(z, prior.sample(keyPrior, [batch]), {
    ...(kernel && { kernel }),
    ...(scales && { scales }),
  });
  return {
    reconstruction,
    kl,
    ...(information.perDimension && { klPerLatent: meanOverBatch(information.perDimension) }),
    elbo: reconstruction.sub(kl),
    loss: kl
      .mul(1 - alpha)
      .mul(klWeight)
      .add(divergence.mul(alpha + lambda - 1))
      .sub(reconstruction),
    klEstimated: information.estimated,
    divergence,
  };
}

function requireWeights(alpha: number, lambda: number): void {
  if (!(alpha <= 1 && Number.isFinite(alpha))) {
    throw new ArgumentError('infoVae', 'alpha', alpha, `alpha is ${alpha}; it must be a number ≤ 1.`);
  }
  if (!(alpha + lambda >= 1 && Number.isFinite(lambda))) {
    throw new ArgumentError(
      'infoVae',
      'lambda',
      lambda,
      `lambda is ${lambda} and alpha ${alpha}; the weight alpha + lambda − 1 of the divergence must be ≥ 0.`,
    );
  }
}

function requireBatch(batch: readonly number[], event: readonly number[]): readonly [number] {
  const [count] = batch;
  if (count !== undefined && count >= 2 && batch.length === 1 && event.length === 1) return [count];
  throw new ShapeError(
    'infoVae',
    `the posterior is a batch of ${formatShape(batch)} over events ${formatShape(event)}; it must be a batch [B] of two ` +
      'or more over latents [D], to compare their draws with draws from the prior.',
    { batch, event },
  );
}
