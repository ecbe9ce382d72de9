import { noGrad, type Operand, type Variable } from '@reparam/autograd';
import { Module } from '@reparam/nn';
import type { RandomKey, Tensor } from '@reparam/tensor';
import type { Distribution } from '../distributions/distribution.ts';
import { type ElboOptions, elbo } from '../objectives/elbo.ts';
import type { ObjectiveTerms } from '../objectives/terms.ts';
import { Decoder } from './decoder.ts';
import { Encoder } from './encoder.ts';
import type { Prior } from './priors/prior.ts';
import { createPrior } from './priors/table.ts';
import { requireVaeSettings, type VaeSettings, vaeSettings } from './settings.ts';

type LossWeights = Pick<ElboOptions, 'klWeight' | 'freeBits'>;

/**
 * A variational autoencoder (Kingma & Welling 2014): a prior p(z), a decoder p(x|z) and an encoder q(z|x),
 * trained together on the evidence lower bound.
 */
export class Vae extends Module {
  readonly encoder: Encoder;
  readonly decoder: Decoder;
  readonly prior: Prior;
  readonly #settings: VaeSettings;

  /**
   * The key draws the initial parameters; settings that are not given are as {@link vaeSettings} has them.
   * @throws ArgumentError on settings out of range.
   */
  constructor(given: Partial<VaeSettings> & Pick<VaeSettings, 'features'>, key: RandomKey) {
    super();
    const settings = vaeSettings(given);
    requireVaeSettings(settings);
    const [keyEncoder, keyDecoder, keyPrior] = key.split(3) as [RandomKey, RandomKey, RandomKey];
    this.#settings = settings;
    this.encoder = new Encoder(settings, keyEncoder);
    this.decoder = new Decoder(settings, keyDecoder);
    this.prior = createPrior(settings.prior, { ...settings, encode: (x) => this.encode(x), key: keyPrior });
  }

  get settings(): VaeSettings {
    return this.#settings;
  }

  /** q(z|x) for x [B, features]. */
  encode(x: Operand): Distribution {
    return this.encoder.forward(x);
  }

  /** p(x|z) for z [B, latent]. */
  decode(z: Operand): Distribution {
    return this.decoder.forward(z);
  }

  /**
   * Sets what is best set by looking at data [N, features], before the first step: the pseudo-inputs of a VampPrior,
   * the actnorms of a Glow prior. Most models have nothing of the kind. @returns whether anything was set.
   */
  initialize(examples: Tensor, key: RandomKey): boolean {
    return this.prior.initialize(examples, (x) => this.encode(x), key);
  }

  /** The terms of the bound for a batch x [B, features], from one draw of z for each example. */
  elbo(x: Operand, key: RandomKey, weights?: LossWeights): ObjectiveTerms {
    return this.boundOf(x, this.encode(x), key, weights);
  }

  /** The same for a posterior that is known already. */
  boundOf(x: Operand, posterior: Distribution, key: RandomKey, weights: LossWeights = {}): ObjectiveTerms {
    const prior = this.prior.forward();
    return elbo({ x, posterior, prior, decode: (z: Variable) => this.decode(z), key, ...weights });
  }

  /** Expected x for `count` draws of z from the prior: [count, features]. */
  generate(count: number, key: RandomKey): Tensor {
    return noGrad(() => this.decode(this.prior.forward().sample(key, [count])).mean().value);
  }

  /** Expected x for the centre of q(z|x): [B, features]. */
  reconstruct(x: Operand): Tensor {
    return noGrad(() => this.decode(this.encode(x).mean()).mean().value);
  }
}
