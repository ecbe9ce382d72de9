import type { ScalarFunction } from './functions.ts';

/**
 * One scalar formula over numbered inputs: what an elementwise operation computes for each element.
 * Nodes are interned, so equal formulas are the same object and shared parts are computed once.
 */
export type Expression = ConstantNode | InputNode | CallNode;

export interface ConstantNode {
  readonly kind: 'constant';
  readonly id: number;
  readonly value: number;
}

export interface InputNode {
  readonly kind: 'input';
  readonly id: number;
  readonly index: number;
}

export interface CallNode {
  readonly kind: 'call';
  readonly id: number;
  readonly callee: ScalarFunction;
  readonly operands: readonly Expression[];
}

// Formulas come from program text and numbers that vary are inputs, so this table stays small.
const interned = new Map<string, Expression>();

function intern<E extends Expression>(key: string, create: (id: number) => E): E {
  const existing = interned.get(key);
  if (existing !== undefined) return existing as E;
  const node = create(interned.size);
  interned.set(key, node);
  return node;
}

export function constant(value: number): ConstantNode {
  const key = Object.is(value, -0) ? '-0' : String(value);
  return intern(`constant ${key}`, (id) => ({ kind: 'constant', id, value }));
}

/** The input with this number: `input(0)` is the first operand. */
export function input(index: number): InputNode {
  return intern(`input ${index}`, (id) => ({ kind: 'input', id, index }));
}

/** A call without simplification; {@link call} in simplify.ts is what formulas are built with. */
export function internCall(callee: ScalarFunction, operands: readonly Expression[]): CallNode {
  const key = `${callee.name} ${operands.map(({ id }) => id).join(' ')}`;
  return intern(key, (id) => ({ kind: 'call', id, callee, operands }));
}

/** Every distinct node once, operands before their calls: the order in which to compute them. */
export function topologicalOrder(root: Expression): Expression[] {
  const order: Expression[] = [];
  const visited = new Set<Expression>();
  const stack: { node: Expression; expanded: boolean }[] = [{ node: root, expanded: false }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, expanded } = top;
    if (expanded) order.push(node);
    else if (!visited.has(node)) {
      visited.add(node);
      stack.push({ node, expanded: true });
      if (node.kind === 'call') {
        for (const operand of node.operands.toReversed()) stack.push({ node: operand, expanded: false });
      }
    }
  }
  return order;
}

/** Numbers of the inputs that the formula reads, in increasing order. */
export function usedInputs(expression: Expression): number[] {
  return topologicalOrder(expression)
    .flatMap((node) => (node.kind === 'input' ? [node.index] : []))
    .sort((a, b) => a - b);
}

const inputCounts = new WeakMap<Expression, number>();

/** How many inputs the formula has to be given: one more than the highest number it reads. */
export function inputCount(expression: Expression): number {
  let count = inputCounts.get(expression);
  if (count === undefined) {
    count = (usedInputs(expression).at(-1) ?? -1) + 1;
    inputCounts.set(expression, count);
  }
  return count;
}

/** Rebuilds the formula with other leaves and calls; each distinct node is visited once. */
export function transformExpression<T>(
  root: Expression,
  leaf: (node: ConstantNode | InputNode) => T,
  rebuild: (node: CallNode, operands: readonly T[]) => T,
): T {
  const results = new Map<Expression, T>();
  let last: T | undefined;
  for (const node of topologicalOrder(root)) {
    last =
      node.kind === 'call'
        ? rebuild(
            node,
            node.operands.map((operand) => results.get(operand) as T),
          )
        : leaf(node);
    results.set(node, last);
  }
  return last as T;
}
