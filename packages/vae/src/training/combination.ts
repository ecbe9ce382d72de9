import { ArgumentError } from '@reparam/tensor';
import { likelihoods } from '../models/likelihoods.ts';
import { type PosteriorGradients, posteriors } from '../models/posteriors.ts';
import type { VaeSettings } from '../models/settings.ts';
import { type ObjectiveEntry, objectives } from '../objectives/table.ts';
import type { TrainingSettings } from './settings.ts';

type Needs = ObjectiveEntry['needs']['posterior'];

/** Which posteriors an objective can have: draws of a product are reparameterised, those of a mixture are strata. */
const meets: Readonly<Record<Needs, readonly PosteriorGradients[]>> = {
  any: ['factorized', 'reparameterized', 'strata'],
  strata: ['factorized', 'reparameterized', 'strata'],
  reparameterized: ['factorized', 'reparameterized'],
  factorized: ['factorized'],
};

/** Why a model cannot be trained that way, and what to do; undefined when it can. */
export function combinationProblem(
  model: VaeSettings,
  training: TrainingSettings,
): { readonly setting: string; readonly reason: string } | undefined {
  const { posterior, likelihood } = model;
  const { kind } = training.objective;
  const { needs, takesFreeBits } = objectives[kind];
  const gradients = posteriorGradients(model);
  if (!meets[needs.posterior].includes(gradients)) {
    return {
      setting: 'objective',
      reason:
        needs.posterior === 'factorized'
          ? `${kind} takes q(z|x) apart latent by latent, and a ${describePosterior(model)} posterior has latents that ` +
            'depend on each other; use the posterior diagonal without a flow.'
          : `${kind} differentiates through draws of q(z|x), and those of a ${posterior.kind} do not carry the gradient ` +
            'of its weights; use the objective elbo, score or vimco, or another posterior.',
    };
  }
  if (training.batchSize < needs.batch) {
    return {
      setting: 'batchSize',
      reason: `${kind} compares the examples of a batch, so it needs at least ${needs.batch}, and batchSize is ${training.batchSize}.`,
    };
  }
  if (training.freeBits > 0 && !takesFreeBits) {
    return {
      setting: 'freeBits',
      reason: `freeBits is ${training.freeBits}, but ${kind} has no KL of its own to compare it with; use 0, or the objective elbo.`,
    };
  }
  if (training.binarization !== 'none' && likelihood.kind !== 'bernoulli') {
    return {
      setting: 'binarization',
      reason:
        `binarization is ${training.binarization}, which makes zeros and ones, but the likelihood ${likelihood.kind} is about ` +
        `${likelihoods[likelihood.kind].support.wanted} as they are; use none, or the likelihood bernoulli.`,
    };
  }
  return undefined;
}

/** How far the draws of a model's posterior carry gradients, its flow included. */
export function posteriorGradients({ posterior, flow }: VaeSettings): PosteriorGradients {
  const { gradients } = posteriors[posterior.kind];
  return gradients === 'factorized' && flow.kind !== 'none' ? 'reparameterized' : gradients;
}

function describePosterior({ posterior, flow }: VaeSettings): string {
  return flow.kind === 'none' ? posterior.kind : `${posterior.kind} ${flow.kind}-flow`;
}

/** @throws ArgumentError with the reason, where a model cannot be trained that way. */
export function requireCombination(model: VaeSettings, training: TrainingSettings): void {
  const problem = combinationProblem(model, training);
  if (problem) throw new ArgumentError('train', problem.setting, undefined, problem.reason);
}
