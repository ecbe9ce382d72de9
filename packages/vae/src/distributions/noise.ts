import { allocate, type RandomKey, type Shape, Tensor, uniform } from '@reparam/tensor';
import type { FloatingType } from './event.ts';

/** Half the spacing of the uniform numbers that are drawn, so that 0 and 1 are never among them. */
const halfSpacing = 2 ** -54;

/** Draws by the inverse of a distribution function, made in double precision, where neither end overflows. */
function byInversion(inverse: (uniform: number) => number) {
  return (key: RandomKey, shape: Shape, dtype: FloatingType): Tensor => {
    const uniforms = uniform(key, shape, { dtype: 'float64' }).toTypedArray();
    const draws = allocate(dtype, uniforms.length);
    for (let i = 0; i < draws.length; i++) draws[i] = inverse(uniforms[i]! + halfSpacing);
    return Tensor.wrap(draws, shape);
  };
}

export const standardUniform = byInversion((u) => u);

/** Density ½e^−|x| */
export const standardLaplace = byInversion((u) => (u < 0.5 ? Math.log(2 * u) : -Math.log(2 * (1 - u))));

/** Density e^−x/(1 + e^−x)² */
export const standardLogistic = byInversion((u) => Math.log(u) - Math.log1p(-u));

/** Density e^−(x + e^−x) */
export const standardGumbel = byInversion((u) => -Math.log(-Math.log(u)));
