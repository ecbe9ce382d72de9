import { Variable } from '@reparam/autograd';
import type { Tensor } from '@reparam/tensor';

/** Of examples [count, features] about the mean of each feature. */
export function standardDeviation(examples: Tensor): number {
  const x = new Variable(examples);
  return x
    .sub(x.mean({ axes: 0 }))
    .square()
    .mean()
    .sqrt()
    .item();
}
