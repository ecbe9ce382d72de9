import {
  concat,
  diagonal,
  log1p,
  type Operand,
  sub,
  tanh,
  toVariable,
  type Variable,
} from '@reparam/autograd';
import type { Bijector, Transformed } from './bijector.ts';
import { matrixVector } from './dot.ts';
import type { OrthonormalBasis } from './orthonormal-basis.ts';
import { saturatingRoot } from './saturating-root.ts';

/** Parameters of one layer, or of one layer for each example. */
export interface SylvesterParameters {
  /** Q, of M directions in D dimensions. */
  readonly basis: OrthonormalBasis;
  /** R: upper triangular [M, M] or [...batch, M, M]. */
  readonly outer: Variable;
  /** R̃: upper triangular, as R, with R_ii·R̃_ii > −1. */
  readonly inner: Variable;
  /** b: [M] or [...batch, M] */
  readonly offset: Variable;
}

/**
 * The Sylvester flow z + QR·tanh(R̃Qᵀz + b) (van den Berg et al. 2018, eq. 13): M planar flows at once, along
 * orthonormal directions.
 */
export class Sylvester implements Bijector {
  readonly #parameters: SylvesterParameters;

  constructor(parameters: SylvesterParameters) {
    this.#parameters = parameters;
  }

  /** The log-determinant is Σᵢ ln(1 + tanh′(aᵢ)·R_ii·R̃_ii), a = R̃Qᵀz + b (their eq. 14). */
  forwardAndLogDet(z: Operand): Transformed {
    const { basis, outer, inner, offset } = this.#parameters;
    const point = toVariable(z, outer.dtype);
    const t = tanh(matrixVector(inner, basis.coordinates(point)).add(offset));
    return { value: point.add(basis.combine(matrixVector(outer, t))), logDet: this.#logDet(t) };
  }

  /**
   * In the coordinates w = Qᵀz the map is w + R·tanh(R̃w + b): row i holds w_i and those below it alone, so from the
   * last row up each is an equation of one unknown. With s = R̃_ii·w_i it is that of a planar flow, and has three exact
   * orders of derivatives.
   */
  inverseAndLogDet(y: Operand): Transformed {
    const { basis, outer, inner, offset } = this.#parameters;
    const image = toVariable(y, outer.dtype);
    const targets = basis.coordinates(image);
    const columns = outer.shape.at(-1)!;
    const products = this.#products();
    /** w and tanh of the rows solved so far, [..., 1] each, from row i + 1 down. */
    let solved: { readonly w: Variable; readonly t: Variable } | undefined;
    for (let i = columns - 1; i >= 0; i--) {
      const [r, rInner] = [entry(outer, i), entry(inner, i)];
      let target = lastAxis(targets, i, i + 1);
      let shift = lastAxis(offset, i, i + 1);
      if (solved) {
        target = target.sub(rowBeyond(outer, i).mul(solved.t).sum({ axes: -1, keepDims: true }));
        shift = shift.add(rowBeyond(inner, i).mul(solved.w).sum({ axes: -1, keepDims: true }));
      }
      const product = lastAxis(products, i, i + 1);
      const s = saturatingRoot({
        target: rInner.mul(target),
        strength: product,
        onePlusStrength: product.add(1),
        offset: shift,
      });
      const t = tanh(s.add(shift));
      const w = target.sub(r.mul(t));
      solved = solved ? { w: concat([w, solved.w], -1), t: concat([t, solved.t], -1) } : { w, t };
    }
    const t = solved!.t;
    return { value: image.sub(basis.combine(matrixVector(outer, t))), logDet: this.#logDet(t).neg() };
  }

  detach(): Sylvester {
    const { basis, outer, inner, offset } = this.#parameters;
    return new Sylvester({
      basis: basis.detach(),
      outer: outer.detach(),
      inner: inner.detach(),
      offset: offset.detach(),
    });
  }

  /** R_ii·R̃_ii: [..., M] */
  #products(): Variable {
    const { outer, inner } = this.#parameters;
    return diagonal(outer).mul(diagonal(inner));
  }

  #logDet(t: Variable): Variable {
    return log1p(sub(1, t.square()).mul(this.#products())).sum({ axes: -1 });
  }
}

/** [..., from … to − 1] */
function lastAxis(x: Variable, from: number, to: number): Variable {
  return x.slice([...x.shape.slice(0, -1).map(() => null), [from, to]]);
}

/** Entry (i, i) of [..., M, M] as [..., 1]. */
function entry(matrix: Variable, i: number): Variable {
  return matrix.slice([...matrix.shape.slice(0, -2).map(() => null), i, [i, i + 1]]);
}

/** Entries (i, i + 1 …) of [..., M, M]: [..., M − 1 − i] */
function rowBeyond(matrix: Variable, i: number): Variable {
  return matrix.slice([...matrix.shape.slice(0, -2).map(() => null), i, [i + 1, null]]);
}
