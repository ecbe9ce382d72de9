import { constant, type Expression, scalarFunctions as f } from '@reparam/tensor';
import { documented } from '../../operation.ts';
import type { Operand, Variable } from '../../variable.ts';
import { sample } from '../samples.ts';
import { define, real } from './define.ts';

const zero = constant(0);
const one = constant(1);
const tails = [[40], [-800], [800]];

/** 1/(1 + e⁻ˣ) */
export const sigmoid = define({ name: 'sigmoid', at: [...real, [0], ...tails] }, f.sigmoid);
/** ln(1 + eˣ), without overflow. */
export const softplus = define({ name: 'softplus', at: [...real, [0], ...tails] }, f.softplus);
/** ln σ(x) = −softplus(−x) */
export const logSigmoid = define({ name: 'logSigmoid', at: [...real, [0], ...tails] }, (x) =>
  f.negate(f.softplus(f.negate(x))),
);
/** max(x, 0); the derivative at 0 is 0. */
export const relu = define({ name: 'relu', at: real, kinks: [[[0], [0]]] }, (x) =>
  f.select(f.lessEqual(x, zero), zero, x),
);
const leaky = define(
  {
    name: 'leakyRelu',
    at: [
      [-1.4, 0.01],
      [2.3, 0.01],
      [-0.3, 0.2],
    ],
    kinks: [
      [
        [0, 0.1],
        [0.1, 0],
      ],
    ],
  },
  (x, slope) => f.select(f.lessEqual(x, zero), f.multiply(slope, x), x),
);
/** x where x > 0, else slope·x; the derivative at 0 is the slope. */
export const leakyRelu = documented(
  (x: Operand, slope: Operand = 0.01): Variable => leaky(x, slope),
  () => leaky.operation,
);
/** x where x > 0, else scale·(eˣ − 1); the overflow of eˣ for large x stays in the branch that is not taken. */
function exponentialBelowZero(x: Expression, scale: Expression): Expression {
  return f.select(f.lessEqual(x, zero), f.multiply(scale, f.expm1(x)), x);
}
const exponentialLinear = define(
  {
    name: 'elu',
    at: [
      [-1.4, 1],
      [2.3, 1],
      [-0.3, 0.5],
      [800, 0.5],
      [-800, 2],
    ],
    kinks: [
      [
        [0, 0.5],
        [0.5, 0],
      ],
    ],
  },
  exponentialBelowZero,
);
/** x where x > 0, else alpha·(eˣ − 1) (Clevert et al. 2016); the derivative at 0 is alpha. */
export const elu = documented(
  (x: Operand, alpha: Operand = 1): Variable => exponentialLinear(x, alpha),
  (f) => ({
    ...exponentialLinear.operation,
    samples: [...exponentialLinear.operation.samples, sample((x) => f(x!), [-1.4, 2.3])],
  }),
);
const seluScale = 1.0507009873554805;
const seluAlpha = constant(1.6732632423543772);
/** λ·elu(x, α) with the λ and α that keep mean 0 and variance 1 (Klambauer et al. 2017); the derivative at 0 is λα. */
export const selu = define(
  { name: 'selu', at: [...real, ...tails], kinks: [[[0], [seluScale * seluAlpha.value]]] },
  (x) => f.multiply(constant(seluScale), exponentialBelowZero(x, seluAlpha)),
);
/** x · sigmoid(x) */
export const silu = define({ name: 'silu', at: [...real, [0], [-800]] }, (x) => f.multiply(x, f.sigmoid(x)));
/** x · Φ(x) with the exact normal distribution function (Hendrycks & Gimpel 2016), not its tanh approximation. */
export const gelu = define({ name: 'gelu', derivative: 'Φ(x) + x·φ(x)', at: [...real, [0]] }, (x) =>
  f.multiply(x, f.multiply(constant(0.5), f.erfc(f.multiply(constant(-Math.SQRT1_2), x)))),
);
/** x · tanh(softplus(x)) (Misra 2019) */
export const mish = define({ name: 'mish', at: [...real, [0], ...tails] }, (x) =>
  f.multiply(x, f.tanh(f.softplus(x))),
);
/** x, held between −1 and 1; the derivatives at ±1 are 0. */
export const hardtanh = define(
  {
    name: 'hardtanh',
    at: [...real, [0]],
    kinks: [
      [[-1], [0]],
      [[1], [0]],
    ],
  },
  (x) => f.select(f.lessEqual(one, f.abs(x)), f.sign(x), x),
);
