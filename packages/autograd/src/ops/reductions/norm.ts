import { ArgumentError, type ReduceOptions, requireFloating } from '@reparam/tensor';
import { documented } from '../../operation.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { abs, div, less, mul, pow, square, where } from '../elementwise.ts';
import { cube, kink, matrix, sample } from '../samples.ts';
import { awayFromZero } from './away-from-zero.ts';
import { max } from './extrema.ts';
import { finish, reduction, reductionSamples, requireElements, resolve } from './reduced.ts';
import { sum } from './sum.ts';

export interface NormOptions extends ReduceOptions {
  /** 1 ≤ p ≤ Infinity; 2 unless told. */
  readonly p?: number;
}

/** aᵇ for a ≥ 0 < b; the derivative at a = 0, which may be infinite, is taken as 0. */
function power(a: Variable, b: number): Variable {
  return awayFromZero(a, (base) => pow(base, b), 0);
}

/**
 * ‖x‖ₚ = s·‖x/s‖ₚ for any constant s. With the largest magnitude for s no power overflows, and those that underflow
 * do not count.
 */
function scaledNorm(x: Variable, axes: readonly number[], p: number): Variable {
  const magnitudes = abs(x);
  const largest = max(magnitudes, { axes, keepDims: true });
  const scale = where(mul(less(0, largest), less(largest, Infinity)), largest, 1).detach();
  const ratios = div(magnitudes, scale);
  const powers = p === 2 ? square(ratios) : power(ratios, p);
  return mul(power(sum(powers, { axes, keepDims: true }), 1 / p), scale);
}

/**
 * ‖x‖ₚ = (Σᵢ |xᵢ|ᵖ)^(1/p) along `axes` (all of them unless told); p = 2 unless told, and p = Infinity gives the largest
 * magnitude, whose ties share the cotangent. Nothing overflows or underflows on the way. The gradient at 0 is 0.
 * @throws ArgumentError unless p ≥ 1, ShapeError for that of no elements, DTypeError.
 */
export const norm = documented(
  (x: Operand, { p = 2, ...options }: NormOptions = {}): Variable => {
    const operand = toVariable(x);
    requireFloating('norm', 'x', operand.dtype);
    const reduced = resolve('norm', operand, options);
    if (!(p >= 1)) {
      throw new ArgumentError(
        'norm',
        'p',
        p,
        `p is ${p}, but norms have p ≥ 1: 1 adds up magnitudes, 2 is the length, Infinity the largest magnitude.`,
      );
    }
    requireElements('norm', 'norm', operand, reduced.axes);
    if (p === 1) return sum(abs(operand), options);
    if (p === Infinity) return max(abs(operand), options);
    return finish(scaledNorm(operand, reduced.axes, p), operand, reduced);
  },
  (f) =>
    reduction(
      'norm',
      '(Σᵢ |xᵢ|ᵖ)^(1/p)',
      [
        ...reductionSamples((x, options) => f(x, options)),
        sample((x) => f(x!, { p: 1, axes: 0 }), matrix),
        sample((x) => f(x!, { p: Infinity, axes: -1, keepDims: true }), matrix),
        sample((x) => f(x!, { p: 3, axes: [0, 1] }), cube),
        sample((x) => f(x!, { p: 1.5, axes: -1 }), matrix),
      ],
      [1, 1.5, 2, Infinity].map((p) => kink((x) => f(x!, { p }), [[0, 0, 0]], [[0, 0, 0]])),
    ),
);
