import type { Operand, Variable } from '@reparam/autograd';

export interface Transformed {
  /** The image, of the input's shape [..., D]. */
  readonly value: Variable;
  /** ln |det ∂value/∂input| in nats: [...] */
  readonly logDet: Variable;
}

/** An invertible map of the last axis. */
export interface Bijector {
  forwardAndLogDet(z: Operand): Transformed;
  /** The inverse and its own log-determinant, which is minus that of the forward map. */
  inverseAndLogDet(y: Operand): Transformed;
  /** The same map with constant parameters: gradients then flow to its argument alone. */
  detach(): Bijector;
}
