import { zeros } from '@reparam/tensor';
import { propagate, startingCotangent } from '../backward.ts';
import { isRecording, tapeOf } from '../tape.ts';
import { Variable } from '../variable.ts';
import { type Differentiable, type Input, trace } from './trace.ts';

export interface GradientOptions {
  /** Record the backward pass, so that the gradients can be differentiated again. */
  readonly createGraph?: boolean;
}

/**
 * Gradients of a computed `output` by some of the variables it depends on; zeros where it does not.
 * Nothing is accumulated anywhere, and the tape is kept. @throws ShapeError unless the output is a scalar or a
 * cotangent is given.
 */
export function gradients(
  output: Variable,
  inputs: readonly Variable[],
  { createGraph = false, cotangent }: GradientOptions & { readonly cotangent?: Input } = {},
): Variable[] {
  const start = startingCotangent('gradients', output, cotangent);
  const cotangents = propagate(tapeOf(output), output, start, new Set(inputs), createGraph);
  return inputs.map((input) => cotangents.get(input) ?? zerosLike(input));
}

/** What stands for a cotangent or tangent that nothing has contributed to. */
export function zerosLike({ shape, dtype }: Variable): Variable {
  return new Variable(zeros(shape, { dtype }));
}

/** The value of fn(…inputs) and its gradient by every input. `fn` returns a scalar. */
export function valueAndGrad(
  fn: Differentiable,
  options: GradientOptions = {},
): (...inputs: Input[]) => { value: Variable; gradients: Variable[] } {
  return (...inputs) => {
    const { output, value, arguments: fresh, nested } = trace(fn, inputs);
    const createGraph = options.createGraph ?? nested;
    return { value, gradients: gradients(output, fresh, { createGraph }) };
  };
}

/** The gradient of a scalar function by every input: `const [dx] = grad(f)(x)`. Nests for higher derivatives. */
export function grad(fn: Differentiable, options?: GradientOptions): (...inputs: Input[]) => Variable[] {
  const both = valueAndGrad(fn, options);
  return (...inputs) => both(...inputs).gradients;
}

/**
 * The output of `fn` and its pullback: from a cotangent of the output to the cotangents of all inputs. The
 * pullback is linear, and can itself be differentiated by the cotangent.
 */
export function vjp(
  fn: Differentiable,
  ...inputs: Input[]
): { output: Variable; pullback: (cotangent: Input) => Variable[] } {
  const { output, value, arguments: fresh, nested } = trace(fn, inputs);
  return {
    output: value,
    pullback: (cotangent) => {
      const moving = cotangent instanceof Variable && cotangent.tracked && isRecording();
      return gradients(output, fresh, { createGraph: nested || moving, cotangent });
    },
  };
}
