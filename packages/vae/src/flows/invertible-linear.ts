import {
  diagonal,
  diagonalMatrix,
  exp,
  flip,
  matmul,
  type Operand,
  toVariable,
  transpose,
  triangularSolve,
  tril,
  triu,
  Variable,
} from '@reparam/autograd';
import { eye, zeros } from '@reparam/tensor';
import type { Bijector, Transformed } from './bijector.ts';

/**
 * y = Wx with W = PL(U + diag s) (Kingma & Dhariwal 2018, eq. 10): P turns the order of the axes round or leaves it,
 * L has a unit diagonal, s > 0. The log-determinant is Σ ln s, and the inverse two triangular systems.
 */
export class InvertibleLinear implements Bijector {
  readonly #factors: Variable;
  readonly #reverses: boolean;

  /** [D, D]: L below the diagonal, ln s on it, U above it. All 0 is the identity, or P. */
  constructor(factors: Variable, reverses: boolean) {
    this.#factors = factors;
    this.#reverses = reverses;
  }

  forwardAndLogDet(z: Operand): Transformed {
    const weight = matmul(this.#lower(), this.#upper());
    const value = onRows(toVariable(z), (rows) => matmul(rows, weight, { transposeB: true }));
    return { value: this.#permute(value), logDet: this.#logDet(value) };
  }

  inverseAndLogDet(y: Operand): Transformed {
    const value = onRows(this.#permute(toVariable(y)), (rows) => {
      const half = triangularSolve(this.#lower(), transpose(rows));
      return transpose(triangularSolve(this.#upper(), half, { lower: false }));
    });
    return { value, logDet: this.#logDet(value).neg() };
  }

  detach(): InvertibleLinear {
    return new InvertibleLinear(this.#factors.detach(), this.#reverses);
  }

  #permute(x: Variable): Variable {
    return this.#reverses ? flip(x, -1) : x;
  }

  #lower(): Variable {
    const identity = new Variable(
      eye(this.#factors.shape[0]!, this.#factors.shape[0]!, { dtype: this.#factors.dtype }),
    );
    return tril(this.#factors, -1).add(identity);
  }

  #upper(): Variable {
    return triu(this.#factors, 1).add(diagonalMatrix(exp(diagonal(this.#factors))));
  }

  /** The same for every point: [...] */
  #logDet(point: Variable): Variable {
    return diagonal(this.#factors)
      .sum()
      .add(zeros(point.shape.slice(0, -1), { dtype: point.dtype }));
  }
}

/** A map of matrices [N, D], for points [..., D]. */
function onRows(x: Variable, map: (rows: Variable) => Variable): Variable {
  return map(x.reshape([-1, x.shape.at(-1)!])).reshape(x.shape);
}
