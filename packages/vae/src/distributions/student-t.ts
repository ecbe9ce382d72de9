import { exp, log, log1p, type Operand, type Variable, where } from '@reparam/autograd';
import { normal, type RandomKey, type Shape } from '@reparam/tensor';
import { ElementwiseDistribution, type ParameterChange, toParameters } from './elementwise.ts';
import { type EventOptions, expandTo } from './event.ts';
import { logStandardGamma } from './gamma-draws.ts';

/** Student's t with ν degrees of freedom, moved to μ and stretched by σ: density ∝ (1 + t²/ν)^(−(ν+1)/2), t = (x − μ)/σ. */
export class StudentT extends ElementwiseDistribution {
  readonly reparameterized = true;
  /** ν, positive. */
  readonly degreesOfFreedom: Variable;
  /** μ */
  readonly location: Variable;
  /** σ, positive; not the standard deviation, which is σ√(ν/(ν − 2)). */
  readonly scale: Variable;

  constructor(degreesOfFreedom: Operand, location: Operand, scale: Operand, options?: EventOptions) {
    const parameters = toParameters({ degreesOfFreedom, location, scale });
    super(parameters, options);
    this.degreesOfFreedom = parameters.degreesOfFreedom;
    this.location = parameters.location;
    this.scale = parameters.scale;
  }

  /** ln Γ((ν+1)/2) − ln Γ(ν/2) − ½ ln πν − ln σ − (ν+1)/2·ln(1 + t²/ν) */
  protected logDensity(x: Variable): Variable {
    const { degreesOfFreedom: nu, location, scale } = this;
    const half = nu.add(1).mul(0.5);
    const constant = half
      .lgamma()
      .sub(nu.mul(0.5).lgamma())
      .sub(log(nu.mul(Math.PI)).mul(0.5))
      .sub(log(scale));
    const t = x.sub(location).div(scale);
    return constant.sub(half.mul(log1p(t.square().div(nu))));
  }

  /** μ + σ·ε·√(ν/2G) with ε ~ N(0, 1) and G ~ Gamma(ν/2, 1). @throws ArgumentError unless ν is finite and above 0. */
  protected draw(key: RandomKey, shape: Shape): Variable {
    const [keyNormal, keyGamma] = key.split(2) as [RandomKey, RandomKey];
    const half = this.degreesOfFreedom.mul(0.5);
    const logarithm = logStandardGamma(keyGamma, expandTo(half, shape));
    const noise = normal(keyNormal, shape, { dtype: this.dtype });
    const t = exp(log(half).sub(logarithm).mul(0.5)).mul(noise);
    return this.location.add(this.scale.mul(t));
  }

  /** The location; for ν ≤ 1, where there is no mean, the centre. */
  mean(): Variable {
    return this.spread(this.location);
  }

  /** σ²ν/(ν − 2), which is ∞ for ν ≤ 2. */
  variance(): Variable {
    const nu = this.degreesOfFreedom;
    const exists = nu.greater(2);
    const safe = where(exists, nu, 3);
    return this.spread(where(exists, this.scale.square().mul(safe.div(safe.sub(2))), Infinity));
  }

  /** Σ [(ν+1)/2·(ψ((ν+1)/2) − ψ(ν/2)) + ½ ln ν + ln B(ν/2, ½) + ln σ] */
  entropy(): Variable {
    const nu = this.degreesOfFreedom;
    const [half, next] = [nu.mul(0.5), nu.add(1).mul(0.5)];
    const logBeta = half
      .lgamma()
      .add(0.5 * Math.log(Math.PI))
      .sub(next.lgamma());
    return this.total(
      next.mul(next.digamma().sub(half.digamma())).add(log(nu).mul(0.5)).add(logBeta).add(log(this.scale)),
    );
  }

  mapParameters(change: ParameterChange): StudentT {
    const rank = this.eventShape.length;
    return new StudentT(
      change(this.degreesOfFreedom, rank),
      change(this.location, rank),
      change(this.scale, rank),
      this.eventOptions,
    );
  }
}
