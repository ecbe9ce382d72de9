import { normalizeAxis, type ReduceOptions, requireFloating } from '@reparam/tensor';
import { documented } from '../../operation.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { abs, add, exp, less, log, sub, where } from '../elementwise.ts';
import { cube, kink, matrix, sample, vector } from '../samples.ts';
import { awayFromZero } from './away-from-zero.ts';
import { max } from './extrema.ts';
import { finish, reduction, reductionSamples, requireElements, resolve } from './reduced.ts';
import { sum } from './sum.ts';

/** x minus its maximum, which is taken as a constant: 0 where it is infinite, since ∞ − ∞ would be NaN. */
function shiftToZero(x: Variable, axes: readonly number[]): { shifted: Variable; shift: Variable } {
  const largest = max(x, { axes, keepDims: true });
  const shift = where(less(abs(largest), Infinity), largest, 0).detach();
  return { shifted: sub(x, shift), shift };
}

/**
 * ln Σᵢ e^xᵢ along `axes` (all of them unless told), without overflow: m + ln Σᵢ e^(xᵢ−m) with the maximum m, which
 * cancels from the gradient. Terms of −∞ have the gradient 0, also where all are.
 * @throws ShapeError for that of no elements, DTypeError.
 */
export const logsumexp = documented(
  (x: Operand, options: ReduceOptions = {}): Variable => {
    const operand = toVariable(x);
    requireFloating('logsumexp', 'x', operand.dtype);
    const reduced = resolve('logsumexp', operand, options);
    requireElements('logsumexp', 'maximum', operand, reduced.axes);
    const { shifted, shift } = shiftToZero(operand, reduced.axes);
    const total = sum(exp(shifted), { axes: reduced.axes, keepDims: true });
    return finish(add(awayFromZero(total, log, -Infinity), shift), operand, reduced);
  },
  (f) =>
    reduction(
      'logsumexp',
      'log(Σᵢ exp(xᵢ))',
      [
        ...reductionSamples((x, options) => f(x, options)),
        sample((x) => f(x!, { axes: 0 }), [1000, 1000.5, -1000]),
      ],
      [kink((x) => f(x!), [[-Infinity, -Infinity]], [[0, 0]])],
    ),
);

/**
 * xᵢ − ln Σⱼ e^xⱼ along an axis (the last unless told), as z − ln Σ eᶻ with z = x − m: adding m to the logarithm
 * first would round it to the digits of m.
 */
export const logSoftmax = documented(
  (x: Operand, axis = -1): Variable => {
    const operand = toVariable(x);
    requireFloating('logSoftmax', 'x', operand.dtype);
    const axes = [normalizeAxis('logSoftmax', axis, operand.shape)];
    requireElements('logSoftmax', 'maximum', operand, axes);
    const { shifted } = shiftToZero(operand, axes);
    return sub(shifted, log(sum(exp(shifted), { axes, keepDims: true })));
  },
  (f) =>
    reduction('logSoftmax', 'xᵢ - logsumexp(x)', [
      sample((x) => f(x!), matrix),
      sample((x) => f(x!, 0), matrix),
      sample((x) => f(x!), [500, -500, 499]),
    ]),
);

/** e^xᵢ / Σⱼ e^xⱼ along an axis (the last unless told). */
export const softmax = documented(
  (x: Operand, axis = -1): Variable => {
    const operand = toVariable(x);
    return exp(logSoftmax(operand, normalizeAxis('softmax', axis, operand.shape)));
  },
  (f) =>
    reduction('softmax', 'exp(xᵢ) / Σⱼ exp(xⱼ)', [
      sample((x) => f(x!), vector),
      sample((x) => f(x!, 1), cube),
    ]),
);
