import { exp, log, mul, type Operand, softplus, toVariable, Variable } from '@reparam/autograd';
import { normal, ones, type RandomKey, type Shape, zeros } from '@reparam/tensor';
import { ElementwiseDistribution, type ParameterChange } from './elementwise.ts';
import { type EventOptions, expandTo, type FloatingType } from './event.ts';
import type { Gaussian } from './gaussian.ts';

export const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/** The floor below a softplus scale, so that a density stays finite. */
export const minimumScale = 1e-6;

/** Independent normals N(μ, diag σ²). */
export class DiagonalNormal extends ElementwiseDistribution implements Gaussian {
  readonly reparameterized = true;
  /** μ: [...batch, ...event] */
  readonly location: Variable;
  /** ln σ, broadcastable to the location. */
  readonly logScale: Variable;
  /** σ, broadcastable to the location. */
  readonly scale: Variable;

  private constructor(location: Variable, scale: Variable, logScale: Variable, options?: EventOptions) {
    super({ location, scale }, options);
    this.location = expandTo(location, this.shape);
    this.scale = scale;
    this.logScale = logScale;
  }

  /** From the logarithm of the variance, as encoders give it. Numbers take the location's type, here and below. */
  static fromLogVariance(location: Operand, logVariance: Operand, options?: EventOptions): DiagonalNormal {
    const mean = toVariable(location);
    return DiagonalNormal.fromLogScale(mean, mul(toVariable(logVariance, mean.dtype), 0.5), options);
  }

  static fromLogScale(location: Operand, logScale: Operand, options?: EventOptions): DiagonalNormal {
    const mean = toVariable(location);
    const variable = toVariable(logScale, mean.dtype);
    return new DiagonalNormal(mean, exp(variable), variable, options);
  }

  /** From positive scales. */
  static fromScale(location: Operand, scale: Operand, options?: EventOptions): DiagonalNormal {
    const mean = toVariable(location);
    const variable = toVariable(scale, mean.dtype);
    return new DiagonalNormal(mean, variable, log(variable), options);
  }

  /** From unconstrained numbers: σ = softplus(raw) + 1e-6. */
  static fromSoftplus(location: Operand, raw: Operand, options?: EventOptions): DiagonalNormal {
    const mean = toVariable(location);
    const scale = softplus(toVariable(raw, mean.dtype)).add(minimumScale);
    return DiagonalNormal.fromScale(mean, scale, options);
  }

  /** N(0, I) over D dimensions, without batch axes. */
  static standard(dimensions: number, dtype: FloatingType = 'float32'): DiagonalNormal {
    const [zero, one] = [zeros([dimensions], { dtype }), ones([dimensions], { dtype })];
    return new DiagonalNormal(new Variable(zero), new Variable(one), new Variable(zero));
  }

  /** −½((x−μ)/σ)² − ln σ − ½ ln 2π */
  protected logDensity(x: Variable): Variable {
    const standardized = x.sub(this.location).div(this.scale);
    return standardized.square().mul(-0.5).sub(this.logScale).sub(halfLogTwoPi);
  }

  /** The reparameterised draw z = μ + σ·ε with ε ~ N(0, I) (Kingma & Welling 2014, eq. 10). */
  protected draw(key: RandomKey, shape: Shape): Variable {
    return this.location.add(this.scale.mul(normal(key, shape, { dtype: this.dtype })));
  }

  mean(): Variable {
    return this.location;
  }

  variance(): Variable {
    return this.spread(this.scale.square());
  }

  /** Σ [ln σ + ½ ln 2πe] */
  entropy(): Variable {
    return this.total(this.logScale.add(halfLogTwoPi + 0.5));
  }

  halfLogDeterminant(): Variable {
    return this.total(this.logScale);
  }

  whitenedSquares(columns: Variable): Variable {
    return columns.div(this.spread(this.scale).unsqueeze(-1)).square().sum({ axes: -2 });
  }

  covarianceFactor(): Variable {
    return this.spread(this.scale).diagonalMatrix();
  }

  mapParameters(change: ParameterChange): DiagonalNormal {
    const rank = this.eventShape.length;
    const [location, scale] = [change(this.location, rank), change(this.scale, rank)];
    return new DiagonalNormal(location, scale, change(this.logScale, rank), this.eventOptions);
  }
}
