import type { Variable } from '@reparam/autograd';
import { broadcastShapes, type Shape } from '@reparam/tensor';

/** A function of points [..., inputs], with parameters that can be held constant. */
export interface ParametricFunction {
  /** The batch of functions there are, one for each context: [] when all points share one. */
  readonly batchShape: Shape;
  /** [..., inputs] → [..., outputs] */
  apply(x: Variable): Variable;
  detach(): ParametricFunction;
}

/** Points [..., D] repeated for every function of a batch they meet. */
export function spreadOver(x: Variable, { batchShape }: ParametricFunction): Variable {
  const [leading, event] = [x.shape.slice(0, -1), x.shape.slice(-1)];
  const shape = [...broadcastShapes('flow', { points: leading, context: batchShape }), ...event];
  return shape.length === x.rank && shape.every((length, axis) => length === x.shape[axis])
    ? x
    : x.expand(shape);
}
