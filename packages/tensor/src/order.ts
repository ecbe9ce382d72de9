import { backend } from './backend/backend.ts';
import { scalar } from './create.ts';
import { input } from './expression/expression.ts';
import { subtract } from './expression/functions.ts';
import { map } from './primitives.ts';
import { normalizeAxis } from './shape.ts';
import type { Tensor } from './tensor.ts';

export interface SortOptions {
  /** The axis to sort along, negative from the end; the last unless told. */
  readonly axis?: number;
  /** From the largest down; from the smallest up unless told. */
  readonly descending?: boolean;
}

/**
 * The int32 positions along an axis that put it in order. Equal elements keep their order, either way; NaN counts
 * as larger than all numbers. @throws AxisError on a bad axis, also for a scalar.
 */
export function argsort(x: Tensor, { axis = -1, descending = false }: SortOptions = {}): Tensor {
  const resolved = normalizeAxis('argsort', axis, x.shape);
  const rows = x.transpose(resolved, -1);
  return (descending ? descendingPositions(rows) : backend().sort(rows)).transpose(resolved, -1);
}

/** Increasing order read backwards; of rows that run backwards themselves, so that ties still keep their order. */
function descendingPositions(rows: Tensor): Tensor {
  const last = rows.shape.at(-1)! - 1;
  const positions = backwards(backend().sort(backwards(rows)));
  return map(subtract(input(0), input(1)), [scalar(last, { dtype: 'int32' }), positions]);
}

function backwards(rows: Tensor): Tensor {
  return rows.slice(rows.shape.map((_, axis) => (axis === rows.rank - 1 ? [null, null, -1] : null)));
}
