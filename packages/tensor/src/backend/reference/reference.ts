import type { Backend } from '../backend.ts';
import { copy } from './copy.ts';
import { gather, scatterAdd } from './gather.ts';
import { map } from './map.ts';
import { matmul } from './matmul.ts';
import { random } from './random.ts';
import { reduce } from './reduce.ts';

/** Plain loops over typed arrays, for every element type: written to be read, and the oracle of the others. */
export const referenceBackend: Backend = {
  name: 'reference',
  map,
  reduce,
  matmul,
  gather,
  scatterAdd,
  copy,
  random,
};
