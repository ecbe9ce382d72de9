import type { Kernels } from '../../../packages/tensor/src/wasm/kernels.ts';

/** Elements of the arrays that kernels are timed on, as a vector and as the side of a square matrix. */
export const elements = 1 << 20;
export const side = 1 << 10;

/** Something over a million elements that is timed as a loop in JavaScript and as a generated kernel. */
export interface Subject {
  readonly name: string;
  /** Read and written, for each element. */
  readonly bytes: number;
  /** Operations for each element, counting any function as one; 0 where there is nothing to compute. */
  readonly operations: number;
  loop(): PreparedKernel;
  /** On arrays that lie in kernel memory. */
  kernel(kernels: Kernels): PreparedKernel;
}

export interface PreparedKernel {
  readonly run: () => void;
  /** What is wrong with what the last run computed; undefined if nothing. */
  fault(): string | undefined;
}
