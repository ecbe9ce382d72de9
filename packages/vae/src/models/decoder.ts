import { type Operand, parameter, type Variable } from '@reparam/autograd';
import { Linear, Module, normalInitializer, type Sequential } from '@reparam/nn';
import { full, type RandomKey } from '@reparam/tensor';
import { Bernoulli } from '../distributions/bernoulli.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import type { Distribution } from '../distributions/distribution.ts';
import { trunk } from './encoder.ts';
import type { VaeSettings } from './settings.ts';

const defaultInitialScale = 0.1;

/** p(x|z): independent coins from logits, or independent normals. */
export class Decoder extends Module {
  readonly trunk: Sequential | undefined;
  /** Logits of a Bernoulli, means of a Gaussian. */
  readonly location: Linear;
  /** ln σ² of a Gaussian, one number for all features, when that is learned. */
  readonly logVariance: Variable | undefined;
  /** Unconstrained σ for every feature, when the network gives it. */
  readonly rawScale: Linear | undefined;
  readonly #settings: VaeSettings;

  constructor(settings: VaeSettings, key: RandomKey) {
    super();
    const { features, hidden, latent, likelihood, dtype } = settings;
    const [keyTrunk, keyLocation, keyScale] = key.split(3) as [RandomKey, RandomKey, RandomKey];
    const widths = hidden.toReversed();
    const inputs = widths.at(-1) ?? latent;
    this.#settings = settings;
    this.trunk = trunk([latent, ...widths], settings, keyTrunk);
    this.location = new Linear({ inputs, outputs: features, key: keyLocation, dtype });
    if (likelihood.kind === 'bernoulli') return;
    const { scale, initialScale = defaultInitialScale } = likelihood;
    if (scale === 'learned') {
      this.logVariance = parameter(full([1], 2 * Math.log(initialScale), { dtype }), 'logVariance');
    }
    if (scale === 'network') {
      const initializer = normalInitializer(0.01);
      this.rawScale = new Linear({ inputs, outputs: features, key: keyScale, initializer, dtype });
      this.rawScale.bias?.assign(full([features], inverseSoftplus(initialScale), { dtype }));
    }
  }

  /** z: [B, latent] → a batch of B distributions over [features]. */
  forward(z: Operand): Distribution {
    const hidden = this.trunk ? this.trunk.forward(z) : z;
    const location = this.location.forward(hidden);
    const { likelihood } = this.#settings;
    if (likelihood.kind === 'bernoulli') return new Bernoulli(location);
    if (this.rawScale) return DiagonalNormal.fromSoftplus(location, this.rawScale.forward(hidden));
    if (this.logVariance)
      return DiagonalNormal.fromLogVariance(location, this.logVariance.expand(location.shape));
    return DiagonalNormal.fromLogScale(location, Math.log(likelihood.scale as number));
  }
}

/** The x with softplus(x) = y: ln(eʸ − 1), written so that it does not overflow. */
function inverseSoftplus(y: number): number {
  return y + Math.log(-Math.expm1(-y));
}
