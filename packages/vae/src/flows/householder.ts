import { type Operand, toVariable, Variable } from '@reparam/autograd';
import { zeros } from '@reparam/tensor';
import type { Bijector, Transformed } from './bijector.ts';
import { dot } from './dot.ts';

/** z − 2v(vᵀz)/‖v‖²: the mirror image of z in the plane across v. */
export function reflect(z: Variable, v: Variable): Variable {
  return z.sub(v.mul(dot(v, z).mul(2).div(dot(v, v))));
}

/** A reflection (Tomczak & Welling 2016): its own inverse, and without change of volume. Products of them rotate. */
export class Householder implements Bijector {
  readonly #v: Variable;

  /** v: [D] or [...batch, D], not 0. */
  constructor(v: Operand) {
    this.#v = toVariable(v);
  }

  forwardAndLogDet(z: Operand): Transformed {
    const value = reflect(toVariable(z, this.#v.dtype), this.#v);
    return { value, logDet: new Variable(zeros(value.shape.slice(0, -1), { dtype: value.dtype })) };
  }

  inverseAndLogDet(y: Operand): Transformed {
    return this.forwardAndLogDet(y);
  }

  detach(): Householder {
    return new Householder(this.#v.detach());
  }
}
