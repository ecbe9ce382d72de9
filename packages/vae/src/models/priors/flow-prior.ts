import { noGrad } from '@reparam/autograd';
import type { RandomKey, Tensor } from '@reparam/tensor';
import { DiagonalNormal } from '../../distributions/diagonal-normal.ts';
import type { Distribution } from '../../distributions/distribution.ts';
import type { Flow } from '../../flows/flow.ts';
import { FlowDistribution } from '../../flows/flow-distribution.ts';
import { GlowFlow } from '../../flows/glow-flow.ts';
import { Prior } from './prior.ts';

/** N(0, I) seen through a flow that is learned with the rest (Huang et al. 2017; Chen et al. 2017). */
export class FlowPrior extends Prior {
  readonly flow: Flow;
  readonly #base: DiagonalNormal;

  constructor(flow: Flow, dtype: 'float32' | 'float64') {
    super();
    this.flow = flow;
    this.#base = DiagonalNormal.standard(flow.dimensions, dtype);
  }

  override forward(): Distribution {
    return new FlowDistribution(this.#base, [this.flow.at()]);
  }

  /** The actnorms of Glow look at draws of q(z|x). */
  override initialize(examples: Tensor, encode: (x: Tensor) => Distribution, key: RandomKey): boolean {
    const { flow } = this;
    if (!(flow instanceof GlowFlow) || examples.shape[0]! < 2) return false;
    flow.initialize(noGrad(() => encode(examples).sample(key)));
    return true;
  }
}
