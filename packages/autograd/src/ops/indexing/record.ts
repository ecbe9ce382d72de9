import { identify, type OperationRecord, type Rules, type Sample } from '../../operation.ts';

/** The record of an operation that reads or writes at positions given as numbers. */
export function indexing<P>(
  source: Rules<P> | string,
  formula: string,
  samples: readonly Sample[],
  domain = 'indices inside the axis',
): OperationRecord {
  return { ...identify(source), kind: 'indexing', formula, domain, kinks: [], samples };
}
