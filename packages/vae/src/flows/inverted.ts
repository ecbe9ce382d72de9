import type { Operand } from '@reparam/autograd';
import type { Bijector, Transformed } from './bijector.ts';

/** A bijector run backwards: whichever direction is the cheap one changes sides. */
export class Inverted implements Bijector {
  readonly bijector: Bijector;

  constructor(bijector: Bijector) {
    this.bijector = bijector;
  }

  forwardAndLogDet(z: Operand): Transformed {
    return this.bijector.inverseAndLogDet(z);
  }

  inverseAndLogDet(y: Operand): Transformed {
    return this.bijector.forwardAndLogDet(y);
  }

  detach(): Inverted {
    return new Inverted(this.bijector.detach());
  }
}
