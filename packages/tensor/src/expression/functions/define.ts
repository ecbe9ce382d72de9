import { type Expression, topologicalOrder } from '../expression.ts';
import { call } from '../simplify.ts';
import { multiply } from './arithmetic.ts';

/**
 * A scalar function of the expression language. This record is all that is known about it: the reference
 * backend computes it with `evaluate`, its derivative is the rule `tangent`, and formulas print it by name
 * or by its infix symbol.
 */
export interface ScalarFunction {
  readonly name: string;
  readonly arity: number;
  /** The value in double precision. */
  readonly evaluate: (...operands: number[]) => number;
  /**
   * The directional derivative Σᵢ ∂f/∂xᵢ·dxᵢ as a formula of the operands x and their tangents dx. It must be
   * linear in dx and safe wherever f is, since a cotangent is put in place of dx to get the reverse rule.
   */
  readonly tangent: (x: readonly Expression[], dx: readonly Expression[]) => Expression;
  /** JavaScript's own operator for it, also used in printed formulas. */
  readonly infix?: string;
  /** Whether whole numbers always give a whole number. */
  readonly whole?: boolean;
}

type Traits = Pick<ScalarFunction, 'infix' | 'whole'>;
export type Unary = (x: Expression) => Expression;
export type Binary = (a: Expression, b: Expression) => Expression;

/** A function of one operand, by its value and its derivative. */
export function unary(
  name: string,
  evaluate: (x: number) => number,
  derivative: Unary,
  traits: Traits = {},
): Unary {
  const record: ScalarFunction = {
    name,
    arity: 1,
    evaluate,
    tangent: ([x], [dx]) => multiply(dx!, derivative(x!)),
    ...traits,
  };
  return (x) => call(record, [x]);
}

/** A function of two operands, by its value and its directional derivative. */
export function binary(
  name: string,
  evaluate: (a: number, b: number) => number,
  tangent: (a: Expression, b: Expression, da: Expression, db: Expression) => Expression,
  traits: Traits = {},
): Binary {
  const record: ScalarFunction = {
    name,
    arity: 2,
    evaluate,
    tangent: ([a, b], [da, db]) => tangent(a!, b!, da!, db!),
    ...traits,
  };
  return (a, b) => call(record, [a, b]);
}

/** Whether a formula can be computed in int32: whole numbers then give nothing but whole numbers. */
export function isWhole(expression: Expression): boolean {
  return topologicalOrder(expression).every((node) => {
    if (node.kind === 'input') return true;
    return node.kind === 'constant' ? Number.isInteger(node.value) : node.callee.whole === true;
  });
}
