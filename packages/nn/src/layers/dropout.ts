import { mul, type Operand, toVariable, type Variable } from '@reparam/autograd';
import { ArgumentError, bernoulli, requireFloating } from '@reparam/tensor';
import { requireFraction } from '../arguments.ts';
import { Module } from '../module.ts';
import type { ForwardOptions } from './forward-options.ts';
import type { FloatingType } from './initializers.ts';

/**
 * In training sets each element to zero with probability `rate` and divides the others by 1 − rate, so that the
 * mean stays (Srivastava et al. 2014, inverted); in evaluation does nothing.
 */
export class Dropout extends Module {
  readonly rate: number;

  /** @throws ArgumentError unless 0 ≤ rate < 1; the rate is 0.5 unless told. */
  constructor({ rate = 0.5 }: { readonly rate?: number } = {}) {
    super();
    requireFraction('Dropout', 'rate', rate);
    this.rate = rate;
  }

  /** @throws ArgumentError in training without a key, DTypeError on whole numbers. */
  forward(x: Operand, { training = false, key }: ForwardOptions = {}): Variable {
    const input = toVariable(x);
    requireFloating('Dropout', 'x', input.dtype);
    if (!training || this.rate === 0) return input;
    if (key === undefined) {
      throw new ArgumentError(
        'Dropout',
        'key',
        key,
        'in training it draws what to drop, and needs a key: forward(x, { training: true, key }), with a fresh ' +
          'key for each step.',
      );
    }
    const kept = bernoulli(key, 1 - this.rate, input.shape, { dtype: input.dtype as FloatingType });
    return input.mul(mul(kept, 1 / (1 - this.rate)));
  }
}
