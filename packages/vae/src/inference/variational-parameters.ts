import { stack, type Variable } from '@reparam/autograd';
import type { Module } from '@reparam/nn';
import type { RandomKey } from '@reparam/tensor';
import { requireCount, requireNonNegative } from '../objectives/arguments.ts';
import { ParameterPosterior, type ParameterPosteriorOptions } from './parameter-posterior.ts';
import { withParameters } from './with-parameters.ts';

export interface ParameterElboOptions {
  /** ln p(y|x, w) of each example of the minibatch, computed with the module that is inferred: [batch]. */
  readonly logLikelihood: () => Variable;
  /** Examples in the whole data set, over which the KL is shared out. */
  readonly dataCount: number;
  readonly key: RandomKey;
  /** Draws of the parameters, averaged over; 1 unless told. */
  readonly samples?: number;
  /** What the KL counts for in the loss; 1 unless told. */
  readonly klWeight?: number;
}

/** In nats per example; times `dataCount` they are those of the data set. */
export interface ParameterElboTerms {
  /** E_q ln p(y|x, w), a mean over the minibatch and the draws. */
  readonly logLikelihood: Variable;
  /** KL(q(w) ‖ p(w)) / dataCount */
  readonly kl: Variable;
  /** logLikelihood − kl: a lower bound on ln p(data) / dataCount. */
  readonly elbo: Variable;
  /** klWeight·kl − logLikelihood: what training minimises. */
  readonly loss: Variable;
  readonly klEstimated: boolean;
}

/**
 * Variational inference over the parameters of a module (Bayes by backprop, Blundell et al. 2015): they are random
 * variables with the posterior q(w), whose means and scales are what an optimiser trains:
 * `adam(variational.namedParameters())` along the gradient of `variational.elbo(…).loss`. The module itself is not
 * changed, only computed with.
 */
export class VariationalParameters extends ParameterPosterior {
  readonly #module: Module;

  /** @throws ArgumentError, DTypeError and ShapeError as {@link ParameterPosterior}. */
  constructor(module: Module, options?: ParameterPosteriorOptions) {
    super(module.namedParameters(), options);
    this.#module = module;
  }

  /** Runs `fn` while the module computes with a draw from q(w), through which gradients flow to means and scales. */
  withSample<T>(key: RandomKey, fn: () => T): T {
    return withParameters(this.#module, this.draw(key).values, fn);
  }

  /** Runs `fn` while the module computes with the means of q(w). */
  withMeans<T>(fn: () => T): T {
    return withParameters(this.#module, this.means(), fn);
  }

  /** Gives the module the means of q(w) for good, for a prediction without uncertainty. */
  assignMeans(): void {
    for (const [parameter, { value }] of this.means()) parameter.assign(value);
  }

  /**
   * E_q ln p(data|w) − KL(q(w) ‖ p(w)) over the number of examples, from reparameterised draws. @throws ArgumentError on options out of range.
   */
  elbo({
    logLikelihood,
    dataCount,
    key,
    samples = 1,
    klWeight = 1,
  }: ParameterElboOptions): ParameterElboTerms {
    requireCount('elbo', 'dataCount', dataCount);
    requireCount('elbo', 'samples', samples);
    requireNonNegative('elbo', 'klWeight', klWeight);
    const keys = samples === 1 ? [key] : key.split(samples);
    const draws = keys.map((each) => {
      const { values, kl } = this.draw(each);
      return { kl, fit: withParameters(this.#module, values, logLikelihood).mean() };
    });
    const { estimated } = draws[0]!.kl;
    const fit = stack(draws.map((each) => each.fit)).mean();
    const divergences = (estimated ? draws : draws.slice(0, 1)).map((each) => each.kl.value);
    const kl = stack(divergences).mean().div(dataCount);
    return {
      logLikelihood: fit,
      kl,
      elbo: fit.sub(kl),
      loss: kl.mul(klWeight).sub(fit),
      klEstimated: estimated,
    };
  }
}
