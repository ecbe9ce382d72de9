import { type Operand, Variable } from '@reparam/autograd';
import { activations, Linear, Module, normalInitializer, perceptron, type Sequential } from '@reparam/nn';
import { concat, normal, type RandomKey, zeros } from '@reparam/tensor';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import type { Distribution } from '../distributions/distribution.ts';
import { FlowDistribution } from '../flows/flow-distribution.ts';
import { PlanarFlow } from '../flows/planar.ts';
import type { VaeSettings } from './settings.ts';

/** Heads that shape q(z|x) start small, so that training starts near q = N(0, I) for every x. */
const headInitializer = normalInitializer(0.01);

/** Layers up to the last hidden one, its activation included; undefined when there are none. */
export function trunk(
  sizes: readonly number[],
  { activation, dtype }: VaeSettings,
  key: RandomKey,
): Sequential | undefined {
  if (sizes.length < 2) return undefined;
  return perceptron({ sizes, key, activation: activations[activation], activateLast: true, dtype });
}

/** q(z|x): a diagonal normal whose mean and log-variance come from x, then planar flows whose parameters do too. */
export class Encoder extends Module {
  readonly trunk: Sequential | undefined;
  readonly location: Linear;
  readonly logVariance: Linear;
  /** For each layer of the flow: u [L], w [L] and b, side by side. */
  readonly flow: Linear | undefined;
  readonly #latent: number;
  readonly #layers: number;

  constructor(settings: VaeSettings, key: RandomKey) {
    super();
    const { features, hidden, latent, flow, dtype } = settings;
    const [keyTrunk, keyLocation, keyVariance, keyFlow] = key.split(4) as [
      RandomKey,
      RandomKey,
      RandomKey,
      RandomKey,
    ];
    const inputs = hidden.at(-1) ?? features;
    this.#latent = latent;
    this.#layers = flow.kind === 'planar' ? flow.layers : 0;
    this.trunk = trunk([features, ...hidden], settings, keyTrunk);
    this.location = new Linear({ inputs, outputs: latent, key: keyLocation, dtype });
    this.logVariance = new Linear({
      inputs,
      outputs: latent,
      key: keyVariance,
      initializer: headInitializer,
      dtype,
    });
    if (this.#layers > 0) this.flow = this.#createFlowHead(inputs, settings, keyFlow);
  }

  /** x: [B, features] → a batch of B distributions over [latent]. */
  forward(x: Operand): Distribution {
    const hidden = this.trunk ? this.trunk.forward(x) : x;
    const base = DiagonalNormal.fromLogVariance(
      this.location.forward(hidden),
      this.logVariance.forward(hidden),
    );
    return this.flow ? new FlowDistribution(base, this.#planarLayers(this.flow.forward(hidden))) : base;
  }

  /**
   * Layers start as the identity: w at random directions of about unit length (û divides by ‖w‖²), b at 0, and
   * u = ln(e−1)·w/‖w‖², for which softplus(wᵀu) = 1 and so û = 0.
   */
  #createFlowHead(inputs: number, { dtype }: VaeSettings, key: RandomKey): Linear {
    const [keyWeight, keyDirection] = key.split(2) as [RandomKey, RandomKey];
    const width = 2 * this.#latent + 1;
    const head = new Linear({
      inputs,
      outputs: this.#layers * width,
      key: keyWeight,
      initializer: headInitializer,
      dtype,
    });
    const w = new Variable(
      normal(keyDirection, [this.#layers, this.#latent], {
        standardDeviation: 1 / Math.sqrt(this.#latent),
        dtype,
      }),
    );
    const u = w.div(w.square().sum({ axes: 1, keepDims: true })).mul(Math.log(Math.expm1(1)));
    const start = concat([u.value, w.value, zeros([this.#layers, 1], { dtype })], 1);
    head.bias?.assign(start.reshape([this.#layers * width]));
    return head;
  }

  #planarLayers(parameters: Variable): PlanarFlow[] {
    const latent = this.#latent;
    const width = 2 * latent + 1;
    return Array.from({ length: this.#layers }, (_, layer) => {
      const from = layer * width;
      return new PlanarFlow({
        u: parameters.slice([null, [from, from + latent]]),
        w: parameters.slice([null, [from + latent, from + 2 * latent]]),
        b: parameters.slice([null, from + 2 * latent]),
      });
    });
  }
}
