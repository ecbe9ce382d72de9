import { isRecording, type TapeNode, tapeOf, withRecording } from '../tape.ts';
import { Variable } from '../variable.ts';
import { zerosLike } from './reverse.ts';
import { type Differentiable, type Input, push, requireDirections, trace } from './trace.ts';

/** A direction for each input; undefined stands for zero. */
export type Tangents = readonly (Input | undefined)[];

/**
 * The output of `fn` and its pushforward: from a tangent for each input to the tangent of the output. `fn` runs
 * once, however many directions are pushed. The pushforward is linear, and can itself be differentiated.
 */
export function linearize(
  fn: Differentiable,
  ...inputs: Input[]
): { output: Variable; pushforward: (...tangents: Tangents) => Variable } {
  const { output, value, arguments: fresh, nested } = trace(fn, inputs);
  const tape = tapeOf(output);
  return {
    output: value,
    pushforward: (...tangents) => {
      requireDirections('linearize', 'tangents', inputs, tangents);
      return pushAll(tape, [output], fresh, tangents, nested)[0]!;
    },
  };
}

/** The tangents of several outputs of one tape. Recorded only where somebody outside will differentiate them. */
export function pushAll(
  tape: readonly TapeNode[],
  outputs: readonly Variable[],
  inputs: readonly Variable[],
  tangents: Tangents,
  nested: boolean,
): Variable[] {
  const known = new Map<Variable, Variable>();
  inputs.forEach((input, i) => {
    const tangent = tangents[i];
    if (tangent) known.set(input, tangent instanceof Variable ? tangent : new Variable(tangent));
  });
  const moving = [...known.values()].some(({ tracked }) => tracked);
  withRecording(isRecording() && (nested || moving), () => push(tape, known));
  return outputs.map((output) => known.get(output) ?? zerosLike(output));
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
  requireDirections('jvp', 'tangents', inputs, tangents);
  const { output, value, arguments: fresh, nested } = trace(fn, inputs);
  return { output: value, tangent: pushAll(tapeOf(output), [output], fresh, tangents, nested)[0]! };
}
