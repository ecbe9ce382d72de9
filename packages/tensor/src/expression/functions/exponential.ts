import { add, divide, multiply, negate } from './arithmetic.ts';
import { unary } from './define.ts';
import { half, one } from './numbers.ts';

export const exp = unary('exp', Math.exp, (x) => exp(x));
export const expm1 = unary('expm1', Math.expm1, (x) => exp(x));
export const log = unary('log', Math.log, (x) => divide(one, x));
export const log1p = unary('log1p', Math.log1p, (x) => divide(one, add(one, x)));
export const sqrt = unary('sqrt', Math.sqrt, (x) => divide(half, sqrt(x)));
/** 1/(1 + e⁻ˣ), with the derivative σ(x)·σ(−x) that keeps its relative precision in both tails. */
export const sigmoid = unary(
  'sigmoid',
  (x) => 1 / (1 + Math.exp(-x)),
  (x) => multiply(sigmoid(x), sigmoid(negate(x))),
);
/** ln(1 + eˣ) as max(x, 0) + ln(1 + e^−|x|), which neither overflows nor cancels. */
export const softplus = unary(
  'softplus',
  (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  (x) => sigmoid(x),
);
