import { silu, type Variable } from '@reparam/autograd';
import { type Activation, heUniform } from '@reparam/nn';
import type { RandomKey } from '@reparam/tensor';
import { requireCount } from '../objectives/arguments.ts';
import type { Bijector } from './bijector.ts';
import { Composition } from './composition.ts';
import { ContextNetwork } from './context-network.ts';
import { defaultHidden, Flow, type FlowOptions } from './flow.ts';
import { KeyStream } from './key-stream.ts';
import { Residual, type ResidualLogDet } from './residual.ts';
import { SpectralNorm } from './spectral-norm.ts';

export interface ResidualFlowOptions extends FlowOptions {
  /**
   * 'exact' (unless told) takes D directional derivatives and a determinant; otherwise the power series is cut after
   * `terms`, with traces estimated from `probes` random vectors, fresh ones at each call.
   */
  readonly logDet?: 'exact' | { readonly terms: number; readonly probes: number };
}

/** Of each layer of g (Behrmann et al. 2019, §4). */
const lipschitzBound = 0.9;

/** silu(x)/1.1, whose slope is at most 1 (LipSwish, Chen et al. 2019, §3.3). */
const lipSwish: Activation = { apply: (x) => silu(x).div(1.1), initializer: heUniform };

/** Residual layers z + g(z), g a dense network whose weights are kept to a singular value of at most 0.9. */
export class ResidualFlow extends Flow {
  readonly networks: readonly ContextNetwork[];
  /** One for each weight of each network, in order. */
  readonly norms: readonly SpectralNorm[];
  readonly probes: KeyStream | undefined;
  readonly #logDet: NonNullable<ResidualFlowOptions['logDet']>;

  constructor(options: ResidualFlowOptions) {
    super('ResidualFlow', 1, options);
    const {
      dimensions,
      context,
      layers,
      key,
      dtype = 'float32',
      hidden = defaultHidden,
      logDet = 'exact',
    } = options;
    const [keyNetworks, keyNorms, keyProbes] = key.split(3) as [RandomKey, RandomKey, RandomKey];
    this.#logDet = logDet;
    this.networks = Array.from(
      { length: layers },
      (_, layer) =>
        new ContextNetwork({
          inputs: dimensions,
          outputs: dimensions,
          hidden,
          context,
          key: keyNetworks.foldIn(layer),
          dtype,
          activation: lipSwish,
        }),
    );
    this.norms = this.networks
      .flatMap((network) => network.layers)
      .map(
        ({ weight }, index) =>
          new SpectralNorm({
            outputs: weight.shape[1]!,
            bound: lipschitzBound,
            key: keyNorms.foldIn(index),
            dtype,
          }),
      );
    if (logDet !== 'exact') {
      requireCount('ResidualFlow', 'logDet.terms', logDet.terms);
      requireCount('ResidualFlow', 'logDet.probes', logDet.probes);
      this.probes = new KeyStream(keyProbes);
    }
  }

  protected override build(context: Variable | undefined): Bijector {
    return new Composition(
      this.networks.map((network, layer) => {
        const first = layer * network.layers.length;
        const g = network.at(context, (weight, k) => this.norms[first + k]!.limit(weight));
        return new Residual(g, this.#method());
      }),
    );
  }

  #method(): ResidualLogDet {
    return this.#logDet === 'exact' ? 'exact' : { ...this.#logDet, key: this.probes!.next() };
  }
}
