import { exp, log, mul, type Operand, softplus, toVariable, Variable } from '@reparam/autograd';
import { normal, ones, type RandomKey, type Shape, zeros } from '@reparam/tensor';
import { type Distribution, drawThenEvaluate, type SampleWithLogProb } from './distribution.ts';

const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/** The floor below a softplus scale, so that a density stays finite. */
const minimumScale = 1e-6;

type FloatingType = 'float32' | 'float64';

/** Independent normals along the last axis: N(μ, diag σ²) with batch axes before it. */
export class DiagonalNormal implements Distribution {
  /** μ: [...batch, D] */
  readonly location: Variable;
  /** ln σ, broadcastable to the location. */
  readonly logScale: Variable;
  /** σ, broadcastable to the location. */
  readonly scale: Variable;

  private constructor(location: Variable, scale: Variable, logScale: Variable) {
    this.location = location;
    this.scale = scale;
    this.logScale = logScale;
  }

  /** From the logarithm of the variance, as encoders give it. Numbers take the location's type, here and below. */
  static fromLogVariance(location: Operand, logVariance: Operand): DiagonalNormal {
    const mean = toVariable(location);
    return DiagonalNormal.fromLogScale(mean, mul(toVariable(logVariance, mean.dtype), 0.5));
  }

  static fromLogScale(location: Operand, logScale: Operand): DiagonalNormal {
    const mean = toVariable(location);
    const variable = toVariable(logScale, mean.dtype);
    return new DiagonalNormal(mean, exp(variable), variable);
  }

  /** From positive scales. */
  static fromScale(location: Operand, scale: Operand): DiagonalNormal {
    const mean = toVariable(location);
    const variable = toVariable(scale, mean.dtype);
    return new DiagonalNormal(mean, variable, log(variable));
  }

  /** From unconstrained numbers: σ = softplus(raw) + 1e-6. */
  static fromSoftplus(location: Operand, raw: Operand): DiagonalNormal {
    const mean = toVariable(location);
    return DiagonalNormal.fromScale(mean, softplus(toVariable(raw, mean.dtype)).add(minimumScale));
  }

  /** N(0, I) over D dimensions, without batch axes. */
  static standard(dimensions: number, dtype: FloatingType = 'float32'): DiagonalNormal {
    const [zero, one] = [zeros([dimensions], { dtype }), ones([dimensions], { dtype })];
    return new DiagonalNormal(new Variable(zero), new Variable(one), new Variable(zero));
  }

  get batchShape(): Shape {
    return this.location.shape.slice(0, -1);
  }

  get eventShape(): Shape {
    return this.location.shape.slice(-1);
  }

  /** −½((x−μ)/σ)² − ln σ − ½ ln 2π in each dimension: [..., D] */
  logProbPerDimension(x: Operand): Variable {
    const standardized = toVariable(x, this.location.dtype).sub(this.location).div(this.scale);
    return standardized.square().mul(-0.5).sub(this.logScale).sub(halfLogTwoPi);
  }

  logProb(x: Operand): Variable {
    return this.logProbPerDimension(x).sum({ axes: -1 });
  }

  /** The reparameterised draw z = μ + σ·ε with ε ~ N(0, I) (Kingma & Welling 2014, eq. 10). */
  sample(key: RandomKey, sampleShape: Shape = []): Variable {
    const shape = [...sampleShape, ...this.location.shape];
    const noise = normal(key, shape, { dtype: this.location.dtype as FloatingType });
    return this.location.add(this.scale.mul(noise));
  }

  sampleAndLogProb(key: RandomKey, sampleShape?: Shape): SampleWithLogProb {
    return drawThenEvaluate(this, key, sampleShape);
  }

  mean(): Variable {
    return this.location;
  }
}
