import { constant, scalarFunctions as f } from '@reparam/tensor';
import { define, pairs, real } from './define.ts';

// Shapes broadcast as in NumPy, here and in every elementwise operation.
export const add = define({ name: 'add', at: pairs }, f.add);
export const sub = define({ name: 'sub', at: pairs }, f.subtract);
export const mul = define({ name: 'mul', at: pairs }, f.multiply);
export const div = define({ name: 'div', domain: 'b ≠ 0', at: pairs }, f.divide);
export const neg = define({ name: 'neg', at: real }, f.negate);
/** 1/x */
export const reciprocal = define({ name: 'reciprocal', domain: 'x ≠ 0', at: real.slice(1) }, (x) =>
  f.divide(constant(1), x),
);
export const square = define({ name: 'square', at: [...real, [0]] }, (x) => f.multiply(x, x));
/** aᵇ; the exponent may be a number, a tensor or a variable. Negative bases need whole exponents. */
export const pow = define(
  {
    name: 'pow',
    domain: 'a > 0, or whole b',
    at: [
      [0.3, 2.5],
      [1.9, -1.2],
      [2.2, 3],
      [0.8, 0.5],
    ],
    kinks: [
      [
        [0, 2],
        [0, 0],
      ],
      [
        [0, 0],
        [0, 0],
      ],
    ],
  },
  f.power,
);
/** √(a² + b²), without overflow. */
export const hypot = define(
  {
    name: 'hypot',
    derivative: 'a/hypot(a, b), b/hypot(a, b)',
    at: [...pairs, [3e5, 4e5], [0, -0.7]],
    kinks: [
      [
        [0, 0],
        [0, 0],
      ],
      [
        [Infinity, 1],
        [1, 0],
      ],
      [
        [1, -Infinity],
        [0, -1],
      ],
      [
        [-Infinity, 1],
        [-1, 0],
      ],
      [
        [1, Infinity],
        [0, 1],
      ],
    ],
  },
  f.hypot,
);
/** From a (where t = 0) to b (where t = 1) on a straight line: a + t·(b − a). */
export const lerp = define(
  {
    name: 'lerp',
    at: [
      [-1.3, 0.6, 0.25],
      [0.4, -2.1, 0],
      [1.7, 1.1, 1.5],
    ],
  },
  (a, b, t) => f.add(a, f.multiply(t, f.subtract(b, a))),
);
