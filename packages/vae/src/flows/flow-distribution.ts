import { type Operand, toVariable, type Variable } from '@reparam/autograd';
import type { RandomKey, Shape } from '@reparam/tensor';
import type { Distribution, SampleWithLogProb } from '../distributions/distribution.ts';
import type { Bijector } from './bijector.ts';

/** A base distribution seen through bijectors: y = f_K(… f_1(z)), z ~ base. */
export class FlowDistribution<Base extends Distribution = Distribution> implements Distribution {
  readonly base: Base;
  readonly bijectors: readonly Bijector[];

  constructor(base: Base, bijectors: readonly Bijector[]) {
    this.base = base;
    this.bijectors = bijectors;
  }

  get batchShape(): Shape {
    return this.base.batchShape;
  }

  get eventShape(): Shape {
    return this.base.eventShape;
  }

  /** ln base(z) + Σ ln|det ∂z/∂y| with z found by inverting the bijectors, last first. */
  logProb(y: Operand): Variable {
    let value = toVariable(y);
    let logDet: Variable | undefined;
    for (const bijector of this.bijectors.toReversed()) {
      const inverse = bijector.inverseAndLogDet(value);
      value = inverse.value;
      logDet = logDet ? logDet.add(inverse.logDet) : inverse.logDet;
    }
    const base = this.base.logProb(value);
    return logDet ? base.add(logDet) : base;
  }

  sample(key: RandomKey, sampleShape?: Shape): Variable {
    return this.#push(this.base.sample(key, sampleShape));
  }

  /** ln base(z) − Σ ln|det ∂f/∂z| along the way of the draw (Rezende & Mohamed 2015, eq. 13). */
  sampleAndLogProb(key: RandomKey, sampleShape?: Shape): SampleWithLogProb {
    let { sample, logProb } = this.base.sampleAndLogProb(key, sampleShape);
    for (const bijector of this.bijectors) {
      const { value, logDet } = bijector.forwardAndLogDet(sample);
      sample = value;
      logProb = logProb.sub(logDet);
    }
    return { sample, logProb };
  }

  /** The image of the base's mean, which stands for the expected value: that has no closed form. */
  mean(): Variable {
    return this.#push(this.base.mean());
  }

  #push(z: Variable): Variable {
    return this.bijectors.reduce((value, bijector) => bijector.forwardAndLogDet(value).value, z);
  }
}
