import { customGradient, stopGradient, type Variable, where } from '@reparam/autograd';
import { ArgumentError, eye } from '@reparam/tensor';
import { requireCount, requireReparameterized, requireWeight } from './arguments.ts';
import { logLikelihoodOfDraws } from './likelihood.ts';
import { meanOfOthers } from './score-function.ts';
import type { ObjectiveOptions, ObjectiveTerms } from './terms.ts';

/**
 * How the gradient by the posterior's parameters is estimated.
 * - `pathwise`: the derivative of the bound through the draws. Its signal-to-noise ratio falls as 1/√K.
 * - `doubly-reparameterized`: the same without the score terms that hide in it, whose ratio grows as √K (DReG,
 *   Tucker et al. 2019).
 * - `score`: through ln q alone, for draws without gradients, each compared with what the others promise (VIMCO, Mnih &
 *   Rezende 2016).
 */
export const importanceEstimators = ['pathwise', 'doubly-reparameterized', 'score'] as const;

export type ImportanceEstimator = (typeof importanceEstimators)[number];

export interface ImportanceOptions extends ObjectiveOptions {
  /** K, the draws for each example. */
  readonly samples: number;
  /** `pathwise` unless told. */
  readonly estimator?: ImportanceEstimator;
}

export interface ImportanceTerms extends ObjectiveTerms {
  /** The bound that is named, with the KL at weight 1. */
  readonly bound: Variable;
  /** (Σw)²/Σw² of the importance weights, from 1 to K: how many draws do the work. */
  readonly effectiveSamples: Variable;
}

/** ln p(x|z), ln p(z) and ln q(z|x) of every draw: [samples, ...batch] each. */
interface Draws {
  readonly logLikelihood: Variable;
  readonly logPrior: Variable;
  readonly logPosterior: Variable;
}

/**
 * 1/(1 − α) · ln (1/K) Σ_k w_k^(1 − α) with w = p(x|z) (p(z)/q(z|x))^β, averaged over the batch: the importance-weighted
 * bound at α = 0 and the Monte Carlo ELBO at α = 1. The loss is minus that.
 *
 * Its total derivative by the posterior's parameters φ is Σ w̃ ∂ln w with w̃ = softmax((1 − α) ln w). The part through
 * ln q_φ itself is a score, and E[f(z) ∂_φ ln q_φ(z)] = E[∂f/∂z ∂z/∂φ] (Tucker et al. 2019) turns it into a path
 * too: Σ (w̃ − c(w̃ − w̃²)) ∂ln w/∂z ∂z/∂φ with c = β(1 − α), while all else keeps w̃. At α = 0, β = 1 that is
 * their estimator, at α = 1 it is sticking the landing.
 */
export function importanceBound(
  operation: string,
  { samples, estimator = 'pathwise', klWeight = 1, ...options }: ImportanceOptions,
  alpha: number,
): ImportanceTerms {
  requireCount(operation, 'samples', samples);
  requireWeight(operation, 'klWeight', klWeight);
  const power = 1 - alpha;
  let pathScale: Variable | undefined;
  const draws = draw(operation, options, samples, estimator, () => pathScale!);
  const logRatio = draws.logPrior.sub(draws.logPosterior);
  const logWeight = draws.logLikelihood.add(logRatio.mul(klWeight));
  // w̃ − c(w̃ − w̃²) is w̃ times this, and w̃ is what the bound's own derivative brings.
  if (estimator === 'doubly-reparameterized') {
    const share = stopGradient(logWeight).mul(power).softmax(0);
    pathScale = share.sub(1).mul(power).mul(klWeight).add(1);
  }
  const objective = powerMean(logWeight, power);
  const score = estimator === 'score' ? scoreTerm(logWeight, draws.logPosterior, power) : undefined;
  const logRealWeight = klWeight === 1 ? logWeight : draws.logLikelihood.add(logRatio);
  const reconstruction = draws.logLikelihood.mean();
  const kl = logRatio.mean().neg();
  return {
    reconstruction,
    kl,
    elbo: reconstruction.sub(kl),
    bound: (klWeight === 1 ? objective : powerMean(logRealWeight, power)).mean(),
    loss: (score ? objective.add(score) : objective).mean().neg(),
    klEstimated: true,
    effectiveSamples: effectiveSamples(stopGradient(logRealWeight)).mean(),
  };
}

function draw(
  operation: string,
  options: ObjectiveOptions,
  samples: number,
  estimator: ImportanceEstimator,
  pathScale: () => Variable,
): Draws {
  const { posterior, prior, key } = options;
  const finish = (z: Variable, logPosterior: Variable): Draws => ({
    logLikelihood: logLikelihoodOfDraws(operation, options, z),
    logPrior: prior.logProb(z),
    logPosterior,
  });
  if (estimator === 'score') {
    const z = stopGradient(posterior.sample(key, [samples]));
    return finish(z, posterior.logProb(z));
  }
  requireReparameterized(operation, posterior, "Use { estimator: 'score' }.");
  if (estimator === 'pathwise') {
    const { sample, logProb } = posterior.sampleAndLogProb(key, [samples]);
    return finish(sample, logProb);
  }
  const z = scalePath(posterior.sample(key, [samples]), pathScale, posterior.eventShape.length);
  return finish(z, posterior.detach().logProb(z));
}

/** The same draws, whose cotangents are scaled draw by draw on their way back; the scale is known by then. */
function scalePath(z: Variable, scale: () => Variable, eventRank: number): Variable {
  return customGradient({
    name: 'doublyReparameterized',
    forward: (draws) => draws,
    vjp: (cotangent) => {
      const perDraw = scale();
      return [cotangent.mul(perDraw.reshape([...perDraw.shape, ...new Array<number>(eventRank).fill(1)]))];
    },
  })(z);
}

/** 1/p · ln mean_k w_k^p over the first axis, which for p → 0 is mean_k ln w_k. */
function powerMean(logWeight: Variable, power: number, axis = 0): Variable {
  if (power === 0) return logWeight.mean({ axes: axis });
  const sum = logWeight.mul(power).logsumexp({ axes: axis });
  return sum.sub(Math.log(logWeight.shape[axis]!)).div(power);
}

/**
 * Σ_k (L − L₋ₖ)·(ln q_k − ln q_k), where L₋ₖ is the bound L with ln w_k replaced by the mean of the others (VIMCO,
 * Mnih & Rezende 2016): 0, with the score-function gradient.
 */
function scoreTerm(logWeight: Variable, logPosterior: Variable, power: number): Variable {
  const signal = stopGradient(logWeight);
  const [samples, ...batch] = signal.shape as [number, ...number[]];
  // One bound a row, with the row's own draw replaced.
  const own = eye(samples, samples, { dtype: signal.dtype }).reshape([
    samples,
    samples,
    ...batch.map(() => 1),
  ]);
  const replaced = where(own, meanOfOthers(signal).unsqueeze(1), signal.unsqueeze(0));
  const gain = powerMean(signal, power).sub(powerMean(replaced, power, 1));
  return gain.mul(logPosterior.sub(stopGradient(logPosterior))).sum({ axes: 0 });
}

function effectiveSamples(logWeight: Variable): Variable {
  const total = logWeight.logsumexp({ axes: 0 }).mul(2);
  return total.sub(logWeight.mul(2).logsumexp({ axes: 0 })).exp();
}

/** @throws ArgumentError unless α is a finite number. */
export function requireOrder(operation: string, alpha: number): void {
  if (Number.isFinite(alpha)) return;
  throw new ArgumentError(operation, 'alpha', alpha, `alpha is ${alpha}; it must be a finite number.`);
}
