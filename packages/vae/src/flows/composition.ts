import { type Operand, toVariable, Variable } from '@reparam/autograd';
import { zeros } from '@reparam/tensor';
import type { Bijector, Transformed } from './bijector.ts';

/** Bijectors one after the other, f_K(… f_1(z)); none of them is the identity. Log-determinants add up. */
export class Composition implements Bijector {
  readonly bijectors: readonly Bijector[];

  constructor(bijectors: readonly Bijector[]) {
    this.bijectors = bijectors;
  }

  forwardAndLogDet(z: Operand): Transformed {
    return chain(
      z,
      this.bijectors.map((bijector) => (value) => bijector.forwardAndLogDet(value)),
    );
  }

  inverseAndLogDet(y: Operand): Transformed {
    return chain(
      y,
      this.bijectors.toReversed().map((bijector) => (value) => bijector.inverseAndLogDet(value)),
    );
  }

  detach(): Composition {
    return new Composition(this.bijectors.map((bijector) => bijector.detach()));
  }
}

function chain(input: Operand, steps: readonly ((value: Variable) => Transformed)[]): Transformed {
  let value = toVariable(input);
  let logDet: Variable | undefined;
  for (const step of steps) {
    const next = step(value);
    value = next.value;
    logDet = logDet ? logDet.add(next.logDet) : next.logDet;
  }
  return { value, logDet: logDet ?? new Variable(zeros(value.shape.slice(0, -1), { dtype: value.dtype })) };
}
