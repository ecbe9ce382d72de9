import { constant, scalarFunctions as f } from '@reparam/tensor';
import { define, positive, real } from './define.ts';

export const exp = define({ name: 'exp', at: real }, f.exp);
export const expm1 = define({ name: 'expm1', at: [...real, [1e-9]] }, f.expm1);
export const log = define({ name: 'log', domain: 'x > 0', at: positive }, f.log);
export const log1p = define({ name: 'log1p', domain: 'x > -1', at: [...positive, [-0.6], [1e-9]] }, f.log1p);
export const sqrt = define({ name: 'sqrt', domain: 'x > 0', at: positive }, f.sqrt);

const [zero, half, infinity] = [constant(0), constant(0.5), constant(Infinity)];
/** a · ln b, and 0 where a = 0 unless b is NaN, as in SciPy; the derivatives at (0, 0) are 0. */
export const xlogy = define(
  {
    name: 'xlogy',
    derivative: 'log(b), a/b',
    domain: 'b > 0, or a = 0',
    at: [
      [0.4, 1.3],
      [-1.2, 0.3],
      [2.5, 40],
      [0, 0.7],
    ],
    kinks: [
      [
        [0, 0],
        [0, 0],
      ],
      [
        [0, Infinity],
        [0, 0],
      ],
    ],
  },
  (a, b) => {
    const noLogarithm = f.maximum(f.lessEqual(b, zero), f.equal(b, infinity));
    return f.select(f.multiply(f.equal(a, zero), noLogarithm), zero, f.multiply(a, f.log(b)));
  },
);
/**
 * ln(eᵃ + eᵇ), without overflow: the larger plus softplus(smaller − larger). Two equal infinities give themselves, with
 * half of the cotangent to each side.
 */
export const logaddexp = define(
  {
    name: 'logaddexp',
    derivative: 'sigmoid(a - b), sigmoid(b - a)',
    at: [
      [-1.3, 0.6],
      [1.7, 1.1],
      [0.8, 0.8],
      [1000, 1000.5],
      [-900, 3],
    ],
    kinks: [
      [
        [-Infinity, -Infinity],
        [0.5, 0.5],
      ],
      [
        [Infinity, Infinity],
        [0.5, 0.5],
      ],
      [
        [2, -Infinity],
        [1, 0],
      ],
      [
        [-Infinity, 2],
        [0, 1],
      ],
    ],
  },
  (a, b) => {
    const sameInfinity = f.multiply(f.equal(a, b), f.equal(f.abs(a), infinity));
    // Each branch is the whole function, so that also at a tie all derivatives are right.
    const finite = f.select(
      f.less(a, b),
      f.add(b, f.softplus(f.subtract(a, b))),
      f.add(a, f.softplus(f.subtract(b, a))),
    );
    return f.select(sameInfinity, f.multiply(half, f.add(a, b)), finite);
  },
);
