import { log, type Operand, softplus, type Variable } from '@reparam/autograd';
import type { RandomKey, Shape } from '@reparam/tensor';
import { ElementwiseDistribution, type ParameterChange, toParameters } from './elementwise.ts';
import type { EventOptions } from './event.ts';
import { standardLogistic } from './noise.ts';

/** The distribution with P(x ≤ t) = sigmoid((t − μ)/s). */
export class Logistic extends ElementwiseDistribution {
  readonly reparameterized = true;
  /** μ */
  readonly location: Variable;
  /** s, positive. */
  readonly scale: Variable;

  constructor(location: Operand, scale: Operand, options?: EventOptions) {
    const parameters = toParameters({ location, scale });
    super(parameters, options);
    this.location = parameters.location;
    this.scale = parameters.scale;
  }

  protected logDensity(x: Variable): Variable {
    return logStandardLogistic(x.sub(this.location).div(this.scale)).sub(log(this.scale));
  }

  protected draw(key: RandomKey, shape: Shape): Variable {
    return this.location.add(this.scale.mul(standardLogistic(key, shape, this.dtype)));
  }

  mean(): Variable {
    return this.spread(this.location);
  }

  /** s²π²/3 */
  variance(): Variable {
    return this.spread(this.scale.square().mul(Math.PI ** 2 / 3));
  }

  /** Σ [2 + ln s] */
  entropy(): Variable {
    return this.total(log(this.scale).add(2));
  }

  mapParameters(change: ParameterChange): Logistic {
    const rank = this.eventShape.length;
    return new Logistic(change(this.location, rank), change(this.scale, rank), this.eventOptions);
  }
}

/** ln [e^−t/(1 + e^−t)²] = −softplus(t) − softplus(−t), which overflows on neither side. */
export function logStandardLogistic(t: Variable): Variable {
  return softplus(t).add(softplus(t.neg())).neg();
}
