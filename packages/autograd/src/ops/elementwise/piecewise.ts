import { scalarFunctions as f, tensor } from '@reparam/tensor';
import { documented } from '../../operation.ts';
import type { Operand } from '../../variable.ts';
import { sample } from '../samples.ts';
import { define, pairs, real } from './define.ts';

export const abs = define({ name: 'abs', at: real, kinks: [[[0], [0]]] }, f.abs);
/** −1, 0 or 1, without gradient. */
export const sign = define({ name: 'sign', at: real, kinks: [[[0], [0]]] }, f.sign);
/** The largest whole number that is not above x, without gradient. */
export const floor = define({ name: 'floor', at: real, kinks: [[[-2], [0]]] }, f.floor);
/** The smallest whole number that is not below x, without gradient. */
export const ceil = define({ name: 'ceil', at: real, kinks: [[[1], [0]]] }, f.ceil);
/** The nearest whole number, halves to the even one (as IEEE 754, NumPy and PyTorch round), without gradient. */
export const round = define(
  {
    name: 'round',
    at: [[-3.1], [-0.7], [0.4], [4.6]],
    kinks: [
      [[0.5], [0]],
      [[-1.5], [0]],
    ],
  },
  f.round,
);

const tie = [
  [
    [2, 2],
    [0.5, 0.5],
  ],
] as const;
/** The larger of two; a tie gives half of the cotangent to each. */
export const maximum = define({ name: 'maximum', at: pairs, kinks: tie }, f.maximum);
/** The smaller of two; a tie gives half of the cotangent to each. */
export const minimum = define({ name: 'minimum', at: pairs, kinks: tie }, f.minimum);
/** min(max(x, low), high); at a bound, half of the cotangent goes to x and half to the bound. */
export const clamp = define(
  {
    name: 'clamp',
    derivative: 'ȳ to x inside, to the bound outside, half to each at a bound',
    domain: 'low < high',
    at: [
      [-2, -0.9, 1.1],
      [-0.6, -0.9, 1.1],
      [0.3, -0.9, 1.1],
      [1.7, -0.9, 1.1],
    ],
    kinks: [
      [
        [-1, -1, 1],
        [0.5, 0.5, 0],
      ],
      [
        [1, -1, 1],
        [0.5, 0, 0.5],
      ],
    ],
  },
  (x, low, high) => f.minimum(f.maximum(x, low), high),
);

const conditions = tensor([1, 2, 0], { dtype: 'float64' });
const choose = define({ name: 'where', domain: 'conditions are constants', at: [] }, f.select);
/**
 * a where the condition is not 0, else b. What is not taken may be NaN or infinite: it gets a cotangent of 0. But
 * 0·∞ is NaN, so where its own derivative is infinite (log at 0) choose its argument as well:
 * `where(c, log(where(c, x, 1)), 0)`.
 */
export const where = documented(
  (condition: Operand, a: Operand, b: Operand) => choose(condition, a, b),
  (f) => ({
    ...choose.operation,
    samples: [sample((a, b) => f(conditions, a!, b!), [0.4, 1.3, -0.5], [-2, 0.8, 0.1])],
  }),
);
