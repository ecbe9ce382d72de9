import type { Tensor } from '@reparam/tensor';
import { propagate } from '../backward.ts';
import { activeInterpreter } from '../interpreter.ts';
import type { RuleContext, Rules } from '../operation.ts';
import { alias } from '../ops/alias.ts';
import { apply, isRecording, type TapeNode, tapeOf, tapePosition, withRecording } from '../tape.ts';
import { type Operand, toVariables, type Variable } from '../variable.ts';
import { jointVjp } from './joint.ts';
import { type Differentiable, push } from './trace.ts';

interface Checkpoint {
  readonly fn: Differentiable;
  /** How many of the inputs are arguments of `fn`; the others are what it closes over. */
  readonly count: number;
  readonly value: Tensor;
}

/** One run of a function, with the part of the tape that is its own. */
interface Run {
  readonly output: Variable;
  readonly arguments: readonly Variable[];
  readonly tape: readonly TapeNode[];
}

function run(fn: Differentiable, inputs: readonly Variable[], fresh: (x: Variable) => Variable): Run {
  const renamed = inputs.map(fresh);
  const start = tapePosition();
  const output = fn(...renamed);
  return { output, arguments: renamed, tape: tapeOf(output).filter(({ id }) => id >= start) };
}

/** The tracked variables from outside that a run has used otherwise than as arguments, parameters for example. */
function closedOver({ tape, arguments: own }: Run): Variable[] {
  const inside = new Set<Variable>([...own, ...tape.map(({ output }) => output)]);
  return [...new Set(tape.flatMap(({ inputs }) => inputs))].filter(
    (input) => input.tracked && !inside.has(input),
  );
}

/** Fresh names keep what led to an argument out of the run. */
const detach = (x: Variable): Variable => (x.tracked ? x.asLeaf() : x);
/** The same, but a recorded backward pass can go on through them. */
const rename = (x: Variable): Variable => (x.tracked ? alias(x) : x);

function runAgain({ inputs, parameters: { fn, count } }: RuleContext<Checkpoint>): Run & {
  readonly sources: readonly Variable[];
} {
  const fresh = isRecording() ? rename : detach;
  const again = withRecording(true, () => run(fn, inputs.slice(0, count), fresh));
  return { ...again, sources: [...again.arguments, ...inputs.slice(count)] };
}

const rules: Rules<Checkpoint> = {
  name: 'checkpoint',
  forward: (_, { value }) => value,
  vjp: jointVjp((cotangent, context) => {
    const { tape, output, sources } = runAgain(context);
    const cotangents = propagate(tape, output, cotangent, new Set(sources), isRecording());
    return sources.map((source) => cotangents.get(source));
  }),
  jvp: (tangents, context) => {
    const { tape, output, sources } = runAgain(context);
    const known = new Map<Variable, Variable>();
    sources.forEach((source, i) => {
      const tangent = tangents[i];
      if (tangent) known.set(source, tangent);
    });
    return push(tape, known).get(output);
  },
};

/**
 * The same function, with less on the tape: of all it computes only the result is kept, and the backward pass runs
 * it once more (Griewank 1992; Chen et al. 2016). Memory for time: worthwhile for a deep stack of layers, each
 * checkpointed. Variables that `fn` closes over, such as parameters, get their gradients as usual. `fn` has to give
 * the same result each time: pass it the random key it is to use.
 */
export function checkpoint(fn: Differentiable): (...inputs: Operand[]) => Variable {
  return (...operands) => {
    const inputs = toVariables(operands);
    // A vmap computes all examples in one go: what it keeps cannot be had again for one of them.
    if (!isRecording() || activeInterpreter() !== undefined) return fn(...inputs);
    const first = run(fn, inputs, detach);
    const parameters = { fn, count: inputs.length, value: first.output.value };
    return apply(rules, [...inputs, ...closedOver(first)], parameters);
  };
}
