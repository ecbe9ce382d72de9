import { f32x4, v128 } from '../assembler/vector.ts';
import type { LaneMath, Vector } from './lane-math.ts';

// Functions that a few instructions give exactly, with the special values of JavaScript's operators.

export function less(m: LaneMath, a: Vector, b: Vector): Vector {
  return m.oneWhere(f32x4.lt(a, b));
}

export function lessEqual(m: LaneMath, a: Vector, b: Vector): Vector {
  return m.oneWhere(f32x4.le(a, b));
}

export function equal(m: LaneMath, a: Vector, b: Vector): Vector {
  return m.oneWhere(f32x4.eq(a, b));
}

export function finite(m: LaneMath, x: Vector): Vector {
  return m.oneWhere(f32x4.lt(f32x4.abs(x), m.number(Infinity)));
}

export function notANumber(m: LaneMath, x: Vector): Vector {
  return m.oneWhere(f32x4.ne(x, x));
}

export function select(m: LaneMath, condition: Vector, whenTrue: Vector, whenFalse: Vector): Vector {
  return v128.bitselect(whenTrue, whenFalse, m.maskOf(condition));
}

/** ±1 where x is not 0; ±0 and NaN are kept. */
export function sign(m: LaneMath, x: Vector): Vector {
  const signedOne = m.withSignOf(x, m.number(1));
  return v128.bitselect(signedOne, x, f32x4.gt(f32x4.abs(x), m.number(0)));
}

/** Math.max: NaN if either is, and 0 above −0. Beside a known number pmax does in one instruction of x64. */
export function maximum(m: LaneMath, a: Vector, b: Vector): Vector {
  const known = m.numberOf(a) === undefined ? b : a;
  const value = m.numberOf(known);
  if (value === undefined || Number.isNaN(value)) return f32x4.max(a, b);
  const larger = f32x4.pmax(known === a ? b : a, known);
  // pmax keeps −0 beside 0; adding 0 makes 0 of it.
  return Object.is(value, 0) ? f32x4.add(larger, known) : larger;
}

/** Math.min, as {@link maximum}. */
export function minimum(m: LaneMath, a: Vector, b: Vector): Vector {
  const known = m.numberOf(a) === undefined ? b : a;
  const value = m.numberOf(known);
  if (value === undefined || Number.isNaN(value) || Object.is(value, -0)) return f32x4.min(a, b);
  return f32x4.pmin(known === a ? b : a, known);
}
