import { noGrad, type Operand, sigmoid, softplus, toVariable, Variable } from '@reparam/autograd';
import { bernoulli, type RandomKey, type Shape } from '@reparam/tensor';
import { type Distribution, drawThenEvaluate, type SampleWithLogProb } from './distribution.ts';

/** Independent coins along the last axis, given by their logits: P(x = 1) = sigmoid(logit). */
export class Bernoulli implements Distribution {
  /** [...batch, D] */
  readonly logits: Variable;

  constructor(logits: Operand) {
    this.logits = toVariable(logits);
  }

  get batchShape(): Shape {
    return this.logits.shape.slice(0, -1);
  }

  get eventShape(): Shape {
    return this.logits.shape.slice(-1);
  }

  /**
   * x·l − softplus(l), which is ln P(x) for x of 0 and 1; for grey x in between it is the negative cross-entropy,
   * and no log-likelihood.
   */
  logProb(x: Operand): Variable {
    return toVariable(x, this.logits.dtype).mul(this.logits).sub(softplus(this.logits)).sum({ axes: -1 });
  }

  /** Zeros and ones; a draw carries no gradient. */
  sample(key: RandomKey, sampleShape: Shape = []): Variable {
    const probabilities = noGrad(() => sigmoid(this.logits)).value;
    return new Variable(bernoulli(key, probabilities.expand([...sampleShape, ...this.logits.shape])));
  }

  sampleAndLogProb(key: RandomKey, sampleShape?: Shape): SampleWithLogProb {
    return drawThenEvaluate(this, key, sampleShape);
  }

  mean(): Variable {
    return sigmoid(this.logits);
  }
}
