import type { Operand } from '@reparam/autograd';
import { Linear, Module, normalInitializer } from '@reparam/nn';
import { type RandomKey, tensor } from '@reparam/tensor';
import type { Distribution } from '../distributions/distribution.ts';
import type { Flow } from '../flows/flow.ts';
import { pushForward } from '../flows/flow-distribution.ts';
import { EncoderTrunk } from './networks/trunk.ts';
import { createPosteriorFlow } from './posterior-flows.ts';
import { posteriorOf } from './posteriors.ts';
import type { VaeSettings } from './settings.ts';

/** The head that shapes q(z|x) starts small, so that training starts near unit scales for every x. */
const headInitializer = normalInitializer(0.01);

/** q(z|x): a family whose numbers come from x, then a flow whose numbers may come from x too. */
export class Encoder extends Module {
  readonly trunk: EncoderTrunk;
  /** Means of the family. */
  readonly location: Linear;
  /** What says how it spreads around them. */
  readonly spread: Linear;
  readonly flow: Flow | undefined;
  readonly #settings: VaeSettings;

  constructor(settings: VaeSettings, key: RandomKey) {
    super();
    const { latent, flow, dtype } = settings;
    const [keyTrunk, keyLocation, keySpread, keyFlow] = key.split(4) as [
      RandomKey,
      RandomKey,
      RandomKey,
      RandomKey,
    ];
    const { kind, values } = posteriorOf(settings.posterior);
    const starts = kind.spreads(latent, values);
    this.#settings = settings;
    this.trunk = new EncoderTrunk(settings, keyTrunk);
    const inputs = this.trunk.outputs;
    this.location = new Linear({ inputs, outputs: kind.means(values) * latent, key: keyLocation, dtype });
    this.spread = new Linear({
      inputs,
      outputs: starts.length,
      key: keySpread,
      initializer: headInitializer,
      dtype,
    });
    this.spread.bias!.assign(tensor([...starts], { dtype }));
    this.flow = createPosteriorFlow(flow, { latent, context: inputs }, { dtype, key: keyFlow });
  }

  /** x: [B, features] → a batch of B distributions over [latent]. */
  forward(x: Operand): Distribution {
    const { latent, posterior } = this.#settings;
    const { kind, values } = posteriorOf(posterior);
    const hidden = this.trunk.forward(x);
    const base = kind.create(this.location.forward(hidden), this.spread.forward(hidden), latent, values);
    if (!this.flow) return base;
    return pushForward(base, this.flow.at(this.flow.contextLength === undefined ? undefined : hidden));
  }
}
