import { exp, expm1, log, type Operand, type Variable } from '@reparam/autograd';
import type { RandomKey, Shape } from '@reparam/tensor';
import { DiagonalNormal, halfLogTwoPi } from './diagonal-normal.ts';
import { ElementwiseDistribution, type ParameterChange, toParameters } from './elementwise.ts';
import type { EventOptions } from './event.ts';
import { onSupport } from './support.ts';

/** The exponentials of normals: ln x ~ N(μ, σ²). */
export class LogNormal extends ElementwiseDistribution {
  readonly reparameterized = true;
  /** μ, of ln x. */
  readonly location: Variable;
  /** σ of ln x, positive. */
  readonly scale: Variable;

  constructor(location: Operand, scale: Operand, options?: EventOptions) {
    const parameters = toParameters({ location, scale });
    super(parameters, options);
    this.location = parameters.location;
    this.scale = parameters.scale;
  }

  /** The normal that ln x follows. */
  logarithm(): DiagonalNormal {
    return DiagonalNormal.fromScale(this.spread(this.location), this.scale, this.eventOptions);
  }

  /** ln N(ln x; μ, σ²) − ln x for x > 0, else −∞. */
  protected logDensity(x: Variable): Variable {
    return onSupport(x, x.greater(0), 1, (positive) => {
      const logarithm = log(positive);
      return this.logarithm().logProbPerDimension(logarithm).sub(logarithm);
    });
  }

  protected draw(key: RandomKey, shape: Shape): Variable {
    return exp(this.logarithm().sample(key, shape.slice(0, shape.length - this.shape.length)));
  }

  /** e^(μ + ½σ²) */
  mean(): Variable {
    return this.spread(exp(this.location.add(this.scale.square().mul(0.5))));
  }

  /** (e^σ² − 1)·e^(2μ + σ²) */
  variance(): Variable {
    const square = this.scale.square();
    return this.spread(expm1(square).mul(exp(this.location.mul(2).add(square))));
  }

  /** Σ [μ + ln σ + ½ ln 2πe] */
  entropy(): Variable {
    return this.total(this.location.add(log(this.scale)).add(halfLogTwoPi + 0.5));
  }

  mapParameters(change: ParameterChange): LogNormal {
    const rank = this.eventShape.length;
    return new LogNormal(change(this.location, rank), change(this.scale, rank), this.eventOptions);
  }
}
