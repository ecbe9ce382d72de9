import {
  erfNearOne,
  largeR,
  largeS,
  middleP,
  middleQ,
  smallP,
  smallQ,
  tailR,
  tailS,
} from './error-function-coefficients.ts';
import { polynomial } from './polynomial.ts';

// erf and erfc in double precision, with errors below one unit in the last place for erf and three for erfc.

const smallLimit = 0.84375;
const middleLimit = 1.25;

/** erf(x)/x − 1 for |x| < 0.84375. */
function smallRatio(x: number): number {
  const square = x * x;
  return polynomial(smallP, square) / polynomial(smallQ, square);
}

/** erf(x) − erfNearOne for 0.84375 ≤ x < 1.25. */
function middleExcess(x: number): number {
  return polynomial(middleP, x - 1) / polynomial(middleQ, x - 1);
}

/** erfc(x) for x ≥ 1.25: e^(−x² − 0.5625 + R/S)/x, with x² split so that its rounding does not show. */
function tail(x: number): number {
  if (x > 28) return 0;
  const inverse = 1 / (x * x);
  const [r, s] = x < 1 / 0.35 ? [largeR, largeS] : [tailR, tailS];
  const short = Math.fround(x);
  const correction = (short - x) * (short + x) + polynomial(r, inverse) / polynomial(s, inverse);
  return (Math.exp(-short * short - 0.5625) * Math.exp(correction)) / x;
}

/** erf(x) = 2/√π ∫₀ˣ e^(−t²) dt. */
export function errorFunction(x: number): number {
  const size = Math.abs(x);
  if (size < smallLimit) return x + x * smallRatio(x);
  if (Number.isNaN(x)) return x;
  const positive = size < middleLimit ? erfNearOne + middleExcess(size) : 1 - tail(size);
  return x < 0 ? -positive : positive;
}

/** erfc(x) = 1 − erf(x), accurate where that difference would cancel. */
export function complementaryErrorFunction(x: number): number {
  const size = Math.abs(x);
  if (size < smallLimit) return x < 0.25 ? 1 - (x + x * smallRatio(x)) : 0.5 - (x - 0.5 + x * smallRatio(x));
  if (Number.isNaN(x)) return x;
  if (size < middleLimit) {
    return x < 0 ? 1 + erfNearOne + middleExcess(size) : 1 - erfNearOne - middleExcess(size);
  }
  return x < 0 ? 2 - tail(size) : tail(size);
}
