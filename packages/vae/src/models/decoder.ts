import { type Operand, parameter, type Variable } from '@reparam/autograd';
import { Module } from '@reparam/nn';
import { full, type RandomKey } from '@reparam/tensor';
import type { Distribution } from '../distributions/distribution.ts';
import { likelihoodOf } from './likelihoods.ts';
import { DecoderNetwork } from './networks/decoder-network.ts';
import type { VaeSettings } from './settings.ts';

/** p(x|z): a family whose numbers come from z. */
export class Decoder extends Module {
  readonly network: DecoderNetwork;
  /** The logarithm of a scale that all features share, [1], where one is learned. */
  readonly logScale: Variable | undefined;
  readonly #settings: VaeSettings;

  constructor(settings: VaeSettings, key: RandomKey) {
    super();
    const { kind, values } = likelihoodOf(settings.likelihood);
    const numbers = kind.numbers(values);
    this.#settings = settings;
    this.network = new DecoderNetwork(settings, numbers, key);
    if (numbers.logScale !== undefined) {
      this.logScale = parameter(full([1], numbers.logScale, { dtype: settings.dtype }), 'logScale');
    }
  }

  /** z: [B, latent] → a batch of B distributions over [features]. */
  forward(z: Operand): Distribution {
    const { kind, values } = likelihoodOf(this.#settings.likelihood);
    return kind.create({ ...this.network.forward(z), logScale: this.logScale }, values);
  }
}
