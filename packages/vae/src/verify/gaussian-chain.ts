import { type Operand, toVariable, type Variable } from '@reparam/autograd';
import { eye, formatShape, ShapeError } from '@reparam/tensor';
import type { ParameterChange } from '../distributions/elementwise.ts';
import { CorrelatedNormal } from '../distributions/gaussian.ts';

/**
 * Gaussian Markov chains over [T]: normals N(μ, (BᵀB)⁻¹) whose precision is tridiagonal, given by a factor B with a
 * positive diagonal d and one band b below it. With u = z − μ they are u₁ = ε₁/d₁, u_t = (ε_t − b_t u_{t−1})/d_t for
 * independent standard normal ε.
 */
export class GaussianChain extends CorrelatedNormal {
  /** ln d: [T] */
  readonly logDiagonal: Variable;
  /** b: [T − 1], how each state follows the one before it. */
  readonly band: Variable;

  /** @throws ShapeError unless the location is [T], the logarithms [T] and the band [T − 1]. */
  constructor(location: Operand, logDiagonal: Operand, band: Operand) {
    const mean = toVariable(location);
    const [diagonal, below] = [toVariable(logDiagonal, mean.dtype), toVariable(band, mean.dtype)];
    requireChain(mean, diagonal, below);
    super(mean, []);
    this.logDiagonal = diagonal;
    this.band = below;
  }

  /** −Σ ln d */
  halfLogDeterminant(): Variable {
    return this.logDiagonal.sum().neg();
  }

  /** ‖Bv‖² */
  whitenedSquares(columns: Variable): Variable {
    return this.#precisionFactor().matmul(columns).square().sum({ axes: -2 });
  }

  /** B⁻¹ */
  covarianceFactor(): Variable {
    const states = this.eventShape[0]!;
    return this.#precisionFactor().triangularSolve(eye(states, states, { dtype: this.dtype }));
  }

  mapParameters(change: ParameterChange): GaussianChain {
    return new GaussianChain(change(this.location, 1), change(this.logDiagonal, 1), change(this.band, 1));
  }

  /** B: [T, T] */
  #precisionFactor(): Variable {
    const below = this.band.diagonalMatrix().pad([
      [1, 0],
      [0, 1],
    ]);
    return this.logDiagonal.exp().diagonalMatrix().add(below);
  }
}

function requireChain(location: Variable, logDiagonal: Variable, band: Variable): void {
  const states = location.size;
  if (location.rank === 1 && logDiagonal.shape[0] === states && band.shape[0] === states - 1) {
    if (logDiagonal.rank === 1 && band.rank === 1) return;
  }
  const shapes = { location: location.shape, logDiagonal: logDiagonal.shape, band: band.shape };
  throw new ShapeError(
    'GaussianChain',
    `location is ${formatShape(shapes.location)}, logDiagonal ${formatShape(shapes.logDiagonal)} and band ` +
      `${formatShape(shapes.band)}; a chain of T states has [T], [T] and [T − 1].`,
    shapes,
  );
}
