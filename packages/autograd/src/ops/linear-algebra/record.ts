import { identify, type OperationRecord, type Rules, type Sample } from '../../operation.ts';

/** The record of an operation of linear algebra; none of them has kinks. */
export function linearAlgebra<P>(
  source: Rules<P> | string,
  facts: { readonly formula: string; readonly domain?: string; readonly samples: readonly Sample[] },
): OperationRecord {
  return { ...identify(source), kind: 'linear algebra', domain: 'all reals', kinks: [], ...facts };
}
