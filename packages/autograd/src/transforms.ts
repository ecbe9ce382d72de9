import {
  ArgumentError,
  formatShape,
  requireSameDType,
  ShapeError,
  sameShape,
  type Tensor,
  zeros,
} from '@reparam/tensor';
import { propagate, requireFresh, startingCotangent } from './backward.ts';
import { alias } from './ops/alias.ts';
import { isRecording, tapeOf, withRecording } from './tape.ts';
import { expandTo } from './unbroadcast.ts';
import { Variable } from './variable.ts';

export type Differentiable = (...inputs: Variable[]) => Variable;
type Input = Tensor | Variable;

/** The same value, with no gradient flowing back through it. */
export function stopGradient(x: Input): Variable {
  return new Variable(x instanceof Variable ? x.value : x);
}

export interface GradientOptions {
  /** Record the backward pass, so that the gradients can be differentiated again. */
  readonly createGraph?: boolean;
}

/**
 * Gradients of a computed `output` by some of the variables it depends on; zeros where it does not.
 * Nothing is accumulated anywhere. @throws ShapeError unless the output is a scalar or a cotangent is given.
 */
export function gradients(
  output: Variable,
  inputs: readonly Variable[],
  { createGraph = false, cotangent }: GradientOptions & { readonly cotangent?: Input } = {},
): Variable[] {
  const start = startingCotangent('gradients', output, cotangent);
  const cotangents = propagate(tapeOf(output), output, start, new Set(inputs), createGraph);
  return inputs.map(
    (input) => cotangents.get(input) ?? new Variable(zeros(input.shape, { dtype: input.dtype })),
  );
}

/**
 * Calls `fn` on fresh names for the inputs, so that only their uses as arguments count, whatever else `fn`
 * closes over (no perturbation confusion when transforms nest). Under noGrad the tape ends here: nothing
 * that leaves the transform is tracked.
 */
function trace(
  fn: Differentiable,
  inputs: readonly Input[],
): { output: Variable; value: Variable; arguments: Variable[]; nested: boolean } {
  const outside = isRecording();
  return withRecording(true, () => {
    const fresh = inputs.map((input) =>
      outside && input instanceof Variable && input.tracked
        ? alias(input)
        : new Variable(input instanceof Variable ? input.value : input, { requiresGrad: true }),
    );
    const output = fn(...fresh);
    const mine = new Set(fresh);
    // Something outside wants gradients too: then this pass must be recorded for it.
    const nested =
      outside &&
      (fresh.some(({ node }) => node !== undefined) ||
        tapeOf(output).some((node) => node.inputs.some((each) => each.requiresGrad && !mine.has(each))));
    return { output, value: outside ? output : stopGradient(output), arguments: fresh, nested };
  });
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

/**
 * The output of `fn` and its directional derivative along `tangents`, one for each input: forward mode,
 * read off the tape in order. @throws ArgumentError, ShapeError, DTypeError when tangents do not match the inputs.
 */
export function jvp(
  fn: Differentiable,
  inputs: readonly Input[],
  tangents: readonly Input[],
): { output: Variable; tangent: Variable } {
  if (inputs.length !== tangents.length) {
    throw new ArgumentError(
      'jvp',
      'tangents',
      tangents,
      `${inputs.length} inputs need as many tangents, not ${tangents.length}.`,
    );
  }
  inputs.forEach((input, i) => {
    const tangent = tangents[i]!;
    if (!sameShape(input.shape, tangent.shape)) {
      throw new ShapeError(
        'jvp',
        `tangents[${i}] is ${formatShape(tangent.shape)} but inputs[${i}] is ${formatShape(input.shape)}.`,
        { input: input.shape, tangent: tangent.shape },
      );
    }
    requireSameDType('jvp', { [`inputs[${i}]`]: input.dtype, [`tangents[${i}]`]: tangent.dtype });
  });
  const { output, value, arguments: fresh } = trace(fn, inputs);
  const known = new Map<Variable, Variable>();
  fresh.forEach((each, i) => {
    const tangent = tangents[i]!;
    known.set(each, tangent instanceof Variable ? tangent : new Variable(tangent));
  });
  for (const node of tapeOf(output)) {
    const arriving = node.inputs.map((input) => known.get(input));
    if (arriving.every((each) => each === undefined)) continue;
    requireFresh(node);
    const tangent = node.rules.jvp(arriving, node);
    if (tangent) known.set(node.output, expandTo(tangent, node.output.shape));
  }
  return {
    output: value,
    tangent: known.get(output) ?? new Variable(zeros(output.shape, { dtype: output.dtype })),
  };
}
