import { flip, matmul, norm, Variable } from '@reparam/autograd';
import { eye, formatShape, ReparamError } from '@reparam/tensor';
import { matrixVector } from './dot.ts';
import { reflect } from './householder.ts';

/** M orthonormal directions in D dimensions: a matrix Q [..., D, M] with QᵀQ = 1, in whatever form it is known. */
export interface OrthonormalBasis {
  /** Qᵀz: [..., D] → [..., M] */
  coordinates(z: Variable): Variable;
  /** Qw: [..., M] → [..., D] */
  combine(w: Variable): Variable;
  detach(): OrthonormalBasis;
}

/** A parameter of a basis whose columns are not independent. */
export class DependentColumnsError extends ReparamError {}

/** Enough for columns that are independent up to 1e-7: each step brings a small singular value up by half. */
const maximumSteps = 100;

/**
 * The orthonormal matrix near `raw` [..., D, M], M ≤ D, by Q ← Q(1 + ½(1 − QᵀQ)) until it stays (Björck & Bowie
 * 1971), from raw/‖raw‖_F: every singular value is then at most 1, and rises to 1 as s ← s(3 − s²)/2. All steps are
 * on the tape. @throws DependentColumnsError when it does not get there.
 */
export function orthonormalize(raw: Variable): Variable {
  const columns = raw.shape.at(-1)!;
  const identity = new Variable(eye(columns, columns, { dtype: raw.dtype }));
  const closeEnough = raw.dtype === 'float64' ? 1e-8 : 1e-4;
  let q = raw.div(norm(raw, { axes: [-2, -1], keepDims: true }));
  let converged = false;
  for (let step = 0; step < maximumSteps; step++) {
    const rest = identity.sub(matmul(q, q, { transposeA: true }));
    q = q.add(matmul(q, rest).mul(0.5));
    // A step squares what is missing: the one from here reaches the precision of the type, derivatives included.
    if (converged) return q;
    converged = rest.abs().max().item() <= closeEnough;
  }
  throw new DependentColumnsError(
    'orthonormalize',
    `the ${columns} columns of raw, ${formatShape(raw.shape)}, are not independent or not finite, so that no ` +
      'orthonormal matrix is near. Draw them at random, and at most as many as there are rows.',
  );
}

/** The columns of a matrix that is orthonormal already. */
export class MatrixBasis implements OrthonormalBasis {
  /** [..., D, M] */
  readonly matrix: Variable;

  constructor(matrix: Variable) {
    this.matrix = matrix;
  }

  coordinates(z: Variable): Variable {
    return matrixVector(this.matrix.transpose(), z);
  }

  combine(w: Variable): Variable {
    return matrixVector(this.matrix, w);
  }

  detach(): MatrixBasis {
    return new MatrixBasis(this.matrix.detach());
  }
}

/** Q = H_1 … H_K, a product of reflections along v_k [..., D]: square, and orthonormal by construction. */
export class ReflectionBasis implements OrthonormalBasis {
  readonly vectors: readonly Variable[];

  constructor(vectors: readonly Variable[]) {
    this.vectors = vectors;
  }

  coordinates(z: Variable): Variable {
    return this.vectors.reduce(reflect, z);
  }

  combine(w: Variable): Variable {
    return this.vectors.reduceRight(reflect, w);
  }

  detach(): ReflectionBasis {
    return new ReflectionBasis(this.vectors.map((v) => v.detach()));
  }
}

/** The axes as they are. */
export const axesInOrder: OrthonormalBasis = {
  coordinates: (z) => z,
  combine: (w) => w,
  detach: () => axesInOrder,
};

/** The axes from the last to the first. */
export const axesReversed: OrthonormalBasis = {
  coordinates: (z) => flip(z, -1),
  combine: (w) => flip(w, -1),
  detach: () => axesReversed,
};
