import { type Operand, toVariable, type Variable } from '@reparam/autograd';
import type { RandomKey, Shape } from '@reparam/tensor';
import type { Distribution, SampleWithLogProb } from '../distributions/distribution.ts';
import {
  isStratified,
  type StratifiedDistribution,
  type StratifiedSample,
} from '../distributions/stratified.ts';
import type { Bijector } from './bijector.ts';
import { Composition } from './composition.ts';

/** A base distribution seen through bijectors: y = f_K(… f_1(z)), z ~ base. */
export class FlowDistribution<Base extends Distribution = Distribution> implements Distribution {
  readonly base: Base;
  readonly bijectors: readonly Bijector[];
  protected readonly transform: Composition;

  constructor(base: Base, bijectors: readonly Bijector[]) {
    this.base = base;
    this.bijectors = bijectors;
    this.transform = new Composition(bijectors);
  }

  get batchShape(): Shape {
    return this.base.batchShape;
  }

  get eventShape(): Shape {
    return this.base.eventShape;
  }

  get reparameterized(): boolean {
    return this.base.reparameterized;
  }

  /** ln base(z) + ln|det ∂z/∂y| with z found by inverting the bijectors, last first. */
  logProb(y: Operand): Variable {
    const { value, logDet } = this.transform.inverseAndLogDet(toVariable(y));
    return this.base.logProb(value).add(logDet);
  }

  sample(key: RandomKey, sampleShape?: Shape): Variable {
    return this.#push(this.base.sample(key, sampleShape));
  }

  /** ln base(z) − ln|det ∂y/∂z| along the way of the draw (Rezende & Mohamed 2015, eq. 13). */
  sampleAndLogProb(key: RandomKey, sampleShape?: Shape): SampleWithLogProb {
    const { sample, logProb } = this.base.sampleAndLogProb(key, sampleShape);
    const { value, logDet } = this.transform.forwardAndLogDet(sample);
    return { sample: value, logProb: logProb.sub(logDet) };
  }

  /** The image of the base's mean, which stands for the expected value: that has no closed form. */
  mean(): Variable {
    return this.#push(this.base.mean());
  }

  detach(): FlowDistribution {
    return new FlowDistribution(this.base.detach(), this.transform.detach().bijectors);
  }

  #push(z: Variable): Variable {
    return this.transform.forwardAndLogDet(z).value;
  }
}

/** The same of a mixture: its strata are pushed along, so that the weights get their gradient here too. */
class StratifiedFlowDistribution
  extends FlowDistribution<StratifiedDistribution>
  implements StratifiedDistribution
{
  stratified(key: RandomKey, sampleShape?: Shape): StratifiedSample {
    const { sample, logWeights, logProb } = this.base.stratified(key, sampleShape);
    const { value, logDet } = this.transform.forwardAndLogDet(sample);
    return { sample: value, logWeights, logProb: logProb.sub(logDet) };
  }
}

/** A distribution seen through a bijector, with everything that can still be done with it. */
export function pushForward(base: Distribution, bijector: Bijector): FlowDistribution {
  return isStratified(base)
    ? new StratifiedFlowDistribution(base, [bijector])
    : new FlowDistribution(base, [bijector]);
}
