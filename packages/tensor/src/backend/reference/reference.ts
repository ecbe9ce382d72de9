import type { Backend } from '../backend.ts';
import { cholesky } from './cholesky.ts';
import { copy } from './copy.ts';
import { gather, scatterAdd } from './gather.ts';
import { map } from './map.ts';
import { matmul } from './matmul.ts';
import { random } from './random.ts';
import { reduce } from './reduce.ts';
import { sort } from './sort.ts';
import { triangularSolve } from './triangular-solve.ts';

/** Plain loops over typed arrays, for every element type: written to be read, and the oracle of the others. */
export const referenceBackend: Backend = {
  name: 'reference',
  map,
  reduce,
  matmul,
  gather,
  scatterAdd,
  copy,
  cholesky,
  triangularSolve,
  sort,
  random,
};
