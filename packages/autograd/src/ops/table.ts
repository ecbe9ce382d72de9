import type { OperationRecord } from '../operation.ts';
import * as elementwise from './elementwise.ts';
import * as indexing from './indexing.ts';
import * as linearAlgebra from './matmul.ts';
import * as movement from './movement.ts';
import * as reductions from './reductions.ts';

/**
 * Every public operation's record: what the gradient checks, the tables and the docs run over. By kind, then by
 * name: a module's exports have no other order.
 */
export const operationTable: readonly OperationRecord[] = [
  elementwise,
  reductions,
  linearAlgebra,
  movement,
  indexing,
].flatMap((module) =>
  Object.values(module)
    .flatMap((exported) => ('operation' in exported ? [exported.operation] : []))
    .sort((a, b) => (a.name < b.name ? -1 : 1)),
);
