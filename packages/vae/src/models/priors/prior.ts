import { Module } from '@reparam/nn';
import type { RandomKey, Tensor } from '@reparam/tensor';
import { DiagonalNormal } from '../../distributions/diagonal-normal.ts';
import type { Distribution } from '../../distributions/distribution.ts';

/** A module that gives p(z). */
export abstract class Prior extends Module {
  abstract forward(): Distribution;

  /**
   * Sets what is best set by looking at data, before the first step: examples [N, features], and q(z|x) as it is
   * then. Most priors have nothing of the kind.
   * @returns whether anything was set.
   */
  initialize(_examples: Tensor, _encode: (x: Tensor) => Distribution, _key: RandomKey): boolean {
    return false;
  }
}

export interface PriorShape {
  readonly features: number;
  readonly latent: number;
  readonly dtype: 'float32' | 'float64';
}

/** N(0, I), without parameters. */
export class StandardNormalPrior extends Prior {
  readonly #distribution: DiagonalNormal;

  constructor({ latent, dtype }: Pick<PriorShape, 'latent' | 'dtype'>) {
    super();
    this.#distribution = DiagonalNormal.standard(latent, dtype);
  }

  override forward(): Distribution {
    return this.#distribution;
  }
}
