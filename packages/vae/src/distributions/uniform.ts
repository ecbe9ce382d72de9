import { log, type Operand, type Variable } from '@reparam/autograd';
import type { RandomKey, Shape } from '@reparam/tensor';
import { ElementwiseDistribution, type ParameterChange, toParameters } from './elementwise.ts';
import type { EventOptions } from './event.ts';
import { standardUniform } from './noise.ts';
import { onSupport } from './support.ts';

/** Density 1/(high − low) from low to high, both included. */
export class Uniform extends ElementwiseDistribution {
  readonly reparameterized = true;
  readonly low: Variable;
  /** Above low. */
  readonly high: Variable;

  constructor(low: Operand, high: Operand, options?: EventOptions) {
    const parameters = toParameters({ low, high });
    super(parameters, options);
    this.low = parameters.low;
    this.high = parameters.high;
  }

  protected logDensity(x: Variable): Variable {
    const inside = x.greaterEqual(this.low).logicalAnd(x.lessEqual(this.high));
    return onSupport(x, inside, 0, () => log(this.high.sub(this.low)).neg());
  }

  protected draw(key: RandomKey, shape: Shape): Variable {
    return this.low.add(this.high.sub(this.low).mul(standardUniform(key, shape, this.dtype)));
  }

  mean(): Variable {
    return this.spread(this.low.add(this.high).mul(0.5));
  }

  variance(): Variable {
    return this.spread(this.high.sub(this.low).square().div(12));
  }

  entropy(): Variable {
    return this.total(log(this.high.sub(this.low)));
  }

  mapParameters(change: ParameterChange): Uniform {
    const rank = this.eventShape.length;
    return new Uniform(change(this.low, rank), change(this.high, rank), this.eventOptions);
  }
}
