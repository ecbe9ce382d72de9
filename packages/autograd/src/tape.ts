import { formatShape, type Tensor } from '@reparam/tensor';
import type { Rules } from './operation.ts';
import { type Operand, toVariables, Variable } from './variable.ts';

/** One recorded operation. Ids grow with time, so sorting by id gives an order of computation. */
export interface TapeNode {
  readonly id: number;
  readonly rules: Rules<unknown>;
  readonly parameters: unknown;
  readonly inputs: readonly Variable[];
  /** The inputs' values when it ran, to notice leaves that were assigned to since. */
  readonly inputValues: readonly Tensor[];
  readonly output: Variable;
}

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
  const inputValues = inputs.map((input) => input.value);
  const value = rules.forward(inputValues, parameters);
  // Whole numbers carry no gradient: the tape ends at them.
  if (!recording || value.dtype === 'int32' || !inputs.some((input) => input.tracked)) {
    return new Variable(value);
  }
  return record({ rules, parameters, inputs, inputValues }, value);
}

function record(entry: Omit<TapeNode, 'id' | 'output'>, value: Tensor): Variable {
  // A node and its output point at each other, so one of them is filled in after it was made.
  const node = { id: nextId++, ...entry } as { -readonly [Field in keyof TapeNode]: TapeNode[Field] };
  node.output = new Variable(value, {}, node);
  return node.output;
}

/** All recorded operations that the variables were computed by, in order of computation. */
export function tapeOf(...outputs: readonly Variable[]): TapeNode[] {
  const found = new Set<TapeNode>();
  const pending = outputs.flatMap(({ node }) => (node ? [node] : []));
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    for (const input of node.inputs) if (input.node) pending.push(input.node);
  }
  return [...found].sort((a, b) => a.id - b.id);
}

/** The tape as text, one operation a line: `%3 = mul(%2, sigma) [128, 20]`. */
export function formatTape(tape: readonly TapeNode[]): string {
  const numbers = new Map(tape.map((node, position) => [node, position]));
  const show = (variable: Variable): string => {
    if (variable.node && numbers.has(variable.node)) return `%${numbers.get(variable.node)}`;
    return variable.name ?? `${variable.requiresGrad ? 'leaf' : 'constant'} ${formatShape(variable.shape)}`;
  };
  return tape
    .map((node, position) => {
      const inputs = node.inputs.map(show).join(', ');
      return `%${position} = ${node.rules.name}(${inputs}) ${formatShape(node.output.shape)}`;
    })
    .join('\n');
}
