import { f32x4, f64x2, i32x4, i64x2, v128 } from '../assembler/vector.ts';
import type { LaneMath, Vector } from './lane-math.ts';

// Functions of float64 lanes, for results that are rounded to float32: some 2⁻⁴⁰ relative error, so that what is
// made of them is correctly rounded but for near ties. In float64 nothing that comes from float32 is denormal.

/** A function of float32 lanes that is computed in float64, two lanes at a time. */
export function inDouble(
  m: LaneMath,
  operands: readonly Vector[],
  compute: (...operands: readonly Vector[]) => Vector,
): Vector {
  const low = compute(...operands.map((x) => m.let(lowHalf(x))));
  const high = compute(...operands.map((x) => m.let(highHalf(x))));
  return joinHalves(low, high);
}

/** Lanes 0 and 1 of an f32x4 as an f64x2. */
export function lowHalf(x: Vector): Vector {
  return f64x2.promoteLowF32x4(x);
}

/** Lanes 2 and 3 of an f32x4 as an f64x2. */
export function highHalf(x: Vector): Vector {
  return f64x2.promoteLowF32x4(i32x4.shuffle(x, x, [2, 3, 2, 3]));
}

export function joinHalves(low: Vector, high: Vector): Vector {
  return i64x2.shuffle(f32x4.demoteF64x2Zero(low), f32x4.demoteF64x2Zero(high), [0, 2]);
}

/** ln 2 = high + low, high with 32 bits (fdlibm, e_exp.c). */
const lnTwoHigh = 0.6931471803691238;
const lnTwoLow = 1.9082149292705877e-10;
/** 1.5·2⁵²: adding it rounds to a whole number, which its lowest bits then hold. */
export const doubleRounder = 6755399441055744;

/** (eʳ − 1 − r)/r² for |r| ≤ ½ln 2, a minimax fit to 2⁻⁴⁹ of eʳ − 1. */
const expTail = [
  0.4999999999999968, 0.166666666666299, 0.041666666667082734, 0.008333333363037444, 0.0013888888772317961,
  0.00019841195284308385, 2.4801685858188157e-5, 2.763098151610347e-6, 2.7558261917654666e-7,
];

/** 2ⁿ and eʳ − 1 with x = n·ln 2 + r; x is kept where 2ⁿ is a double, far beyond what is left of it in float32. */
function reducedExp(m: LaneMath, x: Vector): { scale: Vector; q: Vector } {
  const bounded = m.let(f64x2.pmax(f64x2.pmin(x, m.double(400)), m.double(-400)));
  const rounder = m.double(doubleRounder);
  const shifted = m.let(m.multiplyAdd(bounded, m.double(Math.LOG2E), rounder, 'f64x2'));
  const n = m.let(f64x2.sub(shifted, rounder));
  const rough = m.let(m.subtractProduct(bounded, n, m.double(lnTwoHigh), 'f64x2'));
  const r = m.let(m.subtractProduct(rough, n, m.double(lnTwoLow), 'f64x2'));
  const tail = m.polynomial(expTail, r, 'f64x2');
  return {
    scale: m.let(i64x2.add(i64x2.shl(shifted, 52), m.double(1))),
    q: m.multiplyAdd(tail, m.let(f64x2.mul(r, r)), r, 'f64x2'),
  };
}

/** eˣ */
export function doubleExp(m: LaneMath, x: Vector): Vector {
  const { scale, q } = reducedExp(m, x);
  return m.multiplyAdd(scale, q, scale, 'f64x2');
}

/** eˣ − 1 */
export function doubleExpm1(m: LaneMath, x: Vector): Vector {
  const { scale, q } = reducedExp(m, x);
  return m.multiplyAdd(scale, q, f64x2.sub(scale, m.double(1)), 'f64x2');
}

/** The upper half of the bits of √½. */
const rootHalfBits = 0x3fe6a09e * 2 ** 32;
const oneBits = 0x3ff00000 * 2 ** 32;
const exponentBias = 1023;

/** (2 artanh s − 2s)/s³ in s² for |s| ≤ (√2 − 1)/(√2 + 1), a minimax fit to 2⁻⁵¹ of 2 artanh s. */
const artanhTail = [
  0.6666666666658625, 0.40000000052799184, 0.28571417037590224, 0.22223378660397558, 0.18123405184603592,
  0.1682280265343409,
];

/** ln x = e·ln 2 + 2 artanh(t/(2 + t)) for x = 2ᵉ·(1 + t); −∞ at 0, NaN below. */
export function doubleLog(m: LaneMath, x: Vector): Vector {
  const lifted = m.let(i64x2.add(x, m.longBits(oneBits - rootHalfBits)));
  // The bits of e + 1023, put below those of 2⁵², are the double 2⁵² + 1023 + e.
  const biased = v128.or(i64x2.shrU(lifted, 52), m.double(2 ** 52));
  const exponent = m.let(f64x2.sub(biased, m.double(2 ** 52 + exponentBias)));
  const mantissa = i64x2.add(v128.and(lifted, m.longBits(2 ** 52 - 1)), m.longBits(rootHalfBits));
  const t = m.let(f64x2.sub(mantissa, m.double(1)));
  const s = m.let(f64x2.div(t, f64x2.add(t, m.double(2))));
  const square = m.let(f64x2.mul(s, s));
  const tail = f64x2.mul(f64x2.mul(s, square), m.polynomial(artanhTail, square, 'f64x2'));
  const value = m.multiplyAdd(exponent, m.double(Math.LN2), f64x2.add(f64x2.add(s, s), tail), 'f64x2');
  const atZero = v128.bitselect(m.double(-Infinity), m.double(Number.NaN), f64x2.eq(x, m.double(0)));
  const bounded = v128.bitselect(value, x, f64x2.lt(x, m.double(Infinity)));
  return v128.bitselect(bounded, atZero, f64x2.gt(x, m.double(0)));
}

/** (atan t − t)/t³ in t² for 0 ≤ t ≤ 1, a minimax fit to 2⁻³¹ of atan t. */
const arctangentTail = [
  -0.3333332743335252, 0.1999969261067041, -0.14280130739613278, 0.11060244542430869, -0.08818848299124286,
  0.06759572104481171, -0.044946445459188744, 0.022760340609494542, -0.007422637546484649,
  0.0011348782972944802,
];

/** The angle of the point (x, y), with all of the signs and special values of Math.atan2. */
export function doubleArctangent2(m: LaneMath, y: Vector, x: Vector): Vector {
  const [width, height] = [m.let(f64x2.abs(x)), m.let(f64x2.abs(y))];
  const [shorter, longer] = [m.let(f64x2.min(width, height)), m.let(f64x2.max(width, height))];
  const ratio = f64x2.div(shorter, longer);
  const orZero = v128.bitselect(longer, ratio, f64x2.eq(longer, m.double(0)));
  const t = m.let(v128.bitselect(m.double(1), orZero, f64x2.eq(shorter, m.double(Infinity))));
  const square = m.let(f64x2.mul(t, t));
  const tail = m.polynomial(arctangentTail, square, 'f64x2');
  const first = m.let(m.multiplyAdd(m.let(f64x2.mul(t, square)), tail, t, 'f64x2'));
  const steep = f64x2.lt(width, height);
  const upTo90 = m.let(v128.bitselect(f64x2.sub(m.double(Math.PI / 2), first), first, steep));
  // x may be −0, which is less than nothing: the sign is put on a 1 to be seen.
  const leftward = f64x2.lt(v128.or(doubleSign(m, x), m.double(1)), m.double(0));
  const upTo180 = v128.bitselect(f64x2.sub(m.double(Math.PI), upTo90), upTo90, leftward);
  return v128.or(upTo180, doubleSign(m, y));
}

function doubleSign(m: LaneMath, x: Vector): Vector {
  return v128.and(x, m.double(-0));
}
