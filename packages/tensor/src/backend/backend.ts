import type { DType } from '../dtype.ts';
import type { Expression } from '../expression/expression.ts';
import type { SliceWindow } from '../layout.ts';
import type { RandomKey } from '../random/key.ts';
import type { Shape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { referenceBackend } from './reference/reference.ts';

export type Reduction = 'sum' | 'product' | 'maximum' | 'minimum';

export type RandomKind = 'uniform' | 'normal';

/** Which part of a matrix is read: one triangle, and its diagonal or ones in its place. */
export interface Triangle {
  readonly lower: boolean;
  readonly unitDiagonal: boolean;
}

/** Where `copy` puts a source: its element i of axis k lands at window.start[k] + i·window.step[k]. */
export interface Placement {
  readonly source: Tensor;
  readonly window: SliceWindow;
}

/**
 * The closed list of primitives that everything numerical goes through; a backend is an implementation of it.
 * Arguments were checked by the functions in primitives.ts, inputs may be any strided view, results are new
 * row-major tensors.
 */
export interface Backend {
  readonly name: string;
  /** An elementwise formula over inputs that broadcast to `shape`. */
  map(expression: Expression, inputs: readonly Tensor[], shape: Shape, dtype: DType): Tensor;
  /** Reduces `axes`, which stay with length 1. Sums and products are accumulated in double precision. */
  reduce(kind: Reduction, source: Tensor, axes: readonly number[]): Tensor;
  /** [...batch, M, K] × [...batch, K, N] → [...batch, M, N], accumulated in double precision. */
  matmul(a: Tensor, b: Tensor): Tensor;
  /** [...lead, count, ...rest] at int32 indices of any shape → [...lead, ...indices, ...rest]. */
  gather(source: Tensor, indices: Tensor, axis: number): Tensor;
  /** A copy of `base` with updates[...lead, j, ...rest] added at indices[j] of `axis`; repeats add up. */
  scatterAdd(base: Tensor, indices: Tensor, updates: Tensor, axis: number): Tensor;
  /** A tensor of `fill` with the sources written over it: copies, conversions, padding, concatenation. */
  copy(placements: readonly Placement[], shape: Shape, dtype: DType, fill: number): Tensor;
  /**
   * The lower factor of each [..., n, n], read from the lower triangle. A pivot that is not positive and finite is
   * left on the diagonal in place of its root, and its matrix unfinished.
   */
  cholesky(a: Tensor): Tensor;
  /** The solution of t·x = b for a triangle of t, [...batch, n, n], and b [...batch, n, k]. */
  triangularSolve(t: Tensor, b: Tensor, triangle: Triangle): Tensor;
  /** The int32 positions that put each row of the last axis in increasing order; ties keep theirs, NaN goes last. */
  sort(source: Tensor): Tensor;
  /** Element i depends on the key, i, the kind and the type alone. */
  random(kind: RandomKind, key: RandomKey, shape: Shape, dtype: 'float32' | 'float64'): Tensor;
}

let active: Backend | undefined;
let createDefault = (): Backend => referenceBackend;

/** What makes the backend that primitives run on as long as none is chosen. */
export function setDefaultBackend(create: () => Backend): void {
  createDefault = create;
}

/** The backend that primitives run on. */
export function backend(): Backend {
  active ??= createDefault();
  return active;
}

/** Makes all later primitives run on `next`; returns the one before. */
export function useBackend(next: Backend): Backend {
  const previous = backend();
  active = next;
  return previous;
}
