import {
  ArgumentError,
  arange,
  type DType,
  formatShape,
  IndexError,
  input,
  isRecorded,
  map,
  scalarFunctions,
  type Tensor,
} from '@reparam/tensor';
import { documented, type Rules, withoutGradient } from '../../operation.ts';
import { apply } from '../../tape.ts';
import type { Variable } from '../../variable.ts';
import { mul } from '../elementwise.ts';
import { matrix, sample, vector } from '../samples.ts';
import { type Indices, requireInt32, toIndices } from './positions.ts';
import { indexing } from './record.ts';

interface Encoding {
  readonly count: number;
  readonly dtype: DType;
}

const isIndex = scalarFunctions.equal(input(0), input(1));

function requireClasses(indices: Tensor, count: number): void {
  requireInt32('oneHot', indices);
  // What a program computes is seen only when it runs; one that is no class gives zeros there.
  if (isRecorded(indices)) return;
  const bad = indices.toTypedArray().find((index) => index < 0 || index >= count);
  if (bad !== undefined) {
    const shape = [...indices.shape, count];
    throw new IndexError(
      'oneHot',
      `index ${bad} in indices ${formatShape(indices.shape)} is none of ${count} classes: they run from 0 to ` +
        `${count - 1}.`,
      bad,
      indices.rank,
      shape,
    );
  }
}

// Piecewise constant in its indices, so nothing flows back through it.
const oneHotRules: Rules<Encoding> = {
  name: 'oneHot',
  forward: ([indices], { count, dtype }) => {
    requireClasses(indices!, count);
    const column = indices!.reshape([...indices!.shape, 1]);
    return map(isIndex, [column, arange(0, count, 1, { dtype: 'int32' })], 'oneHot').cast(dtype);
  },
  ...withoutGradient,
};

/**
 * A one at each index and zeros elsewhere, along a new last axis: [...indices] → [...indices, count], float32 unless
 * told. Indices are int32 or plain whole numbers 0 … count − 1; negative ones are refused, as they most often stand
 * for labels that are missing. @throws IndexError on an index outside, DTypeError, ArgumentError.
 */
export const oneHot = documented(
  (indices: Indices, count: number, dtype: DType = 'float32'): Variable => {
    if (!(Number.isInteger(count) && count > 0)) {
      throw new ArgumentError('oneHot', 'count', count, `count is ${count}; use a whole number ≥ 1.`);
    }
    return apply(oneHotRules, [toIndices('oneHot', indices)], { count, dtype });
  },
  (f) =>
    indexing(
      'oneHot',
      'y[i, j] = 1 where j = indices[i], else 0',
      [
        sample((x) => mul(f(2, 3, 'float64'), x!), vector),
        sample((x) => mul(f([2, 0], 3, 'float64'), x!), matrix),
      ],
      'indices 0 … count - 1; without gradient',
    ),
);
