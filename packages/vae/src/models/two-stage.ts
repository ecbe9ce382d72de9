import { noGrad } from '@reparam/autograd';
import { ArgumentError, type RandomKey, type Tensor } from '@reparam/tensor';
import { type VaeSettings, vaeSettings } from './settings.ts';
import type { Vae } from './vae.ts';

/**
 * Two VAEs, one on the codes of the other (Dai & Wipf 2019): the first finds the manifold that data lie on, but its
 * codes need not follow its prior; the second learns how they do, on data that fill their space.
 */
export class TwoStageVae {
  readonly first: Vae;
  /** Its data are codes z of the first. */
  readonly second: Vae;

  /** @throws ArgumentError unless the second model's examples are as long as the first one's codes. */
  constructor(first: Vae, second: Vae) {
    const { latent } = first.settings;
    const { features } = second.settings;
    if (features !== latent) {
      throw new ArgumentError(
        'TwoStageVae',
        'second',
        second,
        `the second model takes ${features} features, but codes of the first have ${latent}; make it of ` +
          'secondStageSettings(first.settings).',
      );
    }
    this.first = first;
    this.second = second;
  }

  /** Codes of the first model as the second draws them, u ~ p(u) and z ~ p₂(z|u): [count, latent]. */
  generateCodes(count: number, key: RandomKey): Tensor {
    const [keyCode, keyNoise] = key.split(2) as [RandomKey, RandomKey];
    return noGrad(() => {
      const u = this.second.prior.forward().sample(keyCode, [count]);
      return this.second.decode(u).sample(keyNoise).value;
    });
  }

  /** Expected x for `count` of those codes: [count, features]. */
  generate(count: number, key: RandomKey): Tensor {
    return noGrad(() => this.first.decode(this.generateCodes(count, key)).mean().value);
  }
}

/**
 * The usual second stage for a first one: as many latents, dense layers as wide, N(0, I) as prior, and a normal
 * likelihood with one learned scale (Dai & Wipf 2019, §4).
 */
export function secondStageSettings({ latent, hidden, activation, dtype }: VaeSettings): VaeSettings {
  return vaeSettings({
    features: latent,
    latent,
    ...(hidden.length > 0 && { hidden }),
    activation,
    likelihood: { kind: 'gaussian', scale: 'learned' },
    dtype,
  });
}
