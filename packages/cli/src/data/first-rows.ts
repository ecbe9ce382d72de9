import type { Tensor } from '@reparam/tensor';

/** The first `count` rows of [N, …], or all of them where there are fewer. */
export function firstRows(examples: Tensor, count: number): Tensor {
  return examples.slice([[0, Math.min(count, examples.shape[0]!)]]);
}
