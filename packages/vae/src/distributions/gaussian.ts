import type { Operand, Variable } from '@reparam/autograd';
import { formatShape, normal, type RandomKey, type Shape, ShapeError } from '@reparam/tensor';
import { halfLogTwoPi } from './diagonal-normal.ts';
import { type Distribution, drawThenEvaluate, type SampleWithLogProb } from './distribution.ts';
import type { ParameterChange } from './elementwise.ts';
import { expandTo, type FloatingType, toPoint } from './event.ts';

/** What divergences between normals N(μ, Σ) over [D] need to know of one. */
export interface Gaussian extends Distribution {
  /** μ: [...batch, D] */
  readonly location: Variable;
  /** ½ ln|Σ|: [...batch] */
  halfLogDeterminant(): Variable;
  /** vᵀΣ⁻¹v of every column v: [..., D, M] → [..., M] */
  whitenedSquares(columns: Variable): Variable;
  /** Some F with Σ = F·Fᵀ: [...batch, D, M] */
  covarianceFactor(): Variable;
  entropy(): Variable;
  mapParameters(change: ParameterChange): Gaussian;
}

/** Normals whose dimensions are correlated; the event is one axis [D]. */
export abstract class CorrelatedNormal implements Gaussian {
  readonly reparameterized = true;
  readonly location: Variable;
  readonly batchShape: Shape;
  readonly eventShape: Shape;
  readonly dtype: FloatingType;

  protected constructor(location: Variable, batchShape: Shape) {
    const dimensions = location.shape.at(-1);
    if (dimensions === undefined) {
      throw new ShapeError(new.target.name, 'the location is []; it needs an axis for the event, [..., D].', {
        location: location.shape,
      });
    }
    this.location = expandTo(location, [...batchShape, dimensions]);
    this.batchShape = batchShape;
    this.eventShape = [dimensions];
    this.dtype = location.dtype as FloatingType;
  }

  abstract halfLogDeterminant(): Variable;
  abstract whitenedSquares(columns: Variable): Variable;
  abstract covarianceFactor(): Variable;
  abstract mapParameters(change: ParameterChange): Gaussian;

  /** −½(x−μ)ᵀΣ⁻¹(x−μ) − ½ ln|Σ| − ½D ln 2π */
  logProb(x: Operand): Variable {
    const centred = toPoint(this.constructor.name, x, this).sub(this.location);
    const distance = this.whitenedSquares(centred.unsqueeze(-1)).squeeze(-1);
    return distance
      .mul(-0.5)
      .sub(this.halfLogDeterminant())
      .sub(this.eventShape[0]! * halfLogTwoPi);
  }

  /** μ + F·ε with Σ = F·Fᵀ and ε ~ N(0, I). */
  sample(key: RandomKey, sampleShape: Shape = []): Variable {
    const factor = this.covarianceFactor();
    const shape = [...sampleShape, ...this.batchShape, factor.shape.at(-1)!, 1];
    const noise = normal(key, shape, { dtype: this.dtype });
    return this.location.add(factor.matmul(noise).squeeze(-1));
  }

  sampleAndLogProb(key: RandomKey, sampleShape?: Shape): SampleWithLogProb {
    return drawThenEvaluate(this, key, sampleShape);
  }

  mean(): Variable {
    return this.location;
  }

  /** The diagonal of Σ. */
  variance(): Variable {
    return expandTo(this.covarianceFactor().square().sum({ axes: -1 }), this.location.shape);
  }

  /** Σ: [...batch, D, D] */
  covariance(): Variable {
    const factor = this.covarianceFactor();
    return factor.matmul(factor, { transposeB: true });
  }

  /** ½ ln|Σ| + ½D ln 2πe */
  entropy(): Variable {
    return expandTo(this.halfLogDeterminant(), this.batchShape).add(
      this.eventShape[0]! * (halfLogTwoPi + 0.5),
    );
  }

  detach(): Distribution {
    return this.mapParameters((parameter) => parameter.detach());
  }
}

/** @throws ShapeError unless a matrix [..., rows, columns] fits a location [..., rows]. */
export function requireRows(name: string, argument: string, matrix: Variable, location: Variable): void {
  if (matrix.rank >= 2 && matrix.shape.at(-2) === location.shape.at(-1)) return;
  throw new ShapeError(
    name,
    `${argument} is ${formatShape(matrix.shape)} but the location is ${formatShape(location.shape)}; ` +
      `${argument} needs one row for each of the last axis of the location: ` +
      `[..., ${location.shape.at(-1) ?? 'D'}, ${matrix.shape.at(-1) ?? 'columns'}].`,
    { [argument]: matrix.shape, location: location.shape },
  );
}
