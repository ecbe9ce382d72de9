import type { Expression } from '../expression.ts';
import { add, divide, hypot, multiply, negate, shareOfLength, subtract } from './arithmetic.ts';
import { equal, select } from './comparisons.ts';
import { binary, unary } from './define.ts';
import { sqrt } from './exponential.ts';
import { one, zero } from './numbers.ts';

export const sin = unary('sin', Math.sin, (x) => cos(x));
export const cos = unary('cos', Math.cos, (x) => negate(sin(x)));
export const tan = unary('tan', Math.tan, (x) => add(one, multiply(tan(x), tan(x))));
export const asin = unary('asin', Math.asin, (x) => inverseRootOneMinusSquare(x));
export const acos = unary('acos', Math.acos, (x) => negate(inverseRootOneMinusSquare(x)));
export const atan = unary('atan', Math.atan, (x) =>
  multiply(inverseRootOnePlusSquare(x), inverseRootOnePlusSquare(x)),
);
/** The angle of the point (x, y) from the positive x axis, in (−π, π]; the derivatives at (0, 0) are 0. */
export const atan2 = binary('atan2', Math.atan2, (y, x, dy, dx) => {
  const length = hypot(x, y);
  const perLength = select(equal(length, zero), zero, divide(one, length));
  const slope = (side: Expression): Expression => multiply(shareOfLength(side, length), perLength);
  return subtract(multiply(dy, slope(x)), multiply(dx, slope(y)));
});

export const sinh = unary('sinh', Math.sinh, (x) => cosh(x));
export const cosh = unary('cosh', Math.cosh, (x) => sinh(x));
export const tanh = unary('tanh', Math.tanh, (x) => subtract(one, multiply(tanh(x), tanh(x))));
export const asinh = unary('asinh', Math.asinh, (x) => inverseRootOnePlusSquare(x));
/** Two factors, since √(x² − 1) would overflow and cancel. */
export const acosh = unary('acosh', Math.acosh, (x) =>
  multiply(divide(one, sqrt(subtract(x, one))), divide(one, sqrt(add(x, one)))),
);
export const atanh = unary('atanh', Math.atanh, (x) => divide(one, multiply(subtract(one, x), add(one, x))));

/** 1/√(1 − x²), as a product so that nothing cancels near ±1. */
function inverseRootOneMinusSquare(x: Expression): Expression {
  return divide(one, sqrt(multiply(subtract(one, x), add(one, x))));
}

/** 1/√(1 + x²), whose own derivatives are safe for every x, since those of hypot are. */
function inverseRootOnePlusSquare(x: Expression): Expression {
  return divide(one, hypot(one, x));
}
