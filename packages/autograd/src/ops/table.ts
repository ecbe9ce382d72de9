import type { OperationRecord } from '../operation.ts';
import * as elementwise from './elementwise.ts';
import * as indexing from './indexing.ts';
import * as linearAlgebra from './matmul.ts';
import * as movement from './movement.ts';
import * as reductions from './reductions.ts';

/** Every public operation's record: what the gradient checks, the tables and the docs run over. */
export const operationTable: readonly OperationRecord[] = [
  elementwise,
  reductions,
  linearAlgebra,
  movement,
  indexing,
].flatMap((module) =>
  Object.values(module).flatMap((exported) => ('operation' in exported ? [exported.operation] : [])),
);
