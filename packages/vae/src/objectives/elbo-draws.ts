import { type Operand, stack, stopGradient, type Variable } from '@reparam/autograd';
import type { RandomKey } from '@reparam/tensor';
import type { StratifiedDistribution } from '../distributions/stratified.ts';
import { drawWithKl, type KlDivergence, kl } from './kl.ts';
import { logLikelihoodOfDraws } from './likelihood.ts';
import { type Baseline, scoreFunctionTerm } from './score-function.ts';
import type { ObjectiveOptions } from './terms.ts';

/** What the ELBO is made of, by one way to draw. */
export interface ElboDraws {
  /** ln p(x|z), over draws and batch. */
  readonly logLikelihood: Variable;
  readonly kl: KlDivergence;
  /** What brings the score-function gradient, and the signal it rests on. */
  readonly score?: { readonly term: Variable; readonly signal: Variable };
}

/** Through reparameterised draws, with the KL in closed form where there is one. */
export function drawPathwise(options: ObjectiveOptions, samples: number): ElboDraws {
  const { x, posterior, prior, decode, key } = options;
  if (samples === 1) {
    const { z, kl: divergence } = drawWithKl(posterior, prior, key);
    return { logLikelihood: decode(z).logProb(x), kl: divergence };
  }
  const draws = key.split(samples).map((each) => drawWithKl(posterior, prior, each));
  const z = stack(draws.map((draw) => draw.z));
  const [first, ...others] = draws.map((draw) => draw.kl) as [KlDivergence, ...KlDivergence[]];
  const value = first.estimated ? stack([first, ...others].map((each) => each.value)) : first.value;
  return {
    logLikelihood: logLikelihoodOfDraws('elbo', options, z),
    kl: first.estimated ? { value, estimated: true } : first,
  };
}

/**
 * Through reparameterised draws, without the score of ln q: ln q(z) is taken with constant parameters, so that the
 * gradient has no variance left where q is the exact posterior (Roeder et al. 2017).
 */
export function drawSticking(options: ObjectiveOptions, samples: number): ElboDraws {
  const { posterior, prior, key } = options;
  const z = posterior.sample(key, [samples]);
  const value = posterior.detach().logProb(z).sub(prior.logProb(z));
  return { logLikelihood: logLikelihoodOfDraws('elbo', options, z), kl: { value, estimated: true } };
}

/**
 * A draw from each component of a mixture, weighted with π: Σ_k π_k E_{q_k}[…] carries the gradient of the weights,
 * which a draw of the component does not (Morningstar et al. 2021).
 */
export function drawStrata(
  options: ObjectiveOptions & { readonly posterior: StratifiedDistribution },
  samples: number,
): ElboDraws {
  const keys = samples === 1 ? [options.key] : options.key.split(samples);
  const strata = keys.map((key) => drawStratum(options, key));
  return {
    logLikelihood: stack(strata.map((each) => each.logLikelihood)),
    kl: { value: stack(strata.map((each) => each.kl)), estimated: true },
  };
}

function drawStratum(
  options: ObjectiveOptions & { readonly posterior: StratifiedDistribution },
  key: RandomKey,
): { logLikelihood: Variable; kl: Variable } {
  const { posterior, prior } = options;
  const { sample, logWeights, logProb } = posterior.stratified(key);
  const overComponents = (ofComponent: Variable): Variable =>
    ofComponent.mul(logWeights.exp()).sum({ axes: 0 });
  return {
    logLikelihood: overComponents(logLikelihoodOfDraws('elbo', options, sample)),
    kl: overComponents(logProb.sub(prior.logProb(sample))),
  };
}

/** Through ln q of constant draws, for any posterior; the KL takes no part in the signal where it has a closed form. */
export function drawScore(
  options: ObjectiveOptions,
  samples: number,
  baseline: Baseline,
  klWeight: Operand,
): ElboDraws {
  const { posterior, prior, key } = options;
  const [keyDraw, keyKl] = key.split(2) as [RandomKey, RandomKey];
  const z = stopGradient(posterior.sample(keyDraw, [samples]));
  const logLikelihood = logLikelihoodOfDraws('elbo', options, z);
  const logProb = posterior.logProb(z);
  const closed = kl(posterior, prior, keyKl);
  const divergence = closed.estimated
    ? { value: stopGradient(logProb).sub(prior.logProb(z)), estimated: true }
    : closed;
  const signal = closed.estimated ? logLikelihood.sub(divergence.value.mul(klWeight)) : logLikelihood;
  return {
    logLikelihood,
    kl: divergence,
    score: {
      term: scoreFunctionTerm({ signal, logProb, baseline }).mean(),
      signal: stopGradient(signal).mean(),
    },
  };
}
