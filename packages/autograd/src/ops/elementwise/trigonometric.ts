import { scalarFunctions as f } from '@reparam/tensor';
import { define, fractions, pairs, real } from './define.ts';

// Angles are in radians.
export const sin = define({ name: 'sin', at: real }, f.sin);
export const cos = define({ name: 'cos', at: real }, f.cos);
export const tan = define({ name: 'tan', domain: 'x ≠ π/2 + kπ', at: real }, f.tan);
export const asin = define({ name: 'asin', domain: '-1 < x < 1', at: fractions }, f.asin);
export const acos = define({ name: 'acos', domain: '-1 < x < 1', at: fractions }, f.acos);
export const atan = define({ name: 'atan', at: [...real, [0], [1e8]] }, f.atan);
/** The angle of the point (b, a) from the positive b axis, in (−π, π]: atan2(y, x). */
export const atan2 = define(
  {
    name: 'atan2',
    derivative: 'b/(a² + b²), -a/(a² + b²)',
    at: [...pairs, [0, 1.4], [0.6, 0], [3e5, -4e5]],
    kinks: [
      [
        [0, 0],
        [0, 0],
      ],
      [
        [1, -Infinity],
        [0, 0],
      ],
      [
        [-Infinity, 1],
        [0, 0],
      ],
    ],
  },
  f.atan2,
);

export const sinh = define({ name: 'sinh', at: real }, f.sinh);
export const cosh = define({ name: 'cosh', at: real }, f.cosh);
export const tanh = define({ name: 'tanh', at: [...real, [0], [30], [-30]] }, f.tanh);
export const asinh = define({ name: 'asinh', at: [...real, [0], [1e8]] }, f.asinh);
export const acosh = define({ name: 'acosh', domain: 'x > 1', at: [[1.05], [1.5], [4.2], [1e8]] }, f.acosh);
export const atanh = define({ name: 'atanh', domain: '-1 < x < 1', at: fractions }, f.atanh);
