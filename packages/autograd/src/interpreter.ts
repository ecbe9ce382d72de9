import type { Rules } from './operation.ts';
import type { Variable } from './variable.ts';

/** Something that takes over the computation of operations for a while: a vmap. */
export interface Interpreter {
  apply(rules: Rules<unknown>, inputs: readonly Variable[], parameters: unknown): Variable;
  /** Told of leaves that transforms make while it is at work: nobody outside asks for gradients by them. */
  adopt(leaf: Variable): void;
}

let active: Interpreter | undefined;

export function activeInterpreter(): Interpreter | undefined {
  return active;
}

/** Runs `fn` under an interpreter, or under none. */
export function withInterpreter<T>(interpreter: Interpreter | undefined, fn: () => T): T {
  const before = active;
  active = interpreter;
  try {
    return fn();
  } finally {
    active = before;
  }
}
