import { div, log, type Operand, softplus, tanh, toVariable, type Variable } from '@reparam/autograd';
import type { Bijector, Transformed } from './bijector.ts';
import { dot } from './dot.ts';
import { saturatingRoot, saturatingSlope } from './saturating-root.ts';

/** Parameters of one layer, or of one layer for each example. */
export interface PlanarParameters {
  /** [D] or [...batch, D] */
  readonly u: Operand;
  /** [D] or [...batch, D], not 0. */
  readonly w: Operand;
  /** [] or [...batch] */
  readonly b: Operand;
}

/**
 * The planar flow z + û·tanh(wᵀz + b) (Rezende & Mohamed 2015, eq. 10) with
 * û = u + (softplus(wᵀu) − 1 − wᵀu)·w/‖w‖², which keeps wᵀû = softplus(wᵀu) − 1 > −1 and the map invertible (their
 * appendix A.1).
 */
export class Planar implements Bijector {
  readonly #u: Variable;
  readonly #w: Variable;
  readonly #b: Variable;

  constructor({ u, w, b }: PlanarParameters) {
    this.#u = toVariable(u);
    this.#w = toVariable(w, this.#u.dtype);
    this.#b = toVariable(b, this.#u.dtype);
  }

  /** The log-determinant is ln(1 + wᵀû·sech²a), a = wᵀz + b. */
  forwardAndLogDet(z: Operand): Transformed {
    const point = toVariable(z, this.#u.dtype);
    const t = tanh(dot(this.#w, point).add(this.#offset()));
    return { value: point.add(this.#direction().mul(t)), logDet: this.#logDet(t) };
  }

  /** Solves s + wᵀû·tanh(s + b) = wᵀy for s = wᵀz, then z = y − û·tanh(s + b). Three orders of derivatives are exact. */
  inverseAndLogDet(y: Operand): Transformed {
    const image = toVariable(y, this.#u.dtype);
    const onePlusStrength = this.#onePlusStrength();
    const s = saturatingRoot({
      target: dot(this.#w, image),
      strength: onePlusStrength.sub(1),
      onePlusStrength,
      offset: this.#offset(),
    });
    const t = tanh(s.add(this.#offset()));
    return { value: image.sub(this.#direction().mul(t)), logDet: this.#logDet(t).neg() };
  }

  detach(): Planar {
    return new Planar({ u: this.#u.detach(), w: this.#w.detach(), b: this.#b.detach() });
  }

  /** b: [..., 1] */
  #offset(): Variable {
    return this.#b.unsqueeze(-1);
  }

  /** 1 + wᵀû: [..., 1] */
  #onePlusStrength(): Variable {
    return softplus(dot(this.#w, this.#u));
  }

  /** û */
  #direction(): Variable {
    const correction = this.#onePlusStrength().sub(1).sub(dot(this.#w, this.#u));
    return this.#u.add(div(this.#w, dot(this.#w, this.#w)).mul(correction));
  }

  #logDet(t: Variable): Variable {
    return log(saturatingSlope(t, this.#onePlusStrength())).sum({ axes: -1 });
  }
}
