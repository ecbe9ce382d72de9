import { complementaryErrorFunction, errorFunction } from './error-function.ts';
import { constant, type Expression, topologicalOrder } from './expression.ts';
import { call } from './simplify.ts';

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
type Unary = (a: Expression) => Expression;
type Binary = (a: Expression, b: Expression) => Expression;

const zero = constant(0);
const one = constant(1);
const half = constant(0.5);

function unary(name: string, evaluate: (a: number) => number, derivative: Unary, traits: Traits = {}): Unary {
  const record: ScalarFunction = {
    name,
    arity: 1,
    evaluate,
    tangent: ([a], [da]) => multiply(da!, derivative(a!)),
    ...traits,
  };
  return (a) => call(record, [a]);
}

function binary(
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

const flat = () => zero;

// Arithmetic
export const add = binary(
  'add',
  (a, b) => a + b,
  (_a, _b, da, db) => add(da, db),
  { infix: '+', whole: true },
);
export const subtract = binary(
  'subtract',
  (a, b) => a - b,
  (_a, _b, da, db) => subtract(da, db),
  { infix: '-', whole: true },
);
export const multiply = binary(
  'multiply',
  (a, b) => a * b,
  (a, b, da, db) => add(multiply(da, b), multiply(db, a)),
  { infix: '*', whole: true },
);
/** The second term is written −(a/b)·db/b, which cannot overflow through b². */
export const divide = binary(
  'divide',
  (a, b) => a / b,
  (a, b, da, db) => subtract(divide(da, b), divide(multiply(db, divide(a, b)), b)),
  { infix: '/' },
);
export const negate = unary(
  'negate',
  (a) => -a,
  () => constant(-1),
  { whole: true },
);
/**
 * aᵇ. The derivative b·aᵇ⁻¹ is 0 where b = 0 (also at a = 0), and aᵇ·ln a is taken as 0 at a = 0, its limit
 * for b > 0.
 */
export const power = binary('power', Math.pow, (a, b, da, db) =>
  add(
    multiply(da, select(equal(b, zero), zero, multiply(b, power(a, subtract(b, one))))),
    multiply(db, select(equal(a, zero), zero, multiply(log(a), power(a, b)))),
  ),
);

// Exponentials and their kin
export const exp = unary('exp', Math.exp, (a) => exp(a));
export const expm1 = unary('expm1', Math.expm1, (a) => exp(a));
export const log = unary('log', Math.log, (a) => divide(one, a));
export const log1p = unary('log1p', Math.log1p, (a) => divide(one, add(one, a)));
export const sqrt = unary('sqrt', Math.sqrt, (a) => divide(half, sqrt(a)));
export const tanh = unary('tanh', Math.tanh, (a) => subtract(one, multiply(tanh(a), tanh(a))));
/** 1/(1 + e⁻ᵃ), with the derivative σ(a)·σ(−a) that keeps its relative precision in both tails. */
export const sigmoid = unary(
  'sigmoid',
  (a) => 1 / (1 + Math.exp(-a)),
  (a) => multiply(sigmoid(a), sigmoid(negate(a))),
);
/** ln(1 + eᵃ) as max(a, 0) + ln(1 + e^−|a|), which neither overflows nor cancels. */
export const softplus = unary(
  'softplus',
  (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))),
  (a) => sigmoid(a),
);
const twoOverRootPi = constant(2 / Math.sqrt(Math.PI));
const gaussianBump: Unary = (a) => multiply(twoOverRootPi, exp(negate(multiply(a, a))));
export const erf = unary('erf', errorFunction, gaussianBump);
export const erfc = unary('erfc', complementaryErrorFunction, (a) => negate(gaussianBump(a)));

// Functions with kinks. What the derivative is at the kink is promised here and checked exactly.
export const sign = unary('sign', Math.sign, flat, { whole: true });
/** The derivative at 0 is 0, the middle of the subdifferential [−1, 1]. */
export const abs = unary('abs', Math.abs, (a) => sign(a), { whole: true });
/** A tie gives half of the cotangent to each side, so that none is made or lost. */
export const maximum = binary(
  'maximum',
  Math.max,
  (a, b, da, db) => select(less(b, a), da, select(less(a, b), db, multiply(half, add(da, db)))),
  { whole: true },
);
export const minimum = binary(
  'minimum',
  Math.min,
  (a, b, da, db) => select(less(a, b), da, select(less(b, a), db, multiply(half, add(da, db)))),
  { whole: true },
);

// Comparisons give 1 or 0; all are false for NaN.
export const less = binary('less', (a, b) => (a < b ? 1 : 0), flat, { whole: true });
export const lessEqual = binary('lessEqual', (a, b) => (a <= b ? 1 : 0), flat, { whole: true });
export const equal = binary('equal', (a, b) => (a === b ? 1 : 0), flat, { whole: true });

const selectRecord: ScalarFunction = {
  name: 'select',
  arity: 3,
  evaluate: (condition, whenTrue, whenFalse) => (condition !== 0 ? whenTrue : whenFalse),
  tangent: ([condition], [, dTrue, dFalse]) => select(condition!, dTrue!, dFalse!),
  whole: true,
};

/** Whether a formula can be computed in int32: whole numbers then give nothing but whole numbers. */
export function isWhole(expression: Expression): boolean {
  return topologicalOrder(expression).every((node) => {
    if (node.kind === 'input') return true;
    return node.kind === 'constant' ? Number.isInteger(node.value) : node.callee.whole === true;
  });
}

/** whenTrue where the condition is not 0, else whenFalse; the branch not taken never reaches the result. */
export function select(condition: Expression, whenTrue: Expression, whenFalse: Expression): Expression {
  return call(selectRecord, [condition, whenTrue, whenFalse]);
}
