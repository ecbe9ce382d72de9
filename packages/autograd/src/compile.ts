import {
  type Compiled,
  type CompileOptions,
  compile as compileTensors,
  type LeafWrapper,
} from '@reparam/tensor';
import { Variable } from './variable.ts';

/** Variables in arguments are inputs without gradients; in results they come back as constants. */
const variables: LeafWrapper = {
  holds: (value) => value instanceof Variable,
  tensorIn: (value) => (value as Variable).value,
  wrap: (tensor) => new Variable(tensor),
};

/**
 * Records a function of tensors and variables once, and runs it as a planned program from then on: a forward pass, a
 * gradient, or a whole training step with its optimiser.
 *
 * ```ts
 * const step = compile((x: Tensor, key: RandomKey) => {
 *   const { loss } = model.elbo(x, key);
 *   optimizer.step(gradients(loss, model.parameters()).map(({ value }) => value));
 *   return loss;
 * });
 * ```
 * Parameters, buffers and the moments of optimisers are state, and keep the values that the program leaves. See
 * {@link compileTensors} for what becomes of other values.
 */
export function compile<Args extends readonly unknown[], Result>(
  fn: (...args: Args) => Result,
  options: Omit<CompileOptions, 'wrappers'> = {},
): Compiled<Args, Result> {
  return compileTensors(fn, { ...options, wrappers: [variables] });
}
