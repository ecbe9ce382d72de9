import { type Expression, topologicalOrder } from '../../expression/expression.ts';
import { Local } from '../assembler/value.ts';
import type { LaneMath, Vector } from '../math/lane-math.ts';
import { vectorFunctions } from '../math/table.ts';
import type { InputMode, MapOutput, MapSpec } from './spec.ts';

/** What the formulas of a kernel are made of, in the order in which to compute it. */
export interface Formulas {
  /** The numbers of the inputs that are read. */
  readonly inputs: readonly number[];
  /** What is the same for all of a row: constants, and what depends on them and on scalar inputs alone. */
  readonly ofRow: readonly Expression[];
  readonly ofElement: readonly Expression[];
  /** Those of the first that the second, or the outputs, read. */
  readonly handedOn: readonly Expression[];
  /** What is kept in local variables: inputs, outputs and what is read more than once. */
  readonly kept: ReadonlySet<Expression>;
}

/** Every distinct node of all formulas once. */
export function analyse({ inputs, outputs }: MapSpec): Formulas {
  const nodes = new Set(outputs.flatMap(({ expression }) => topologicalOrder(expression)));
  const varying = new Set<Expression>();
  for (const node of nodes) {
    const varies =
      node.kind === 'call' ? node.operands.some((operand) => varying.has(operand)) : isVector(node, inputs);
    if (varies) varying.add(node);
  }
  const ordered = [...nodes];
  const ofRow = ordered.filter((node) => !varying.has(node));
  const ofElement = ordered.filter((node) => varying.has(node));
  const read = new Set(outputs.map(({ expression }) => expression));
  for (const node of ofElement)
    if (node.kind === 'call') for (const operand of node.operands) read.add(operand);
  return {
    inputs: ordered.flatMap((node) => (node.kind === 'input' ? [node.index] : [])),
    ofRow,
    ofElement,
    handedOn: ofRow.filter((node) => read.has(node)),
    kept: keptNodes(ordered, outputs),
  };
}

/**
 * What is read once goes straight to where it is read. V8's revectoriser counts every local variable that is set in
 * a loop as a use after it, and leaves kernels of many variables alone.
 */
function keptNodes(nodes: readonly Expression[], outputs: readonly MapOutput[]): Set<Expression> {
  const kept = new Set(outputs.map(({ expression }) => expression));
  const read = new Set<Expression>();
  for (const node of nodes) {
    if (node.kind !== 'call') kept.add(node);
    else {
      const { readsOnce } = vectorFunctions[node.callee.name]!;
      for (const operand of node.operands) {
        if (read.has(operand) || !readsOnce) kept.add(operand);
        read.add(operand);
      }
    }
  }
  return kept;
}

function isVector(node: Expression, modes: readonly InputMode[]): boolean {
  return node.kind === 'input' && modes[node.index] !== 'scalar';
}

/** The vectors that nodes were computed to. */
export type NodeValues = ReadonlyMap<Expression, Vector>;

/** Writes the instructions of `nodes`, given those computed before and how inputs are read. */
export function compute(
  m: LaneMath,
  nodes: readonly Expression[],
  kept: ReadonlySet<Expression>,
  before: NodeValues,
  read: (index: number) => Vector,
): Map<Expression, Vector> {
  const values = new Map(before);
  m.sharing(() => {
    for (const node of nodes) {
      const value = emitNode(m, node, values, read);
      values.set(node, kept.has(node) && !(value instanceof Local) ? m.let(value) : value);
    }
  });
  return values;
}

function emitNode(
  m: LaneMath,
  node: Expression,
  values: NodeValues,
  read: (index: number) => Vector,
): Vector {
  if (node.kind === 'constant') return m.number(node.value);
  if (node.kind === 'input') return read(node.index);
  const operands = node.operands.map((operand) => values.get(operand)!);
  return vectorFunctions[node.callee.name]!.emit(m, ...operands);
}
