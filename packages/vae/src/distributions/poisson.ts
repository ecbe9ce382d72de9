import { exp, noGrad, type Operand, Variable } from '@reparam/autograd';
import type { RandomKey, Shape } from '@reparam/tensor';
import { drawPoisson } from './count-draws.ts';
import { ElementwiseDistribution, type ParameterChange, toParameters } from './elementwise.ts';
import type { EventOptions } from './event.ts';
import { isCount, onSupport } from './support.ts';

/** Counts with P(k) = λ^k e^−λ/k!, given by ln λ. They may be int32 or of the parameter's type. */
export class Poisson extends ElementwiseDistribution {
  readonly reparameterized = false;
  /** ln λ */
  readonly logRate: Variable;

  constructor(logRate: Operand, options?: EventOptions) {
    const parameters = toParameters({ logRate });
    super(parameters, options);
    this.logRate = parameters.logRate;
  }

  /** k ln λ − λ − ln k! for k = 0, 1, …, else −∞. */
  protected logDensity(x: Variable): Variable {
    return onSupport(x, isCount(x), 0, (count) =>
      count.mul(this.logRate).sub(exp(this.logRate)).sub(count.add(1).lgamma()),
    );
  }

  /** A draw carries no gradient. @throws ArgumentError unless the rates are at most 10⁶. */
  protected draw(key: RandomKey, shape: Shape): Variable {
    return new Variable(drawPoisson(key, noGrad(() => exp(this.logRate)).value.expand(shape)));
  }

  mean(): Variable {
    return exp(this.logRate);
  }

  variance(): Variable {
    return exp(this.logRate);
  }

  mapParameters(change: ParameterChange): Poisson {
    return new Poisson(change(this.logRate, this.eventShape.length), this.eventOptions);
  }
}
