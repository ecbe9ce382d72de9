import { log, log1p, type Operand, sigmoid, sub, type Variable } from '@reparam/autograd';
import type { RandomKey, Shape } from '@reparam/tensor';
import { ElementwiseDistribution, type ParameterChange, toParameters } from './elementwise.ts';
import { type EventOptions, expandTo } from './event.ts';
import { logStandardGamma } from './gamma-draws.ts';
import { keepInUnitInterval, onSupport } from './support.ts';

/** Density x^(α−1)(1 − x)^(β−1)/B(α, β) on 0 < x < 1. */
export class Beta extends ElementwiseDistribution {
  readonly reparameterized = true;
  /** Positive. */
  readonly alpha: Variable;
  /** Positive. */
  readonly beta: Variable;

  constructor(alpha: Operand, beta: Operand, options?: EventOptions) {
    const parameters = toParameters({ alpha, beta });
    super(parameters, options);
    this.alpha = parameters.alpha;
    this.beta = parameters.beta;
  }

  protected logDensity(x: Variable): Variable {
    const inside = x.greater(0).logicalAnd(x.less(1));
    return onSupport(x, inside, 0.5, (supported) => {
      const left = this.alpha.sub(1).mul(log(supported));
      const right = this.beta.sub(1).mul(log1p(supported.neg()));
      return left.add(right).sub(this.logNormalizer());
    });
  }

  /** G/(G + H) = sigmoid(ln G − ln H) of two gamma draws. @throws ArgumentError unless α and β are above 0. */
  protected draw(key: RandomKey, shape: Shape): Variable {
    const [keyAlpha, keyBeta] = key.split(2) as [RandomKey, RandomKey];
    const left = logStandardGamma(keyAlpha, expandTo(this.alpha, shape));
    const right = logStandardGamma(keyBeta, expandTo(this.beta, shape));
    return keepInUnitInterval(sigmoid(left.sub(right)));
  }

  /** ln B(α, β) = ln Γ(α) + ln Γ(β) − ln Γ(α + β) */
  logNormalizer(): Variable {
    return this.alpha.lgamma().add(this.beta.lgamma()).sub(this.alpha.add(this.beta).lgamma());
  }

  /** α/(α + β) */
  mean(): Variable {
    return this.spread(this.alpha.div(this.alpha.add(this.beta)));
  }

  /** αβ/((α + β)²(α + β + 1)) */
  variance(): Variable {
    const total = this.alpha.add(this.beta);
    return this.spread(this.alpha.div(total).mul(this.beta.div(total)).div(total.add(1)));
  }

  /** Σ [ln B − (α − 1)ψ(α) − (β − 1)ψ(β) + (α + β − 2)ψ(α + β)] */
  entropy(): Variable {
    const { alpha, beta } = this;
    const total = alpha.add(beta);
    return this.total(
      this.logNormalizer()
        .add(sub(1, alpha).mul(alpha.digamma()))
        .add(sub(1, beta).mul(beta.digamma()))
        .add(total.sub(2).mul(total.digamma())),
    );
  }

  mapParameters(change: ParameterChange): Beta {
    const rank = this.eventShape.length;
    return new Beta(change(this.alpha, rank), change(this.beta, rank), this.eventOptions);
  }
}
