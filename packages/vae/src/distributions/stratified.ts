import type { Variable } from '@reparam/autograd';
import type { RandomKey, Shape } from '@reparam/tensor';
import type { Distribution } from './distribution.ts';

/** Draws of every component of a mixture, and what each component counts for. */
export interface StratifiedSample {
  /** [K, ...sampleShape, ...batch, ...event] */
  readonly sample: Variable;
  /** ln πₖ: [K, ...batch] with axes of length 1 in place of the sample shape. */
  readonly logWeights: Variable;
  /** ln of the whole mixture's density at each draw: [K, ...sampleShape, ...batch] */
  readonly logProb: Variable;
}

/** A mixture that can be drawn from component by component. */
export interface StratifiedDistribution extends Distribution {
  /**
   * A draw from each component with the logarithm of its weight: Σₖ πₖ f(zₖ) estimates E f(z) with the gradients of
   * the weights too, as the stratified ELBO needs it (Morningstar et al. 2021, eq. 6).
   */
  stratified(key: RandomKey, sampleShape?: Shape): StratifiedSample;
}

export function isStratified(distribution: Distribution): distribution is StratifiedDistribution {
  return 'stratified' in distribution && typeof distribution.stratified === 'function';
}
