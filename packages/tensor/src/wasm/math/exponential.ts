import { f32x4, i32x4, v128 } from '../assembler/vector.ts';
import type { LaneMath, Vector } from './lane-math.ts';
import { lnTwoHigh, lnTwoLow, logOnePlusUnit } from './logarithm.ts';

// eˣ = 2ⁿ·eʳ with n = round(x/ln 2) and r = x − n·ln 2 in ±½ln 2 (W. J. Cody & W. Waite, Software Manual for the
// Elementary Functions, chapter 6). The polynomials are minimax fits with coefficients rounded to float32.

/** 1.5·2²³: adding it rounds to a whole number, which its lowest bits then hold. */
const rounder = 12582912;
const rounderBits = 0x4b400000;

/** (eʳ − 1 − r)/r² for |r| ≤ ½ln 2, to 2⁻²⁸ of eʳ. */
const expTail = [
  0.4999999403953552, 0.1666652113199234, 0.04166828840970993, 0.008368703536689281, 0.0013818938750773668,
];
/** The same to 2⁻³¹ of eʳ − 1. */
const expm1Tail = [
  0.5, 0.1666666567325592, 0.04166649281978607, 0.008333543315529823, 0.0013932364527136087,
  0.00019764331227634102,
];

interface Reduced {
  /** n as an i32x4. */
  readonly n: Vector;
  readonly r: Vector;
}

function reduce(m: LaneMath, x: Vector): Reduced {
  const shifted = m.let(m.multiplyAdd(x, m.number(Math.LOG2E), m.number(rounder)));
  const n = m.let(f32x4.sub(shifted, m.number(rounder)));
  const rough = m.subtractProduct(x, n, m.number(lnTwoHigh));
  return {
    n: m.let(i32x4.sub(shifted, m.bits(rounderBits))),
    r: m.let(m.multiplyAdd(n, m.number(lnTwoLow), rough)),
  };
}

/** 2ⁿ for −127 < n < 128. */
function powerOfTwo(m: LaneMath, n: Vector): Vector {
  return i32x4.shl(i32x4.add(n, m.bits(127)), 23);
}

/** eˣ for x ≤ 89. Scaled in two steps, since 2ⁿ alone may be infinite or 0 where the result is neither. */
function expBelowOverflow(m: LaneMath, x: Vector): Vector {
  // Below −104 even the smallest denormal is too large. pmax hands NaN on.
  const { n, r } = reduce(m, m.let(f32x4.pmax(x, m.number(-104))));
  const p = m.multiplyAdd(m.polynomial(expTail, r), m.let(f32x4.mul(r, r)), f32x4.add(r, m.number(1)));
  const half = m.let(i32x4.shrS(n, 1));
  return f32x4.mul(f32x4.mul(p, powerOfTwo(m, half)), powerOfTwo(m, i32x4.sub(n, half)));
}

export function exp(m: LaneMath, x: Vector): Vector {
  return expBelowOverflow(m, f32x4.pmin(x, m.number(89)));
}

/** eˣ − 1 = 2·(2ⁿ⁻¹·(eʳ − 1) + (2ⁿ⁻¹ − ½)), halved inside so that n = 128 does not overflow too early. */
export function expm1(m: LaneMath, x: Vector): Vector {
  // Below −18 the result is −1, and above 89 infinite.
  const { n, r } = reduce(m, m.let(f32x4.pmax(f32x4.pmin(x, m.number(89)), m.number(-18))));
  const q = m.multiplyAdd(m.polynomial(expm1Tail, r), m.let(f32x4.mul(r, r)), r);
  const halfScale = m.let(i32x4.shl(i32x4.add(n, m.bits(126)), 23));
  const half = m.let(m.multiplyAdd(halfScale, q, f32x4.sub(halfScale, m.number(0.5))));
  return m.withSignOf(x, f32x4.add(half, half));
}

function expOfMinusSize(m: LaneMath, x: Vector): Vector {
  const [u] = m.once('exp(-|x|)', x, () => [m.let(expBelowOverflow(m, f32x4.neg(f32x4.abs(x))))]);
  return u!;
}

/** 1/(1 + e⁻ˣ), for negative x as eˣ/(1 + eˣ), so that the far tail keeps its digits. */
export function sigmoid(m: LaneMath, x: Vector): Vector {
  const u = expOfMinusSize(m, x);
  const numerator = v128.bitselect(u, m.number(1), f32x4.lt(x, m.number(0)));
  return f32x4.div(numerator, f32x4.add(u, m.number(1)));
}

/** ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|) */
export function softplus(m: LaneMath, x: Vector): Vector {
  return f32x4.add(f32x4.pmax(x, m.number(0)), logOnePlusUnit(m, expOfMinusSize(m, x)));
}

/**
 * tanh x = x·P(x²)/Q(x²) for |x| ≤ 9.02, a minimax fit to 2⁻²⁵ with coefficients rounded to float32;
 * P(0) = Q(0) = 1, so that tanh x = x near 0.
 */
const tanhP = [1, 0.1338268667459488, 0.0034974564332515, 2.0635805412894115e-5, 1.3384267916194403e-8];
const tanhQ = [1, 0.46716007590293884, 0.02588435634970665, 0.00032885154359973967, 7.790239351379569e-7];
/** The nearest float32 to tanh x is 1 here, and the ratio rounds to 1 or more. */
const tanhEnd = 9.1;

export function tanh(m: LaneMath, x: Vector): Vector {
  return m.oddRatio(x, tanhEnd, tanhP, tanhQ);
}
