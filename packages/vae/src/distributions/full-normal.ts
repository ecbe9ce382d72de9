import { cholesky, log, type Operand, softplus, toVariable, type Variable, where } from '@reparam/autograd';
import { broadcastShapes, eye, formatShape, fromTypedArray, ShapeError } from '@reparam/tensor';
import { minimumScale } from './diagonal-normal.ts';
import type { ParameterChange } from './elementwise.ts';
import { CorrelatedNormal, requireRows } from './gaussian.ts';

/** Normals with a full covariance, N(μ, L·Lᵀ), given by the Cholesky factor L. */
export class FullNormal extends CorrelatedNormal {
  /** L: [..., D, D], lower triangular with a positive diagonal; what is above the diagonal is not read. */
  readonly scaleTril: Variable;

  /** @throws ShapeError unless the factor is [..., D, D] for a location [..., D]. */
  constructor(location: Operand, scaleTril: Operand) {
    const mean = toVariable(location);
    const factor = toVariable(scaleTril, mean.dtype);
    requireRows('FullNormal', 'scaleTril', factor, mean);
    requireSquare(factor);
    super(
      mean,
      broadcastShapes('FullNormal', {
        location: mean.shape.slice(0, -1),
        scaleTril: factor.shape.slice(0, -2),
      }),
    );
    this.scaleTril = factor;
  }

  /**
   * From D(D+1)/2 unconstrained numbers: the lower triangle row by row, with softplus(raw) + 1e-6 on the diagonal.
   * @throws ShapeError for another count of numbers.
   */
  static fromUnconstrained(location: Operand, raw: Operand): FullNormal {
    const mean = toVariable(location);
    const numbers = toVariable(raw, mean.dtype);
    const dimensions = mean.shape.at(-1) ?? 0;
    const count = triangleSize(dimensions);
    if (numbers.shape.at(-1) !== count) {
      throw new ShapeError(
        'FullNormal.fromUnconstrained',
        `raw is ${formatShape(numbers.shape)} but the location is ${formatShape(mean.shape)}; a triangle of ` +
          `D = ${dimensions} has D(D + 1)/2 = ${count} numbers along the last axis.`,
        { raw: numbers.shape, location: mean.shape },
      );
    }
    const square = numbers.take(trianglePositions(dimensions), -1).tril();
    const positive = softplus(square).add(minimumScale);
    return new FullNormal(mean, where(eye(dimensions, dimensions, { dtype: mean.dtype }), positive, square));
  }

  /** @throws NotPositiveDefiniteError unless the covariance [..., D, D] is positive definite. */
  static fromCovariance(location: Operand, covariance: Operand): FullNormal {
    const mean = toVariable(location);
    return new FullNormal(mean, cholesky(toVariable(covariance, mean.dtype)));
  }

  /** Σ ln Lᵢᵢ */
  halfLogDeterminant(): Variable {
    return log(this.scaleTril.diagonal()).sum({ axes: -1 });
  }

  /** ‖L⁻¹v‖² */
  whitenedSquares(columns: Variable): Variable {
    return this.scaleTril.triangularSolve(columns).square().sum({ axes: -2 });
  }

  covarianceFactor(): Variable {
    return this.scaleTril.tril();
  }

  mapParameters(change: ParameterChange): FullNormal {
    return new FullNormal(change(this.location, 1), change(this.scaleTril, 2));
  }
}

/** How many numbers a lower triangle of D rows has. */
export function triangleSize(dimensions: number): number {
  return (dimensions * (dimensions + 1)) / 2;
}

/** Where each entry of the matrix is found among the numbers of the triangle; above the diagonal anywhere. */
function trianglePositions(dimensions: number) {
  const positions = new Int32Array(dimensions * dimensions);
  for (let row = 0; row < dimensions; row++) {
    for (let column = 0; column <= row; column++) {
      positions[row * dimensions + column] = triangleSize(row) + column;
    }
  }
  return fromTypedArray(positions, [dimensions, dimensions]);
}

function requireSquare({ shape }: Variable): void {
  if (shape.at(-1) === shape.at(-2)) return;
  throw new ShapeError('FullNormal', `scaleTril is ${formatShape(shape)}; it must be square, [..., D, D].`, {
    scaleTril: shape,
  });
}
