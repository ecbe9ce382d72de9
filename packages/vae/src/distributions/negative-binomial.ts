import { exp, noGrad, type Operand, Variable } from '@reparam/autograd';
import type { RandomKey, Shape } from '@reparam/tensor';
import { drawPoisson } from './count-draws.ts';
import { ElementwiseDistribution, type ParameterChange, toParameters } from './elementwise.ts';
import { type EventOptions, expandTo } from './event.ts';
import { logStandardGamma } from './gamma-draws.ts';
import { isCount, onSupport } from './support.ts';

/**
 * Counts more spread than Poisson's: successes before r failures, P(k) = Γ(k + r)/(k! Γ(r))·p^k(1 − p)^r, or a
 * Poisson number whose rate is gamma distributed. Given by r and the logit of p; counts may be int32.
 */
export class NegativeBinomial extends ElementwiseDistribution {
  readonly reparameterized = false;
  /** r, positive and not necessarily whole. */
  readonly totalCount: Variable;
  /** The logit of p; the mean is r·e^logit. */
  readonly logits: Variable;

  constructor(totalCount: Operand, logits: Operand, options?: EventOptions) {
    const parameters = toParameters({ totalCount, logits });
    super(parameters, options);
    this.totalCount = parameters.totalCount;
    this.logits = parameters.logits;
  }

  protected logDensity(x: Variable): Variable {
    const { totalCount, logits } = this;
    return onSupport(x, isCount(x), 0, (count) => {
      const ways = count.add(totalCount).lgamma().sub(count.add(1).lgamma()).sub(totalCount.lgamma());
      return ways.add(count.mul(logits.logSigmoid())).add(totalCount.mul(logits.neg().logSigmoid()));
    });
  }

  /** A draw carries no gradient. @throws ArgumentError unless r > 0 and the gamma rates are at most 10⁶. */
  protected draw(key: RandomKey, shape: Shape): Variable {
    const [keyRate, keyCount] = key.split(2) as [RandomKey, RandomKey];
    const rates = noGrad(() =>
      exp(logStandardGamma(keyRate, expandTo(this.totalCount, shape)).add(this.logits)),
    );
    return new Variable(drawPoisson(keyCount, rates.value));
  }

  /** r·e^logit */
  mean(): Variable {
    return this.spread(this.totalCount.mul(exp(this.logits)));
  }

  /** r·e^logit·(1 + e^logit) */
  variance(): Variable {
    const odds = exp(this.logits);
    return this.spread(this.totalCount.mul(odds).mul(odds.add(1)));
  }

  mapParameters(change: ParameterChange): NegativeBinomial {
    const rank = this.eventShape.length;
    return new NegativeBinomial(change(this.totalCount, rank), change(this.logits, rank), this.eventOptions);
  }
}
