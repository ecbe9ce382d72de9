import type { Tensor } from '@reparam/tensor';
import type { Rules } from './operation.ts';
import type { TapeNode } from './tape.ts';
import type { Variable } from './variable.ts';

/** What an operation is about to be computed from. */
export interface ForwardCall {
  readonly rules: Rules<unknown>;
  readonly inputs: readonly Variable[];
  readonly parameters: unknown;
}

/**
 * Something that looks on while operations run: the anomaly detector, the profiler, the debugger. Each method
 * wraps what it observes, and so may time it or look at its result.
 */
export interface Observer {
  /** Around the computation of every value, recorded or not. */
  forward?(call: ForwardCall, compute: () => Tensor): Tensor;
  /** After an operation was put on the tape. */
  recorded?(node: TapeNode): void;
  /** Around the step of a backward pass that pulls `cotangent` of a node's output back to its inputs. */
  backward?(node: TapeNode, cotangent: Variable, pull: () => void): void;
}

let active: Observer | undefined;

export function activeObserver(): Observer | undefined {
  return active;
}

/** Runs `fn` under an observer; observers nest, the innermost wraps the operation itself. */
export function withObserver<T>(observer: Observer, fn: () => T): T {
  const before = active;
  active = before === undefined ? observer : chain(before, observer);
  try {
    return fn();
  } finally {
    active = before;
  }
}

function chain(outer: Observer, inner: Observer): Observer {
  return {
    forward: (call, compute) => {
      const within = (): Tensor => (inner.forward ? inner.forward(call, compute) : compute());
      return outer.forward ? outer.forward(call, within) : within();
    },
    recorded: (node) => {
      outer.recorded?.(node);
      inner.recorded?.(node);
    },
    backward: (node, cotangent, pull) => {
      const within = (): void => (inner.backward ? inner.backward(node, cotangent, pull) : pull());
      if (outer.backward) outer.backward(node, cotangent, within);
      else within();
    },
  };
}
