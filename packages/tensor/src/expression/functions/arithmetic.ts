import { constant, type Expression } from '../expression.ts';
import { equal, select } from './comparisons.ts';
import { binary, unary } from './define.ts';
import { log } from './exponential.ts';
import { infinity, one, zero } from './numbers.ts';
import { abs, sign } from './piecewise.ts';

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
  (x) => -x,
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
/** √(a² + b²), without overflow; the derivatives at (0, 0) are 0. */
export const hypot = binary('hypot', Math.hypot, (a, b, da, db) => {
  const length = hypot(a, b);
  return add(multiply(da, shareOfLength(a, length)), multiply(db, shareOfLength(b, length)));
});

/** side/length for a side of a right triangle and its longest, also where both are infinite; 0 where both are 0. */
export function shareOfLength(side: Expression, length: Expression): Expression {
  const share = select(equal(abs(side), infinity), sign(side), divide(side, length));
  return select(equal(length, zero), zero, share);
}
