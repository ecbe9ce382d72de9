import type { FunctionBuilder } from '../assembler/function-builder.ts';
import type { Local, Value } from '../assembler/value.ts';
import { f64x2, i64x2, v128 } from '../assembler/vector.ts';

// The series of random/box-muller.ts, in powers of the square of their argument.

/** (artanh s)/s = 1 + s²/3 + s⁴/5 + … */
const logarithmSeries = Array.from({ length: 11 }, (_, k) => 1 / (2 * k + 1));
/** (sin a)/a = 1 − a²/3! + a⁴/5! − … */
const sineSeries = Array.from({ length: 8 }, (_, k) => (-1) ** k / factorial(2 * k + 1));
/** cos a = 1 − a²/2! + a⁴/4! − … */
const cosineSeries = Array.from({ length: 9 }, (_, k) => (-1) ** k / factorial(2 * k));

/** Exact up to 18!. */
function factorial(n: number): number {
  return n === 0 ? 1 : n * factorial(n - 1);
}

/** What Box–Muller starts from, two pairs of doubles at once: a numerator of 2^bits, and an angle within ± π/4. */
export interface PolarInput {
  readonly numerator: Value<'v128'>;
  readonly angle: Value<'v128'>;
}

/**
 * r cos a and r sin a with r = √(−2 ln(numerator / 2^bits)). The operations on each input and their order are those
 * of random/box-muller.ts, and none is fused, so that the bits are the same; the inputs go through them in step,
 * because every operation on one waits for the operation before it.
 */
export function polar(
  f: FunctionBuilder,
  inputs: readonly PolarInput[],
  bits: number,
): { cosine: Value<'v128'>; sine: Value<'v128'> }[] {
  const angles = inputs.map(({ angle }) => f.let(angle));
  const logarithms = logsOfFractions(
    f,
    inputs.map(({ numerator }) => f.let(numerator)),
    bits,
  );
  const squares = angles.map((a) => f.let(f64x2.mul(a, a)));
  const sines = horner(f, sineSeries, squares);
  const cosines = horner(f, cosineSeries, squares);
  return inputs.map((_, i) => {
    const radius = f.let(f64x2.sqrt(f64x2.mul(f.constant(-2, 'f64x2'), logarithms[i]!)));
    return {
      cosine: f64x2.mul(radius, cosines[i]!),
      sine: f64x2.mul(radius, f64x2.mul(angles[i]!, sines[i]!)),
    };
  });
}

function logsOfFractions(
  f: FunctionBuilder,
  numerators: readonly Local<'v128'>[],
  bits: number,
): Value<'v128'>[] {
  const one = f.constant(1, 'f64x2');
  const reduced = numerators.map((numerator) => {
    // A double is sign, 11 bits of exponent + 1023, 52 bits of mantissa. The exponent becomes a number by putting it
    // where the last bits of 2⁵² are.
    const exponentBits = v128.or(i64x2.shrU(numerator, 52), f.constant(2 ** 52, 'f64x2'));
    const exponent = f.let(f64x2.sub(exponentBits, f.constant(2 ** 52 + 1023 + bits, 'f64x2')));
    const mantissa = f.let(v128.or(v128.and(numerator, f.constant(2 ** 52 - 1, 'i64x2')), one));
    const large = f.let(f64x2.gt(mantissa, f.constant(Math.SQRT2, 'f64x2')));
    f.set(mantissa, v128.bitselect(f64x2.mul(mantissa, f.constant(0.5, 'f64x2')), mantissa, large));
    f.set(exponent, f64x2.add(exponent, v128.and(large, one)));
    return { exponent, s: f.let(f64x2.div(f64x2.sub(mantissa, one), f64x2.add(mantissa, one))) };
  });
  const series = horner(
    f,
    logarithmSeries,
    reduced.map(({ s }) => f.let(f64x2.mul(s, s))),
  );
  return reduced.map(({ exponent, s }, i) => {
    const ofMantissa = f64x2.mul(f64x2.mul(f.constant(2, 'f64x2'), s), series[i]!);
    return f64x2.add(f64x2.mul(exponent, f.constant(Math.LN2, 'f64x2')), ofMantissa);
  });
}

/** c₀ + c₁z + c₂z² + … of each z, from the last coefficient on, one rounding for each product and each sum. */
function horner(
  f: FunctionBuilder,
  coefficients: readonly number[],
  arguments_: readonly Local<'v128'>[],
): Local<'v128'>[] {
  const [last, ...rest] = coefficients.map((coefficient) => f.constant(coefficient, 'f64x2')).reverse();
  const sums = arguments_.map(() => f.let(last!));
  for (const coefficient of rest) {
    sums.forEach((sum, i) => {
      f.set(sum, f64x2.add(coefficient, f64x2.mul(arguments_[i]!, sum)));
    });
  }
  return sums;
}
