import { identify, type OperationRecord, type Rules, type Sample } from '../../operation.ts';

/** The record of an operation that moves elements about and computes nothing. */
export function movement<P>(
  source: Rules<P> | string,
  formula: string,
  samples: readonly Sample[],
): OperationRecord {
  return { ...identify(source), kind: 'movement', formula, domain: 'all reals', kinks: [], samples };
}
