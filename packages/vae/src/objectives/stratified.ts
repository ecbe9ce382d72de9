import type { Variable } from '@reparam/autograd';
import type { RandomKey } from '@reparam/tensor';
import type { Distribution } from '../distributions/distribution.ts';

/** A mixture that can be drawn from component by component. */
export interface StratifiedDistribution extends Distribution {
  /** One draw from every component, and the logarithm of its weight: [K, ...batch, ...event] and [K, ...batch]. */
  stratified(key: RandomKey): { readonly sample: Variable; readonly logWeights: Variable };
}

export function isStratified(distribution: Distribution): distribution is StratifiedDistribution {
  return 'stratified' in distribution && typeof distribution.stratified === 'function';
}
