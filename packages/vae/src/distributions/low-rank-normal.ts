import { cholesky, concat, log, type Operand, toVariable, type Variable } from '@reparam/autograd';
import { broadcastShapes, eye } from '@reparam/tensor';
import type { ParameterChange } from './elementwise.ts';
import { expandTo } from './event.ts';
import { CorrelatedNormal, requireRows } from './gaussian.ts';

/**
 * Normals N(μ, W·Wᵀ + diag σ²) with R columns in W: correlations at the cost of R·D numbers. With A = W/σ, the
 * rows of W divided by σ, and the capacitance C = I + AᵀA = K·Kᵀ, nothing larger than [R, R] is factorised.
 */
export class LowRankNormal extends CorrelatedNormal {
  /** W: [..., D, R] */
  readonly factor: Variable;
  /** σ: [..., D], positive. */
  readonly scale: Variable;
  /** A: [..., D, R] */
  readonly #whitened: Variable;
  /** K: [..., R, R] */
  readonly #capacitance: Variable;

  /** @throws ShapeError unless the factor is [..., D, R] for a location and a scale [..., D]. */
  constructor(location: Operand, factor: Operand, scale: Operand) {
    const mean = toVariable(location);
    const columns = toVariable(factor, mean.dtype);
    const deviations = toVariable(scale, mean.dtype);
    requireRows('LowRankNormal', 'factor', columns, mean);
    const shape = broadcastShapes('LowRankNormal', {
      location: mean.shape,
      factor: columns.shape.slice(0, -1),
      scale: deviations.shape,
    });
    super(mean, shape.slice(0, -1));
    this.factor = columns;
    this.scale = expandTo(deviations, [...deviations.shape.slice(0, -1), shape.at(-1)!]);
    const whitened = columns.div(this.scale.unsqueeze(-1));
    const rank = columns.shape.at(-1)!;
    this.#whitened = whitened;
    this.#capacitance = cholesky(
      whitened.matmul(whitened, { transposeA: true }).add(eye(rank, rank, { dtype: this.dtype })),
    );
  }

  /** ½ ln|C| + Σ ln σ (the matrix determinant lemma). */
  halfLogDeterminant(): Variable {
    const outside = log(this.#capacitance.diagonal()).sum({ axes: -1 });
    return log(this.scale).sum({ axes: -1 }).add(outside);
  }

  /**
   * Woodbury's identity ‖u‖² − ‖K⁻¹Aᵀu‖² for u = v/σ, as the smallest ‖u − Ac‖² + ‖c‖², at c = C⁻¹Aᵀu: the same
   * number without a difference, in which single precision loses it when W is large beside σ.
   */
  whitenedSquares(columns: Variable): Variable {
    const scaled = columns.div(this.scale.unsqueeze(-1));
    const projected = this.#whitened.matmul(scaled, { transposeA: true });
    const half = this.#capacitance.triangularSolve(projected);
    const coefficients = this.#capacitance.triangularSolve(half, { transpose: true });
    const rest = scaled.sub(this.#whitened.matmul(coefficients));
    return rest
      .square()
      .sum({ axes: -2 })
      .add(coefficients.square().sum({ axes: -2 }));
  }

  /** [W, diag σ]: [..., D, R + D] */
  covarianceFactor(): Variable {
    const diagonal = this.scale.diagonalMatrix();
    const batch = broadcastShapes('LowRankNormal', { factor: this.factor.shape, scale: diagonal.shape }, 2);
    const parts = [this.factor, diagonal].map((part) => expandTo(part, [...batch, ...part.shape.slice(-2)]));
    return concat(parts, -1);
  }

  mapParameters(change: ParameterChange): LowRankNormal {
    return new LowRankNormal(change(this.location, 1), change(this.factor, 2), change(this.scale, 1));
  }
}
