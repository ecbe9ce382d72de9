import { log, log1p, type Operand, sigmoid, softplus, type Variable } from '@reparam/autograd';
import type { RandomKey, Shape } from '@reparam/tensor';
import type { SampleWithLogProb } from './distribution.ts';
import { ElementwiseDistribution, type ParameterChange, toParameters } from './elementwise.ts';
import { type EventOptions, sumTrailing } from './event.ts';
import { logStandardLogistic } from './logistic.ts';
import { standardLogistic } from './noise.ts';
import { keepInUnitInterval, onSupport } from './support.ts';

/**
 * The binary Concrete distribution (Maddison et al. 2017, appendix B.2): x = sigmoid((logit + noise)/τ) with logistic
 * noise lies in (0, 1), near 0 and 1 for a low temperature τ, and x > ½ as often as the coin shows 1.
 */
export class RelaxedBernoulli extends ElementwiseDistribution {
  readonly reparameterized = true;
  readonly logits: Variable;
  /** τ, positive. */
  readonly temperature: Variable;

  constructor(logits: Operand, temperature: Operand, options?: EventOptions) {
    const parameters = toParameters({ logits, temperature });
    super(parameters, options);
    this.logits = parameters.logits;
    this.temperature = parameters.temperature;
  }

  protected logDensity(x: Variable): Variable {
    const inside = x.greater(0).logicalAnd(x.less(1));
    return onSupport(x, inside, 0.5, (supported) =>
      this.#logDensityAt(log(supported).sub(log1p(supported.neg()))),
    );
  }

  protected draw(key: RandomKey, shape: Shape): Variable {
    return keepInUnitInterval(sigmoid(this.#drawLogits(key, shape)));
  }

  /** The density is taken at the logit of the draw, which keeps its precision where the draw rounds to 0 or 1. */
  override sampleAndLogProb(key: RandomKey, sampleShape: Shape = []): SampleWithLogProb {
    const y = this.#drawLogits(key, [...sampleShape, ...this.shape]);
    return {
      sample: keepInUnitInterval(sigmoid(y)),
      logProb: sumTrailing(this.#logDensityAt(y), this.eventShape.length),
    };
  }

  /** The probabilities of the coins that are relaxed; the expected value itself has no closed form. */
  mean(): Variable {
    return this.spread(sigmoid(this.logits));
  }

  mapParameters(change: ParameterChange): RelaxedBernoulli {
    const rank = this.eventShape.length;
    return new RelaxedBernoulli(change(this.logits, rank), change(this.temperature, rank), this.eventOptions);
  }

  #drawLogits(key: RandomKey, shape: Shape): Variable {
    return this.logits.add(standardLogistic(key, shape, this.dtype)).div(this.temperature);
  }

  /** ln p(x) at x = sigmoid(y): that of y, ln τ + ln f(τy − logit), less ln dx/dy = −softplus(y) − softplus(−y). */
  #logDensityAt(y: Variable): Variable {
    const noise = y.mul(this.temperature).sub(this.logits);
    const slope = softplus(y).add(softplus(y.neg()));
    return log(this.temperature).add(logStandardLogistic(noise)).add(slope);
  }
}
