import type { DType, Shape } from '@reparam/tensor';
import type { TapeNode } from '../tape.ts';
import type { Variable } from '../variable.ts';
import { formulaOf } from './describe-rules.ts';
import { nameOnTape } from './format-tape.ts';
import { keptBytes } from './kept-bytes.ts';

/** A variable on a tape: what an operation computed, or what was there before. */
export interface GraphNode {
  /** `op3` is the operation that formatTape calls %3; `in0`, `in1` … come from outside. */
  readonly id: string;
  /** A leaf requires gradients, a constant does not. */
  readonly kind: 'operation' | 'leaf' | 'constant';
  /** As {@link formatTape} calls it. */
  readonly name: string;
  /** The operation's name and, where one is known, its formula. */
  readonly operation?: string;
  readonly formula?: string;
  readonly shape: Shape;
  readonly dtype: DType;
  /** What this keeps in memory: arrays that no node before it holds. */
  readonly bytes: number;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Which input of `to` it is. */
  readonly input: number;
}

export interface TapeGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** A tape as plain data, to be drawn: operations in order of computation, each after the inputs it is first to use. */
export function tapeGraph(tape: readonly TapeNode[]): TapeGraph {
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  const ids = new Map<Variable, string>();
  const nameOf = nameOnTape(tape);
  const bytes = keptBytes(tape);
  const enter = (variable: Variable, id: string, rest: Pick<GraphNode, 'kind' | 'bytes'>): GraphNode => {
    ids.set(variable, id);
    return { id, name: nameOf(variable), shape: variable.shape, dtype: variable.dtype, ...rest };
  };
  tape.forEach((node, position) => {
    const { rules, inputs, output } = node;
    for (const input of inputs) {
      if (ids.has(input)) continue;
      const kind = input.requiresGrad ? 'leaf' : 'constant';
      nodes.push(enter(input, `in${ids.size - position}`, { kind, bytes: 0 }));
    }
    const formula = formulaOf(rules);
    nodes.push({
      ...enter(output, `op${position}`, { kind: 'operation', bytes: bytes.get(node)! }),
      operation: rules.name,
      ...(formula !== undefined && { formula }),
    });
    inputs.forEach((input, i) => {
      edges.push({ from: ids.get(input)!, to: ids.get(output)!, input: i });
    });
  });
  return { nodes, edges };
}
