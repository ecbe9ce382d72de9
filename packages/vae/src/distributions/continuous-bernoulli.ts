import { expm1, log, log1p, mul, type Operand, sub, Variable, where } from '@reparam/autograd';
import type { RandomKey, Shape } from '@reparam/tensor';
import { ElementwiseDistribution, type ParameterChange, toParameters } from './elementwise.ts';
import type { EventOptions } from './event.ts';
import { standardUniform } from './noise.ts';
import { onSupport } from './support.ts';

/** Below this |logit| the closed forms, which are 0/0 at 0, give way to their series. */
const nearZero = 0.05;

/**
 * Density ∝ λ^x(1 − λ)^(1−x) on [0, 1] (Loaiza-Ganem & Cunningham 2019), given by the logit l of λ: that is
 * e^(l·x − A(l)) with A(l) = ln[(e^l − 1)/l]. It is what grey pixels between 0 and 1 call for.
 */
export class ContinuousBernoulli extends ElementwiseDistribution {
  readonly reparameterized = true;
  readonly logits: Variable;

  constructor(logits: Operand, options?: EventOptions) {
    const parameters = toParameters({ logits });
    super(parameters, options);
    this.logits = parameters.logits;
  }

  protected logDensity(x: Variable): Variable {
    const inside = x.greaterEqual(0).logicalAnd(x.lessEqual(1));
    return onSupport(x, inside, 0.5, (supported) => supported.mul(this.logits).sub(this.logNormalizer()));
  }

  /**
   * The inverse of P(x ≤ t) = (e^lt − 1)/(e^l − 1) at uniform u: ln[1 + u(e^l − 1)]/l, which for l > 0 is 1 less that
   * of −l at 1 − u.
   */
  protected draw(key: RandomKey, shape: Shape): Variable {
    const u = new Variable(standardUniform(key, shape, this.dtype));
    return this.#either(
      (l) => inverseNearZero(u, l),
      (l) => {
        const isPositive = l.greater(0);
        const size = l.abs().neg();
        const inverse = log1p(where(isPositive, sub(1, u), u).mul(expm1(size))).div(size);
        return where(isPositive, sub(1, inverse), inverse);
      },
    );
  }

  /** A′(l) = 1/(1 − e^−l) − 1/l */
  mean(): Variable {
    return this.#either(
      (l) =>
        polynomial(l.square(), [1 / 12, -1 / 720, 1 / 30240, -1 / 1209600])
          .mul(l)
          .add(0.5),
      (l) => expm1(l.neg()).reciprocal().neg().sub(l.reciprocal()),
    );
  }

  /** A″(l) = 1/l² − 1/(4 sinh²(l/2)) */
  variance(): Variable {
    return this.#either(
      (l) => polynomial(l.square(), [1 / 12, -1 / 240, 1 / 6048, -1 / 172800]),
      (l) => l.square().reciprocal().sub(l.mul(0.5).sinh().square().mul(4).reciprocal()),
    );
  }

  /** Σ [A(l) − l·A′(l)] */
  entropy(): Variable {
    return this.total(this.logNormalizer().sub(this.logits.mul(this.mean())));
  }

  /** A(l) = max(l, 0) + ln(1 − e^−|l|) − ln|l|, near 0 by its series ½l + l²/24 − l⁴/2880 + … */
  logNormalizer(): Variable {
    return this.#either(
      (l) => {
        const square = l.square();
        return polynomial(square, [1 / 24, -1 / 2880, 1 / 181440])
          .mul(square)
          .add(l.mul(0.5));
      },
      (l) => {
        const size = l.abs();
        return l
          .maximum(0)
          .add(log(expm1(size.neg()).neg()))
          .sub(log(size));
      },
    );
  }

  mapParameters(change: ParameterChange): ContinuousBernoulli {
    return new ContinuousBernoulli(change(this.logits, this.eventShape.length), this.eventOptions);
  }

  #either(series: (l: Variable) => Variable, closed: (l: Variable) => Variable): Variable {
    const l = this.logits;
    const isNear = l.abs().less(nearZero);
    return where(isNear, series(where(isNear, l, 0)), closed(where(isNear, 1, l)));
  }
}

/**
 * ln[1 + u(e^l − 1)]/l as a series in l: the numerator generates the cumulants κₙ of a coin with P(1) = u, so it is
 * Σ κₙ₊₁·lⁿ/(n + 1)!
 */
function inverseNearZero(u: Variable, l: Variable): Variable {
  const variance = u.mul(sub(1, u));
  const skew = variance.mul(sub(1, u.mul(2)));
  const cumulants = [
    variance,
    skew,
    variance.mul(sub(1, variance.mul(6))),
    skew.mul(sub(1, variance.mul(12))),
    variance.mul(polynomial(variance, [1, -30, 120])),
  ];
  return polynomial(l, [u, ...cumulants.map((cumulant, i) => cumulant.mul(1 / [2, 6, 24, 120, 720][i]!))]);
}

/** Σ cᵢ xⁱ by Horner's rule. */
function polynomial(x: Variable, coefficients: readonly Operand[]): Variable {
  const [last, ...rest] = coefficients.toReversed();
  const [next, ...others] = rest;
  return others.reduce<Variable>((sum, each) => sum.mul(x).add(each), mul(x, last!).add(next!));
}
