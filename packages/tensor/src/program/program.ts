import type { RandomKind, Reduction, Triangle } from '../backend/backend.ts';
import type { DType } from '../dtype.ts';
import type { Expression } from '../expression/expression.ts';
import type { Layout, SliceWindow } from '../layout.ts';
import type { Shape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import type { KeyDerivation } from './recorded-key.ts';
import type { StateHolder } from './state.ts';

/** An array that exists while a program runs: row-major, without gaps. */
export interface Value {
  readonly id: number;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** How an instruction reads a value. */
export interface View extends Layout {
  readonly value: Value;
}

/** Where a value comes from that no instruction computes. */
export type Source =
  | { readonly kind: 'input'; readonly position: number }
  /** The same in every run. */
  | { readonly kind: 'constant'; readonly tensor: Tensor }
  /** What a holder holds when the run begins. */
  | { readonly kind: 'state'; readonly holder: StateHolder; readonly name: string }
  /** A scalar that is worked out anew for every run. */
  | { readonly kind: 'varying'; readonly compute: () => number };

/** What an instruction does: a primitive of the backend, with everything but its operands. */
export type Operation =
  /** Formulas over operands that all have been expanded to `shape`; each gives a result, or what it reduces to. */
  | { readonly kind: 'map'; readonly shape: Shape; readonly outputs: readonly MapOutput[] }
  | { readonly kind: 'reduce'; readonly reduction: Reduction; readonly axes: readonly number[] }
  /** With an epilogue, a formula of the product (input 0) and of further operands expanded to its shape. */
  | { readonly kind: 'matmul'; readonly epilogue?: Expression }
  | { readonly kind: 'gather'; readonly axis: number }
  | { readonly kind: 'scatterAdd'; readonly axis: number }
  | { readonly kind: 'copy'; readonly windows: readonly SliceWindow[]; readonly fill: number }
  | { readonly kind: 'cholesky' }
  | { readonly kind: 'triangularSolve'; readonly triangle: Triangle }
  | { readonly kind: 'sort' }
  /** `key` counts the keys of the program. */
  | { readonly kind: 'random'; readonly random: RandomKind; readonly key: number };

/** A formula of a map; reduced axes stay with length 1. */
export interface MapOutput {
  readonly expression: Expression;
  readonly reduction?: { readonly kind: Reduction; readonly axes: readonly number[] };
}

export interface Instruction {
  /** One value, but for maps of several formulas. */
  readonly results: readonly Value[];
  readonly operation: Operation;
  readonly operands: readonly View[];
}

/** What a function of tensors does, as data: recorded once, looked at, made better, and run many times. */
export interface Program {
  readonly sources: readonly { readonly value: Value; readonly source: Source }[];
  /** In an order in which they can be computed. */
  readonly instructions: readonly Instruction[];
  readonly outputs: readonly View[];
  /** What states hold after a run. */
  readonly updates: readonly { readonly state: Value; readonly next: View }[];
  /** How the keys that are drawn from come from those that a run is given. */
  readonly keys: readonly KeyDerivation[];
  /** What else happens at the beginning of every run. */
  readonly effects: readonly (() => void)[];
}

/** All views that a program reads after its instructions. */
export function resultsOf({ outputs, updates }: Program): readonly View[] {
  return [...outputs, ...updates.map(({ next }) => next)];
}
