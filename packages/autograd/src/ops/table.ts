import { type OperationRecord, operationKinds } from '../operation.ts';
import * as operations from './all.ts';

function compare(a: OperationRecord, b: OperationRecord): number {
  if (a.kind !== b.kind) return operationKinds.indexOf(a.kind) - operationKinds.indexOf(b.kind);
  return a.name < b.name ? -1 : 1;
}

/**
 * Every public operation's record: what the gradient checks, the tables and the docs run over. By kind, then by
 * name: modules have no other order.
 */
export const operationTable: readonly OperationRecord[] = Object.values(operations)
  .map(({ operation }) => operation)
  .sort(compare);
