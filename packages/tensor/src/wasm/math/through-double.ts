import { f32x4, f64x2, v128 } from '../assembler/vector.ts';
import { doubleArctangent2, doubleExp, doubleExpm1, doubleLog, inDouble } from './double.ts';
import type { LaneMath, Vector } from './lane-math.ts';

// Functions that are needed rarely, or that would lose too much in float32: computed in float64 and rounded once.

/** aᵇ as e^(b·ln|a|), with the signs and special values of Math.pow. */
export function power(m: LaneMath, a: Vector, b: Vector): Vector {
  const exponent = m.numberOf(b);
  if (exponent === 2) return f32x4.mul(a, a);
  if (exponent === -1) return f32x4.div(m.number(1), a);
  const size = inDouble(m, [m.let(f32x4.abs(a)), b], (base, times) =>
    doubleExp(m, m.let(f64x2.mul(times, doubleLog(m, base)))),
  );
  const whole = m.let(f32x4.eq(f32x4.trunc(b), b));
  const half = m.let(f32x4.mul(b, m.number(0.5)));
  const odd = v128.and(whole, f32x4.ne(f32x4.trunc(half), half));
  const signed = v128.or(size, v128.and(m.sign(a), odd));
  const finiteNegative = v128.and(f32x4.lt(a, m.number(0)), f32x4.gt(a, m.number(-Infinity)));
  const undefinedHere = v128.andnot(finiteNegative, whole);
  const value = v128.bitselect(m.number(Number.NaN), signed, undefinedHere);
  return v128.bitselect(m.number(1), value, f32x4.eq(b, m.number(0)));
}

/** √(a² + b²), infinite beside ∞ even with NaN. The squares of float32 neither overflow nor vanish in float64. */
export function hypot(m: LaneMath, a: Vector, b: Vector): Vector {
  const length = inDouble(m, [a, b], (x, y) => f64x2.sqrt(m.multiplyAdd(x, x, f64x2.mul(y, y), 'f64x2')));
  const infinity = m.number(Infinity);
  const infinite = v128.or(f32x4.eq(f32x4.abs(a), infinity), f32x4.eq(f32x4.abs(b), infinity));
  return v128.bitselect(infinity, length, infinite);
}

export function atan2(m: LaneMath, y: Vector, x: Vector): Vector {
  return inDouble(m, [y, x], (dy, dx) => doubleArctangent2(m, dy, dx));
}

export function atan(m: LaneMath, x: Vector): Vector {
  return inDouble(m, [x], (t) => doubleArctangent2(m, t, m.double(1)));
}

/** The angle of (√(1 − x²), x). */
export function asin(m: LaneMath, x: Vector): Vector {
  return inDouble(m, [x], (t) => doubleArctangent2(m, t, cathetus(m, t)));
}

/** The angle of (x, √(1 − x²)). */
export function acos(m: LaneMath, x: Vector): Vector {
  return inDouble(m, [x], (t) => doubleArctangent2(m, cathetus(m, t), t));
}

/** √(1 − t²), as a product so that nothing cancels. */
function cathetus(m: LaneMath, t: Vector): Vector {
  const one = m.double(1);
  return m.let(f64x2.sqrt(f64x2.mul(f64x2.sub(one, t), f64x2.add(one, t))));
}

/** ½(q + q/(q + 1)) with q = e^|x| − 1, where e^|x| and e^−|x| would cancel. */
export function sinh(m: LaneMath, x: Vector): Vector {
  const size = inDouble(m, [m.let(f32x4.abs(x))], (t) => {
    const q = m.let(doubleExpm1(m, t));
    const mirrored = f64x2.div(q, f64x2.add(q, m.double(1)));
    return f64x2.mul(m.double(0.5), f64x2.add(q, mirrored));
  });
  return m.withSignOf(x, size);
}

/** ½(eˣ + e⁻ˣ) */
export function cosh(m: LaneMath, x: Vector): Vector {
  return inDouble(m, [x], (t) => {
    const growing = m.let(doubleExp(m, t));
    return f64x2.mul(m.double(0.5), f64x2.add(growing, f64x2.div(m.double(1), growing)));
  });
}

/** Where x ∓ x³/3 rounds to x in float32, and the logarithms below would still lose nothing in float64. */
const tiny = 1e-4;

function orSameIfTiny(m: LaneMath, x: Vector, value: Vector): Vector {
  return v128.bitselect(x, value, f32x4.lt(f32x4.abs(x), m.number(tiny)));
}

/** ln(|x| + √(x² + 1)) */
export function asinh(m: LaneMath, x: Vector): Vector {
  const size = inDouble(m, [m.let(f32x4.abs(x))], (t) => {
    const root = f64x2.sqrt(m.multiplyAdd(t, t, m.double(1), 'f64x2'));
    return doubleLog(m, m.let(f64x2.add(t, root)));
  });
  return orSameIfTiny(m, x, m.withSignOf(x, size));
}

/** ln(x + √(x − 1)·√(x + 1)), where the first root is NaN below 1. */
export function acosh(m: LaneMath, x: Vector): Vector {
  return inDouble(m, [x], (t) => {
    const one = m.double(1);
    const root = f64x2.mul(f64x2.sqrt(f64x2.sub(t, one)), f64x2.sqrt(f64x2.add(t, one)));
    return doubleLog(m, m.let(f64x2.add(t, root)));
  });
}

/** ½ln((1 + x)/(1 − x)) */
export function atanh(m: LaneMath, x: Vector): Vector {
  const value = inDouble(m, [x], (t) => {
    const one = m.double(1);
    const quotient = m.let(f64x2.div(f64x2.add(one, t), f64x2.sub(one, t)));
    return f64x2.mul(m.double(0.5), doubleLog(m, quotient));
  });
  return orSameIfTiny(m, x, value);
}
