import { add, multiply } from './arithmetic.ts';
import { less, select } from './comparisons.ts';
import { binary, unary } from './define.ts';
import { flat, half } from './numbers.ts';

// What the derivative is at a kink or a jump is promised here and checked exactly.

/** −1, 0 or 1. */
export const sign = unary('sign', Math.sign, flat, { whole: true });
/** The derivative at 0 is 0, the middle of the subdifferential [−1, 1]. */
export const abs = unary('abs', Math.abs, (x) => sign(x), { whole: true });
export const floor = unary('floor', Math.floor, flat, { whole: true });
export const ceil = unary('ceil', Math.ceil, flat, { whole: true });
/** The nearest whole number; halves go to the even one, as in IEEE 754, NumPy and PyTorch. */
export const round = unary('round', roundHalfToEven, flat, { whole: true });

/** JavaScript rounds halves up. Those are told by their distance, and are twice the nearest to x/2 if that is none. */
function roundHalfToEven(x: number): number {
  return Math.abs(x - Math.trunc(x)) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
}

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
