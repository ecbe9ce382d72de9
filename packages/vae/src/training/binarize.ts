import {
  bernoulli,
  constant,
  scalarFunctions as f,
  input,
  map,
  type RandomKey,
  type Tensor,
} from '@reparam/tensor';
import type { Binarization } from './settings.ts';

const aboveHalf = f.less(constant(0.5), input(0));

/** A batch of values in 0…1 as a Bernoulli likelihood wants it. */
export function binarize(x: Tensor, binarization: Binarization, key: RandomKey): Tensor {
  if (binarization === 'none') return x;
  return binarization === 'threshold' ? map(aboveHalf, [x], 'binarize') : bernoulli(key, x);
}
