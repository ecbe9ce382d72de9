import type { Operand, Variable } from '@reparam/autograd';
import type { RandomKey } from '@reparam/tensor';
import type { Distribution } from '../distributions/distribution.ts';

/** What every objective is a function of. */
export interface ObjectiveOptions {
  /** [...batch, ...], an example for each distribution of the posterior's batch. */
  readonly x: Operand;
  /** q(z|x): a batch of distributions. */
  readonly posterior: Distribution;
  /** p(z) */
  readonly prior: Distribution;
  /** p(x|z) for a batch of z. */
  readonly decode: (z: Variable) => Distribution;
  readonly key: RandomKey;
  /** β: what the KL counts for in the loss; 1 unless told. One that changes from step to step may be a scalar tensor. */
  readonly klWeight?: Operand;
}

/** What every objective returns: means over the batch, in nats per example. */
export interface ObjectiveTerms {
  /** E_q ln p(x|z), averaged over the draws. */
  readonly reconstruction: Variable;
  /** KL(q(z|x) ‖ p(z)) */
  readonly kl: Variable;
  /** [D], where the KL splits over latents. */
  readonly klPerLatent?: Variable;
  /** reconstruction − kl, whatever the loss weighs: a lower bound on ln p(x). */
  readonly elbo: Variable;
  /** What training minimises. */
  readonly loss: Variable;
  /** The mean of what a score-function gradient rests on, for a running mean of it as a baseline. */
  readonly signal?: Variable;
  /** Whether the KL is a Monte Carlo estimate. */
  readonly klEstimated: boolean;
}

/** [...batch, D] → [D] */
export function meanOverBatch(x: Variable): Variable {
  return x.mean({ axes: x.shape.slice(0, -1).map((_, axis) => axis) });
}
