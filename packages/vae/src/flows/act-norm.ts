import { exp, type Operand, toVariable, type Variable } from '@reparam/autograd';
import { zeros } from '@reparam/tensor';
import type { Bijector, Transformed } from './bijector.ts';

/** y = x·eˢ + t with one s and one t for each coordinate (actnorm, Kingma & Dhariwal 2018, §3.1): log-determinant Σs. */
export class ActNorm implements Bijector {
  readonly #logScale: Variable;
  readonly #shift: Variable;

  /** s and t: [D] each. */
  constructor(logScale: Variable, shift: Variable) {
    this.#logScale = logScale;
    this.#shift = shift;
  }

  forwardAndLogDet(z: Operand): Transformed {
    const value = toVariable(z).mul(exp(this.#logScale)).add(this.#shift);
    return { value, logDet: this.#logDet(value) };
  }

  inverseAndLogDet(y: Operand): Transformed {
    const value = toVariable(y).sub(this.#shift).mul(exp(this.#logScale.neg()));
    return { value, logDet: this.#logDet(value).neg() };
  }

  detach(): ActNorm {
    return new ActNorm(this.#logScale.detach(), this.#shift.detach());
  }

  /** The same for every point: [...] */
  #logDet(point: Variable): Variable {
    return this.#logScale.sum().add(zeros(point.shape.slice(0, -1), { dtype: point.dtype }));
  }
}
