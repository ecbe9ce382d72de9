import { exp, log, type Operand, sub, type Variable } from '@reparam/autograd';
import type { RandomKey, Shape } from '@reparam/tensor';
import { ElementwiseDistribution, type ParameterChange, toParameters } from './elementwise.ts';
import { type EventOptions, expandTo } from './event.ts';
import { logStandardGamma } from './gamma-draws.ts';
import { keepPositive, onSupport } from './support.ts';

/** Density β^α x^(α−1) e^(−βx)/Γ(α) on x > 0. Draws are implicitly reparameterised (Figurnov et al. 2018). */
export class Gamma extends ElementwiseDistribution {
  readonly reparameterized = true;
  /** α, positive. */
  readonly concentration: Variable;
  /** β, positive. */
  readonly rate: Variable;

  constructor(concentration: Operand, rate: Operand, options?: EventOptions) {
    const parameters = toParameters({ concentration, rate });
    super(parameters, options);
    this.concentration = parameters.concentration;
    this.rate = parameters.rate;
  }

  protected logDensity(x: Variable): Variable {
    const { concentration: alpha, rate } = this;
    const constant = alpha.mul(log(rate)).sub(alpha.lgamma());
    return onSupport(x, x.greater(0), 1, (positive) =>
      alpha.sub(1).mul(log(positive)).sub(rate.mul(positive)).add(constant),
    );
  }

  /** @throws ArgumentError unless the concentrations are finite and above 0. */
  protected draw(key: RandomKey, shape: Shape): Variable {
    const logarithm = logStandardGamma(key, expandTo(this.concentration, shape));
    return keepPositive(exp(logarithm.sub(log(this.rate))));
  }

  /** α/β */
  mean(): Variable {
    return this.spread(this.concentration.div(this.rate));
  }

  /** α/β² */
  variance(): Variable {
    return this.spread(this.concentration.div(this.rate.square()));
  }

  /** Σ [α − ln β + ln Γ(α) + (1 − α)ψ(α)] */
  entropy(): Variable {
    const alpha = this.concentration;
    return this.total(alpha.sub(log(this.rate)).add(alpha.lgamma()).add(sub(1, alpha).mul(alpha.digamma())));
  }

  mapParameters(change: ParameterChange): Gamma {
    const rank = this.eventShape.length;
    return new Gamma(change(this.concentration, rank), change(this.rate, rank), this.eventOptions);
  }
}
