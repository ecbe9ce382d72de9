import type { Expression, NestedArray, Tensor } from '@reparam/tensor';
import type { Variable } from './variable.ts';

/** What a differentiation rule may look at. */
export interface RuleContext<P> {
  readonly inputs: readonly Variable[];
  readonly output: Variable;
  readonly parameters: P;
}

/**
 * How one operation is computed and differentiated. Rules are written in differentiable operations, so that
 * derivatives of derivatives come by themselves; undefined stands for a cotangent or tangent of zero.
 */
export interface Rules<P> {
  readonly name: string;
  /** Whether inputs broadcast, their shapes aligned at the last axis: their cotangents are then summed back to their shapes, in one central place. */
  readonly broadcasts?: boolean;
  /** The scalar formula of an elementwise operation, from which all its rules follow. */
  readonly expression?: Expression;
  /** Whether the operation is linear, and so its own tangent rule. */
  readonly linear?: boolean;
  /** The value, in primitives of the tensor package, which also refuse inputs that do not fit. */
  forward(inputs: readonly Tensor[], parameters: P): Tensor;
  /**
   * How the output's cotangent ȳ goes back, for people. It need not be told of elementwise operations, whose formula
   * is differentiated, and of linear ones.
   */
  readonly derivative?: string;
  /** The cotangent of one input: (∂output/∂inputs[index])ᵀ · cotangent. */
  vjp(index: number, cotangent: Variable, context: RuleContext<P>): Variable | undefined;
  /**
   * How to compute many examples at once for `vmap`, the outputs stacked along a new first axis. Without it, inputs
   * that broadcast are lined up so that the batch broadcasts too, and of others the examples are computed one by one.
   */
  batch?(inputs: readonly BatchInput[], parameters: P, length: number): Variable;
  /** The tangent of the output: Σ ∂output/∂inputs[i] · tangents[i]. */
  jvp(tangents: readonly (Variable | undefined)[], context: RuleContext<P>): Variable | undefined;
}

/** The derivative of what steps from number to number, or picks positions. */
export const withoutGradient = {
  derivative: '0',
  vjp: () => undefined,
  jvp: () => undefined,
} as const;

/** An input of an operation under `vmap`: with all examples along its first axis, or the same for all. */
export interface BatchInput {
  readonly variable: Variable;
  readonly batched: boolean;
}

/** Arguments at which an operation is checked against finite differences. */
export interface Sample {
  readonly run: (...inputs: Variable[]) => Variable;
  readonly inputs: readonly Tensor[];
}

/** A point without a derivative, and the cotangents that we promise there for an output cotangent of ones. */
export interface Kink {
  readonly at: string;
  readonly run: (...inputs: Variable[]) => Variable;
  readonly inputs: readonly NestedArray[];
  readonly cotangents: readonly NestedArray[];
}

/** The kinds of operations, in the order in which tables list them. */
export const operationKinds = [
  'elementwise',
  'reduction',
  'linear algebra',
  'convolution',
  'movement',
  'indexing',
] as const;

export type OperationKind = (typeof operationKinds)[number];

/** All that is known about an operation. It drives the checks, the tables and the docs. */
export interface OperationRecord {
  readonly name: string;
  /** Forward, vjp and jvp; undefined for a composition of other operations. */
  readonly rules: Rules<unknown> | undefined;
  readonly kind: OperationKind;
  /** The formula, for people. */
  readonly formula: string;
  /** Where it is defined. */
  readonly domain: string;
  readonly kinks: readonly Kink[];
  readonly samples: readonly Sample[];
}

/** The head of a record: from an operation's rules, or for a composition its name. */
export function identify<P>(source: Rules<P> | string): Pick<OperationRecord, 'name' | 'rules'> {
  return typeof source === 'string'
    ? { name: source, rules: undefined }
    : { name: source.name, rules: source };
}

/** A public function together with its record. */
export type Documented<F> = F & { readonly operation: OperationRecord };

/** Attaches a record to a function; the record's samples call the function they are given. */
export function documented<F extends object>(
  implementation: F,
  describe: (implementation: F) => OperationRecord,
): Documented<F> {
  return Object.assign(implementation, { operation: describe(implementation) });
}
