import { parameter, type Variable } from '@reparam/autograd';
import { Module } from '@reparam/nn';
import { normal, type RandomKey, zeros } from '@reparam/tensor';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import type { Distribution } from '../distributions/distribution.ts';
import { NormalMixture } from '../distributions/normal-mixture.ts';
import type { VaeSettings } from './settings.ts';

/** A module that gives p(z). */
export abstract class Prior extends Module {
  abstract forward(): Distribution;
}

/** N(0, I), without parameters. */
export class StandardNormalPrior extends Prior {
  readonly #distribution: DiagonalNormal;

  constructor({ latent, dtype }: Pick<VaeSettings, 'latent' | 'dtype'>) {
    super();
    this.#distribution = DiagonalNormal.standard(latent, dtype);
  }

  override forward(): Distribution {
    return this.#distribution;
  }
}

/** A trainable mixture of K diagonal normals: weights, means and scales are learned with the rest. */
export class MixturePrior extends Prior {
  /** [K] */
  readonly logits: Variable;
  /** [K, latent], drawn from N(0, I) at first so that components differ. */
  readonly locations: Variable;
  /** ln σ: [K, latent] */
  readonly logScales: Variable;

  constructor({ latent, dtype }: Pick<VaeSettings, 'latent' | 'dtype'>, components: number, key: RandomKey) {
    super();
    this.logits = parameter(zeros([components], { dtype }), 'logits');
    this.locations = parameter(normal(key, [components, latent], { dtype }), 'locations');
    this.logScales = parameter(zeros([components, latent], { dtype }), 'logScales');
  }

  override forward(): Distribution {
    return new NormalMixture(this.logits, DiagonalNormal.fromLogScale(this.locations, this.logScales));
  }
}

export function createPrior(settings: VaeSettings, key: RandomKey): Prior {
  const { prior } = settings;
  return prior.kind === 'mixture'
    ? new MixturePrior(settings, prior.components, key)
    : new StandardNormalPrior(settings);
}
