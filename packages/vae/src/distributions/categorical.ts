import { logSoftmax, type Operand, oneHot, softmax, sub, toVariable, type Variable } from '@reparam/autograd';
import { ArgumentError, type RandomKey, type Shape } from '@reparam/tensor';
import { drawChoices } from './choices.ts';
import { ElementwiseDistribution, type ParameterChange, toParameters } from './elementwise.ts';
import type { EventOptions } from './event.ts';

/**
 * One of C classes, P(class) = softmax(logits) along the last axis. A class is written as a one-hot vector, so that
 * events, draws and means have one shape: [C] for one variable, or [..., C] for several with more event axes.
 * `logProb` takes int32 class numbers without the last axis too.
 */
export class Categorical extends ElementwiseDistribution {
  readonly reparameterized = false;
  /** [...batch, ...event], the last axis over classes. */
  readonly logits: Variable;

  /** @throws ArgumentError unless the classes are part of the event. */
  constructor(logits: Operand, options?: EventOptions) {
    const parameters = toParameters({ logits });
    super(parameters, options);
    this.logits = parameters.logits;
    if (this.eventShape.length === 0) {
      throw new ArgumentError(
        'Categorical',
        'eventAxes',
        0,
        'eventAxes is 0, but the axis of classes is part of the event; it must be ≥ 1.',
      );
    }
  }

  override logProbPerDimension(x: Operand): Variable {
    const isClasses = typeof x !== 'number' && x.dtype === 'int32';
    const classes = this.logits.shape.at(-1)!;
    return super.logProbPerDimension(isClasses ? oneHot(toVariable(x), classes, this.dtype) : x);
  }

  /** x·ln softmax(logits), of which the sum over classes is ln P. */
  protected logDensity(x: Variable): Variable {
    return x.mul(logSoftmax(this.logits));
  }

  /** One-hot vectors; a draw carries no gradient. */
  protected draw(key: RandomKey, shape: Shape): Variable {
    const sampleShape = shape.slice(0, shape.length - this.shape.length);
    return oneHot(drawChoices(key, this.logits, sampleShape), shape.at(-1)!, this.dtype);
  }

  /** The probabilities. */
  mean(): Variable {
    return softmax(this.logits);
  }

  variance(): Variable {
    const probabilities = this.mean();
    return probabilities.mul(sub(1, probabilities));
  }

  /** −Σ p ln p */
  entropy(): Variable {
    return this.total(softmax(this.logits).mul(logSoftmax(this.logits)).neg());
  }

  mapParameters(change: ParameterChange): Categorical {
    return new Categorical(change(this.logits, this.eventShape.length), this.eventOptions);
  }
}
