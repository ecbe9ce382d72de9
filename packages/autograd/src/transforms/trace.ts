import {
  ArgumentError,
  formatShape,
  requireSameDType,
  ShapeError,
  sameShape,
  type Tensor,
} from '@reparam/tensor';
import { requireFresh } from '../backward.ts';
import { alias } from '../ops/alias.ts';
import { isRecording, type TapeNode, tapeOf, withRecording } from '../tape.ts';
import { expandTo } from '../unbroadcast.ts';
import { toVariable, Variable } from '../variable.ts';

export type Differentiable = (...inputs: Variable[]) => Variable;
export type Input = Tensor | Variable;

/** The same value, with no gradient flowing back through it. */
export function stopGradient(x: Input): Variable {
  return x instanceof Variable ? x.detach() : new Variable(x);
}

/** A function run once on fresh names for its inputs. */
export interface Trace {
  /** What the function returned, for transforms to differentiate. */
  readonly output: Variable;
  /** The same for the caller: untracked under noGrad. */
  readonly value: Variable;
  readonly arguments: readonly Variable[];
  /** Whether something outside wants gradients too, so that what a transform does must be recorded for it. */
  readonly nested: boolean;
}

/**
 * Calls `fn` on fresh names for the inputs, so that only their uses as arguments count, whatever else `fn`
 * closes over (no perturbation confusion when transforms nest). Under noGrad the tape ends here: nothing
 * that leaves the transform is tracked.
 */
export function trace(fn: Differentiable, inputs: readonly Input[]): Trace {
  const outside = isRecording();
  return withRecording(true, () => {
    const fresh = inputs.map((input) => {
      const variable = toVariable(input);
      return outside && variable.tracked ? alias(variable) : variable.asLeaf();
    });
    const output = fn(...fresh);
    const mine = new Set(fresh);
    const nested =
      outside &&
      (fresh.some(({ node }) => node !== undefined) ||
        tapeOf(output).some((node) => node.inputs.some((each) => each.requiresGrad && !mine.has(each))));
    return { output, value: outside ? output : stopGradient(output), arguments: fresh, nested };
  });
}

/**
 * Forward mode: reads a tape in order of computation, and adds to `tangents` those of everything that was computed
 * from what it holds. What stays without a tangent has a tangent of zero.
 */
export function push(
  tape: readonly TapeNode[],
  tangents: Map<Variable, Variable>,
): ReadonlyMap<Variable, Variable> {
  for (const node of tape) {
    const arriving = node.inputs.map((input) => tangents.get(input));
    if (tangents.has(node.output) || arriving.every((each) => each === undefined)) continue;
    requireFresh(node);
    const tangent = node.rules.jvp(arriving, node);
    if (tangent) tangents.set(node.output, expandTo(tangent, node.output.shape));
  }
  return tangents;
}

/** @throws ArgumentError, ShapeError, DTypeError unless there is a direction like each input. */
export function requireDirections(
  operation: string,
  name: string,
  inputs: readonly Input[],
  directions: readonly (Input | undefined)[],
): void {
  if (inputs.length !== directions.length) {
    throw new ArgumentError(
      operation,
      name,
      directions,
      `${inputs.length} inputs need as many ${name}, not ${directions.length}.`,
    );
  }
  inputs.forEach((input, i) => {
    const direction = directions[i];
    if (direction === undefined) return;
    if (!sameShape(input.shape, direction.shape)) {
      throw new ShapeError(
        operation,
        `${name}[${i}] is ${formatShape(direction.shape)} but inputs[${i}] is ${formatShape(input.shape)}.`,
        { input: input.shape, [name]: direction.shape },
      );
    }
    requireSameDType(operation, { [`inputs[${i}]`]: input.dtype, [`${name}[${i}]`]: direction.dtype });
  });
}
