import {
  constant,
  type Expression,
  scalarFunctions as f,
  input,
  map,
  type RandomKey,
  type Shape,
  type Tensor,
  uniform,
} from '@reparam/tensor';
import type { FloatingType } from './event.ts';

/** A uniform number, moved by half the spacing of those that are drawn, so that 0 and 1 are never among them. */
const u = f.add(input(0), constant(2 ** -54));
const two = constant(2);

/** Draws by the inverse of a distribution function, made in double precision, where neither end overflows. */
function byInversion(inverse: Expression) {
  return (key: RandomKey, shape: Shape, dtype: FloatingType): Tensor =>
    map(inverse, [uniform(key, shape, { dtype: 'float64' })], 'sample').cast(dtype);
}

export const standardUniform = byInversion(u);

/** Density ½e^−|x|: ln 2u below the median, −ln 2(1 − u) above. */
export const standardLaplace = byInversion(
  f.select(
    f.less(u, constant(0.5)),
    f.log(f.multiply(two, u)),
    f.negate(f.log(f.multiply(two, f.subtract(constant(1), u)))),
  ),
);

/** Density e^−x/(1 + e^−x)²: ln u − ln(1 − u). */
export const standardLogistic = byInversion(f.subtract(f.log(u), f.log1p(f.negate(u))));

/** Density e^−(x + e^−x): −ln(−ln u). */
export const standardGumbel = byInversion(f.negate(f.log(f.negate(f.log(u)))));
