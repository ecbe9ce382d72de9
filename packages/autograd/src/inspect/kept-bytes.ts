import type { Tensor } from '@reparam/tensor';
import type { TapeNode } from '../tape.ts';

/**
 * Counts memory by the arrays that tensors are views of, each array once. What a node keeps is what neither a leaf
 * nor an operation before it holds already: its output, unless that is a view, and constants that it is the first
 * to use.
 */
export class KeptBytes {
  readonly #known = new Set<object>();

  /** Bytes of the tensor's array, or 0 when it has been counted before. */
  add({ data }: Tensor): number {
    if (this.#known.has(data.buffer)) return 0;
    this.#known.add(data.buffer);
    return data.byteLength;
  }

  /** Bytes that the node keeps; to be asked in order of computation. */
  ofNode({ inputs, inputValues, output }: TapeNode): number {
    // Leaves that require gradients would be in memory without the tape, too.
    inputs.forEach((input, i) => void (input.requiresGrad && this.add(inputValues[i]!)));
    return [...inputValues, output.stored].reduce((bytes, tensor) => bytes + this.add(tensor), 0);
  }
}

/** Bytes that each node of a tape keeps in memory. */
export function keptBytes(tape: readonly TapeNode[]): ReadonlyMap<TapeNode, number> {
  const kept = new KeptBytes();
  return new Map(tape.map((node) => [node, kept.ofNode(node)]));
}
