import { ArgumentError } from '../../errors.ts';
import { complementaryErrorFunction, errorFunction } from '../error-function.ts';
import { constant, type Expression } from '../expression.ts';
import * as gamma from '../gamma.ts';
import { call } from '../simplify.ts';
import { add, multiply, negate } from './arithmetic.ts';
import { lessEqual, select } from './comparisons.ts';
import { type ScalarFunction, type Unary, unary } from './define.ts';
import { exp } from './exponential.ts';
import { one, zero } from './numbers.ts';
import { abs } from './piecewise.ts';

const twoOverRootPi = constant(2 / Math.sqrt(Math.PI));
/** Where e^(−x²) has become 0 in double precision: left out there, so that no derivative meets ∞·0. */
const bumpEnd = constant(28);
const gaussianBump: Unary = (x) =>
  select(lessEqual(bumpEnd, abs(x)), zero, multiply(twoOverRootPi, exp(negate(multiply(x, x)))));
export const erf = unary('erf', errorFunction, gaussianBump);
export const erfc = unary('erfc', complementaryErrorFunction, (x) => negate(gaussianBump(x)));

/** ln|Γ(x)| */
export const lgamma = unary('lgamma', gamma.logGamma, (x) => digamma(x));
/** ψ(x) = d/dx ln|Γ(x)| */
export const digamma = unary('digamma', gamma.digamma, (x) => polygamma(1, x));

/** The order is an operand, and always a constant: each order's derivative is the next. */
const polygammaRecord: ScalarFunction = {
  name: 'polygamma',
  arity: 2,
  evaluate: gamma.polygamma,
  tangent: ([order, x], [, dx]) => multiply(dx!, call(polygammaRecord, [add(order!, one), x!])),
};

/** dⁿψ/dxⁿ for an order n = 0, 1, …; order 1 is the trigamma function. @throws ArgumentError for another order. */
export function polygamma(order: number, x: Expression): Expression {
  if (!Number.isInteger(order) || order < 0) {
    throw new ArgumentError(
      'polygamma',
      'order',
      order,
      `the order is ${order}, but needs to be 0, 1, 2, ….`,
    );
  }
  return order === 0 ? digamma(x) : call(polygammaRecord, [constant(order), x]);
}
