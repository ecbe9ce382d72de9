import { parameter, type Variable } from '@reparam/autograd';
import { gather, integers, type RandomKey, type Tensor, uniform, zeros } from '@reparam/tensor';
import type { Distribution } from '../../distributions/distribution.ts';
import { Mixture } from '../../distributions/mixture.ts';
import { Prior, type PriorShape } from './prior.ts';

/**
 * VampPrior, "variational mixture of posteriors" (Tomczak & Welling 2018, eq. 9): p(z) = Σₖ πₖ q(z|uₖ) for K learned
 * pseudo-inputs uₖ, so that the prior sits where posteriors do. The weights are learned too.
 */
export class VampPrior extends Prior {
  /** [K] */
  readonly logits: Variable;
  /** u: [K, features], in the units of the data; training begins with examples. */
  readonly pseudoInputs: Variable;
  readonly #encode: (x: Variable) => Distribution;

  /** `encode` gives q(z|x), whose parameters are the encoder's own. */
  constructor(
    { features, dtype }: Pick<PriorShape, 'features' | 'dtype'>,
    components: number,
    encode: (x: Variable) => Distribution,
    key: RandomKey,
  ) {
    super();
    this.logits = parameter(zeros([components], { dtype }), 'logits');
    this.pseudoInputs = parameter(uniform(key, [components, features], { dtype }), 'pseudoInputs');
    this.#encode = encode;
  }

  override forward(): Distribution {
    return new Mixture(this.logits, this.#encode(this.pseudoInputs));
  }

  /** Pseudo-inputs become examples, drawn with replacement. */
  override initialize(examples: Tensor, _encode: unknown, key: RandomKey): boolean {
    const { shape, dtype } = this.pseudoInputs;
    const drawn = gather(examples, integers(key, [shape[0]!], 0, examples.shape[0]!));
    this.pseudoInputs.assign(drawn.cast(dtype));
    return true;
  }
}
