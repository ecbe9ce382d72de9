import { parameter, type Variable } from '@reparam/autograd';
import { normal, type RandomKey, tensor, zeros } from '@reparam/tensor';
import { DiagonalNormal } from '../../distributions/diagonal-normal.ts';
import type { Distribution } from '../../distributions/distribution.ts';
import { FullNormal, triangleSize } from '../../distributions/full-normal.ts';
import { Mixture } from '../../distributions/mixture.ts';
import { inverseSoftplus } from '../inverse-softplus.ts';
import { Prior, type PriorShape } from './prior.ts';

type MixtureShape = Pick<PriorShape, 'latent' | 'dtype'>;

/** A trainable mixture of K normals: weights, means and covariances are learned with the rest. */
abstract class NormalMixturePrior extends Prior {
  /** [K] */
  readonly logits: Variable;
  /** [K, latent], drawn from N(0, I) at first so that components differ. */
  readonly locations: Variable;

  constructor({ latent, dtype }: MixtureShape, components: number, key: RandomKey) {
    super();
    this.logits = parameter(zeros([components], { dtype }), 'logits');
    this.locations = parameter(normal(key, [components, latent], { dtype }), 'locations');
  }
}

/** Diagonal covariances. */
export class MixturePrior extends NormalMixturePrior {
  /** ln σ: [K, latent] */
  readonly logScales: Variable;

  constructor(shape: MixtureShape, components: number, key: RandomKey) {
    super(shape, components, key);
    this.logScales = parameter(zeros([components, shape.latent], { dtype: shape.dtype }), 'logScales');
  }

  override forward(): Distribution {
    return new Mixture(this.logits, DiagonalNormal.fromLogScale(this.locations, this.logScales));
  }
}

/** Full covariances L·Lᵀ, which turn and stretch components any way. */
export class FullMixturePrior extends NormalMixturePrior {
  /** The lower triangles row by row, softplus⁻¹ of their diagonals: [K, latent(latent + 1)/2] */
  readonly triangles: Variable;

  constructor(shape: MixtureShape, components: number, key: RandomKey) {
    super(shape, components, key);
    const { latent, dtype } = shape;
    const identity = new Float64Array(triangleSize(latent));
    for (let row = 0; row < latent; row++) identity[triangleSize(row + 1) - 1] = inverseSoftplus(1);
    const start = tensor([...identity], { dtype }).expand([components, identity.length]);
    this.triangles = parameter(start, 'triangles');
  }

  override forward(): Distribution {
    return new Mixture(this.logits, FullNormal.fromUnconstrained(this.locations, this.triangles));
  }
}
