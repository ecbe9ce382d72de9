import { abs, log, type Operand, type Variable } from '@reparam/autograd';
import type { RandomKey, Shape } from '@reparam/tensor';
import { ElementwiseDistribution, type ParameterChange, toParameters } from './elementwise.ts';
import type { EventOptions } from './event.ts';
import { standardLaplace } from './noise.ts';

/** Density e^(−|x − μ|/b)/2b */
export class Laplace extends ElementwiseDistribution {
  readonly reparameterized = true;
  /** μ */
  readonly location: Variable;
  /** b, positive. */
  readonly scale: Variable;

  constructor(location: Operand, scale: Operand, options?: EventOptions) {
    const parameters = toParameters({ location, scale });
    super(parameters, options);
    this.location = parameters.location;
    this.scale = parameters.scale;
  }

  protected logDensity(x: Variable): Variable {
    return abs(x.sub(this.location)).div(this.scale).neg().sub(log(this.scale)).sub(Math.LN2);
  }

  protected draw(key: RandomKey, shape: Shape): Variable {
    return this.location.add(this.scale.mul(standardLaplace(key, shape, this.dtype)));
  }

  mean(): Variable {
    return this.spread(this.location);
  }

  variance(): Variable {
    return this.spread(this.scale.square().mul(2));
  }

  /** Σ [1 + ln 2b] */
  entropy(): Variable {
    return this.total(log(this.scale).add(1 + Math.LN2));
  }

  mapParameters(change: ParameterChange): Laplace {
    const rank = this.eventShape.length;
    return new Laplace(change(this.location, rank), change(this.scale, rank), this.eventOptions);
  }
}
