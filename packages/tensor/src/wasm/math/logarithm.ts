import { f32x4, i32x4, v128 } from '../assembler/vector.ts';
import type { LaneMath, Vector } from './lane-math.ts';

// ln x = e·ln 2 + ln(1 + t) for x = 2ᵉ·(1 + t) with 1 + t in [√½, √2), after Cephes (S. L. Moshier, logf.c). The
// polynomials are minimax fits with coefficients rounded to float32.

/** ln 2 = high − low, high with so few bits that products with whole exponents are exact. */
export const lnTwoHigh = 0.693359375;
export const lnTwoLow = 2.1219444005469057e-4;
const rootHalfBits = 0x3f3504f3;
const mantissaMask = 0x7fffff;
const smallestNormal = 2 ** -126;

/** (ln(1 + t) − t + t²/2)/t³, to 2⁻²⁷ of ln(1 + t). */
const logTail = [
  0.3333333134651184, -0.250008225440979, 0.20001249015331268, -0.16623324155807495, 0.14201374351978302,
  -0.13160179555416107, 0.12763682007789612, -0.07636649161577225,
];

interface Split {
  /** e as an f32x4. */
  readonly exponent: Vector;
  /** 2ᵉ·(1 + t) is the number. */
  readonly t: Vector;
}

/** Splits positive, normal x. */
function split(m: LaneMath, x: Vector): Split {
  const offset = m.let(i32x4.sub(x, m.bits(rootHalfBits)));
  const mantissa = i32x4.add(v128.and(offset, m.bits(mantissaMask)), m.bits(rootHalfBits));
  return {
    exponent: f32x4.convertI32x4S(i32x4.shrS(offset, 23)),
    t: f32x4.sub(mantissa, m.number(1)),
  };
}

/** ln(1 + t) − t + c, c being small: as a function of the cubic part of ln(1 + t) it is added to that. */
function logOnePlusRest(m: LaneMath, t: Vector, addSmall: (cubic: Vector) => Vector): Vector {
  const square = m.let(f32x4.mul(t, t));
  const cubic = f32x4.mul(f32x4.mul(m.polynomial(logTail, t), t), square);
  return m.subtractProduct(addSmall(cubic), m.number(0.5), square);
}

function logOfSplit(m: LaneMath, { exponent, t }: Split): Vector {
  const rest = logOnePlusRest(m, t, (cubic) => m.subtractProduct(cubic, exponent, m.number(lnTwoLow)));
  return m.multiplyAdd(exponent, m.number(lnTwoHigh), f32x4.add(t, rest));
}

/** `value` where 0 < x < ∞; else −∞ at 0, ∞ at ∞, NaN for NaN and what is negative. */
function withPoles(m: LaneMath, x: Vector, value: Vector): Vector {
  const notPositive = v128.bitselect(m.number(-Infinity), m.number(Number.NaN), f32x4.eq(x, m.number(0)));
  const bounded = v128.bitselect(value, x, f32x4.lt(x, m.number(Infinity)));
  return v128.bitselect(bounded, notPositive, f32x4.gt(x, m.number(0)));
}

export function log(m: LaneMath, x: Vector): Vector {
  const denormal = m.let(f32x4.lt(x, m.number(smallestNormal)));
  const normal = m.let(v128.bitselect(f32x4.mul(x, m.number(2 ** 23)), x, denormal));
  const { exponent, t } = split(m, normal);
  const shift = v128.and(denormal, m.number(23));
  const value = logOfSplit(m, { exponent: m.let(f32x4.sub(exponent, shift)), t: m.let(t) });
  return withPoles(m, x, value);
}

/** ln(1 + x): what rounding 1 + x loses is added to t, scaled as t is. */
export function log1p(m: LaneMath, x: Vector): Vector {
  const one = m.number(1);
  const sum = m.let(f32x4.add(x, one));
  const { exponent, t } = split(m, sum);
  const lost = v128.bitselect(
    f32x4.sub(x, f32x4.sub(sum, one)),
    f32x4.sub(one, f32x4.sub(sum, x)),
    f32x4.lt(x, one),
  );
  // 2⁻ᵉ, or 0 where that is no normal number and what was lost does not matter.
  const offset = i32x4.sub(sum, m.bits(rootHalfBits));
  const exponentBits = v128.andnot(offset, m.bits(mantissaMask));
  const scale = i32x4.maxS(i32x4.sub(one, exponentBits), m.number(0));
  const value = logOfSplit(m, {
    exponent: m.let(exponent),
    t: m.let(m.multiplyAdd(lost, scale, t)),
  });
  return m.withSignOf(x, withPoles(m, sum, value));
}

/** ln(1 + u) for 0 ≤ u ≤ 1, as ln(1 + t) with t = u, or ln 2 + ln(1 + t) with t = (u − 1)/2; both t are exact. */
export function logOnePlusUnit(m: LaneMath, u: Vector): Vector {
  const halved = f32x4.mul(f32x4.sub(u, m.number(1)), m.number(0.5));
  const upper = m.let(f32x4.gt(u, m.number(Math.SQRT2 - 1)));
  const t = m.let(v128.bitselect(halved, u, upper));
  const rest = logOnePlusRest(m, t, (cubic) => cubic);
  // The float32 nearest to ln 2 is within 2⁻²⁹ of it.
  return f32x4.add(v128.and(upper, m.number(Math.LN2)), f32x4.add(t, rest));
}
