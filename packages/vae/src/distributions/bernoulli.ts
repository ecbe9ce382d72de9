import { noGrad, type Operand, sigmoid, softplus, Variable } from '@reparam/autograd';
import { bernoulli, type RandomKey, type Shape } from '@reparam/tensor';
import { ElementwiseDistribution, type ParameterChange, toParameters } from './elementwise.ts';
import type { EventOptions } from './event.ts';

/** Independent coins, given by their logits: P(x = 1) = sigmoid(logit). */
export class Bernoulli extends ElementwiseDistribution {
  readonly reparameterized = false;
  readonly logits: Variable;

  constructor(logits: Operand, options?: EventOptions) {
    const parameters = toParameters({ logits });
    super(parameters, options);
    this.logits = parameters.logits;
  }

  /**
   * x·l − softplus(l), which is ln P(x) for x of 0 and 1; for grey x in between it is the negative cross-entropy,
   * and no log-likelihood.
   */
  protected logDensity(x: Variable): Variable {
    return x.mul(this.logits).sub(softplus(this.logits));
  }

  /** Zeros and ones; a draw carries no gradient. */
  protected draw(key: RandomKey, shape: Shape): Variable {
    const probabilities = noGrad(() => sigmoid(this.logits)).value;
    return new Variable(bernoulli(key, probabilities.expand(shape)));
  }

  mean(): Variable {
    return sigmoid(this.logits);
  }

  variance(): Variable {
    return sigmoid(this.logits).mul(sigmoid(this.logits.neg()));
  }

  /** Σ [softplus(l) − l·sigmoid(l)] */
  entropy(): Variable {
    return this.total(softplus(this.logits).sub(this.logits.mul(sigmoid(this.logits))));
  }

  mapParameters(change: ParameterChange): Bernoulli {
    return new Bernoulli(change(this.logits, this.eventShape.length), this.eventOptions);
  }
}
