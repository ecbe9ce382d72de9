import { formatShape, ReparamError, type Tensor } from '@reparam/tensor';
import { activeInterpreter } from './interpreter.ts';
import { activeObserver } from './observe.ts';
import type { Rules } from './operation.ts';
import { type Operand, toVariables, Variable } from './variable.ts';

/** One recorded operation. */
export interface TapeNode {
  /** Ids grow with time, so sorting by id gives an order of computation. */
  readonly id: number;
  readonly rules: Rules<unknown>;
  readonly parameters: unknown;
  readonly inputs: readonly Variable[];
  /** The inputs' values when it ran, to notice leaves that were assigned to since. */
  readonly inputValues: readonly Tensor[];
  readonly output: Variable;
  /** Whether a backward pass has let go of the inputs, so that it cannot be walked again. */
  readonly freed: boolean;
}

type Writable<T> = { -readonly [Field in keyof T]: T[Field] };

/** A tape that was walked backwards before, and let go of what it held. */
export class FreedTapeError extends ReparamError {}

let recording = true;
let nextId = 0;

/** Runs `fn` without recording: its results carry no gradients, and cost no memory to remember. */
export function noGrad<T>(fn: () => T): T {
  return withRecording(false, fn);
}

/** Whether operations are recorded just now. */
export function isRecording(): boolean {
  return recording;
}

/** The id that the next recorded operation will have: those with smaller ones are older. */
export function tapePosition(): number {
  return nextId;
}

/** Runs `fn` with recording switched on or off. */
export function withRecording<T>(on: boolean, fn: () => T): T {
  const before = recording;
  recording = on;
  try {
    return fn();
  } finally {
    recording = before;
  }
}

/** Computes an operation and, if gradients flow through an input, records it. */
export function apply<P>(rules: Rules<P>, operands: readonly Operand[], parameters: P): Variable {
  const inputs = toVariables(operands);
  const interpreter = activeInterpreter();
  if (interpreter !== undefined) return interpreter.apply(rules, inputs, parameters);
  const inputValues = inputs.map((input) => input.value);
  const observer = activeObserver();
  const value = observer?.forward
    ? observer.forward({ rules, inputs, parameters }, () => rules.forward(inputValues, parameters))
    : rules.forward(inputValues, parameters);
  // Whole numbers carry no gradient: the tape ends at them.
  if (!recording || value.dtype === 'int32' || !inputs.some((input) => input.tracked)) {
    return new Variable(value);
  }
  const output = record({ rules, parameters, inputs }, (node) => new Variable(value, {}, node));
  if (observer?.recorded) observer.recorded(output.node!);
  return output;
}

/** Puts an operation on the tape. A node and its output point at each other, so the output is made here. */
export function record(
  { rules, parameters, inputs }: Pick<TapeNode, 'rules' | 'parameters' | 'inputs'>,
  outputOf: (node: TapeNode) => Variable,
): Variable {
  const inputValues = inputs.map((input) => input.stored);
  const entry: Omit<TapeNode, 'output'> = {
    id: nextId++,
    rules,
    parameters,
    inputs,
    inputValues,
    freed: false,
  };
  const node = entry as Writable<TapeNode>;
  node.output = outputOf(node);
  return node.output;
}

/**
 * All recorded operations that the variables were computed by, in order of computation.
 * @throws FreedTapeError when a backward pass has freed one of them.
 */
export function tapeOf(...outputs: readonly Variable[]): TapeNode[] {
  const found = new Set<TapeNode>();
  const pending = outputs.flatMap(({ node }) => (node ? [node] : []));
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (found.has(node)) continue;
    if (node.freed) throw freedTapeError(node);
    found.add(node);
    for (const input of node.inputs) if (input.node) pending.push(input.node);
  }
  return [...found].sort((a, b) => a.id - b.id);
}

function freedTapeError({ rules, output }: TapeNode): FreedTapeError {
  return new FreedTapeError(
    rules.name,
    `a backward pass has freed the tape that this ${formatShape(output.shape)} was recorded on. Run the forward ` +
      'pass again, or keep the tape in the first backward pass: loss.backward(undefined, { retainTape: true }).',
  );
}

/** Lets the operations go of their inputs, so that memory is free even while an output is still held. */
export function freeTape(tape: readonly TapeNode[]): void {
  for (const node of tape as readonly Writable<TapeNode>[]) {
    node.freed = true;
    node.inputs = [];
    node.inputValues = [];
    node.parameters = undefined;
  }
}
