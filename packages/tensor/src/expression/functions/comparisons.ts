import type { Expression } from '../expression.ts';
import { call } from '../simplify.ts';
import { multiply, subtract } from './arithmetic.ts';
import { binary, type ScalarFunction, unary } from './define.ts';
import { flat, one, zero } from './numbers.ts';
import { maximum } from './piecewise.ts';

// Comparisons give 1 or 0; all are false for NaN.
export const less = binary('less', (a, b) => (a < b ? 1 : 0), flat, { whole: true });
export const lessEqual = binary('lessEqual', (a, b) => (a <= b ? 1 : 0), flat, { whole: true });
export const equal = binary('equal', (a, b) => (a === b ? 1 : 0), flat, { whole: true });
const finite = unary('isFinite', (x) => (Number.isFinite(x) ? 1 : 0), flat, { whole: true });
const notANumber = unary('isNaN', (x) => (Number.isNaN(x) ? 1 : 0), flat, { whole: true });

// Under other names here, so that they do not hide JavaScript's own.
export { finite as isFinite, notANumber as isNaN };

// Logic takes 0 for false and all else for true, also NaN, as `select` does.
export function logicalNot(x: Expression): Expression {
  return equal(x, zero);
}

/** True for NaN, which equals nothing. */
export function notEqual(a: Expression, b: Expression): Expression {
  return subtract(one, equal(a, b));
}

export function logicalAnd(a: Expression, b: Expression): Expression {
  return multiply(notEqual(a, zero), notEqual(b, zero));
}

export function logicalOr(a: Expression, b: Expression): Expression {
  return maximum(notEqual(a, zero), notEqual(b, zero));
}

const selectRecord: ScalarFunction = {
  name: 'select',
  arity: 3,
  evaluate: (condition, whenTrue, whenFalse) => (condition !== 0 ? whenTrue : whenFalse),
  tangent: ([condition], [, dTrue, dFalse]) => select(condition!, dTrue!, dFalse!),
  whole: true,
};

/** whenTrue where the condition is not 0, else whenFalse; the branch not taken never reaches the result. */
export function select(condition: Expression, whenTrue: Expression, whenFalse: Expression): Expression {
  return call(selectRecord, [condition, whenTrue, whenFalse]);
}
