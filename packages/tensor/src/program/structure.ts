import { RandomKey } from '../random/key.ts';
import { Tensor } from '../tensor.ts';

/** What becomes of the tensors and keys in arguments and results. */
export interface LeafVisitor {
  tensor(x: Tensor): Tensor;
  key(key: RandomKey): RandomKey;
}

/**
 * The same arrays and plain objects with other tensors and keys in them. `unwrap` gives the tensor inside of what else
 * holds one, and puts another in its place; everything else stays.
 */
export function mapLeaves(tree: unknown, visitor: LeafVisitor, wrappers: readonly LeafWrapper[]): unknown {
  if (tree instanceof Tensor) return visitor.tensor(tree);
  if (tree instanceof RandomKey) return visitor.key(tree);
  for (const { holds, tensorIn, wrap } of wrappers) {
    if (holds(tree)) return wrap(visitor.tensor(tensorIn(tree)));
  }
  if (Array.isArray(tree)) return tree.map((each) => mapLeaves(each, visitor, wrappers));
  if (isPlain(tree)) {
    return Object.fromEntries(
      Object.entries(tree).map(([name, each]) => [name, mapLeaves(each, visitor, wrappers)]),
    );
  }
  return tree;
}

/** Something around a tensor, such as a variable. */
export interface LeafWrapper {
  holds(value: unknown): boolean;
  tensorIn(value: unknown): Tensor;
  wrap(tensor: Tensor): unknown;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
