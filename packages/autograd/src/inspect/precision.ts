import { allocate, Tensor } from '@reparam/tensor';
import { flat } from '../check/probes.ts';

/** How exact a verdict can be that is computed in an element type. */
export interface Precision {
  readonly dtype: 'float32' | 'float64';
  /** Largest error at which a rule agrees: differences are good for more digits. */
  readonly tolerance: number;
  /** How far differences to one side reach, relative to each element. */
  readonly sideStep: number;
  /** Slopes below this share of the values that they are slopes of are lost in rounding. */
  readonly leastSlope: number;
}

export const doublePrecision: Precision = {
  dtype: 'float64',
  tolerance: 1e-6,
  sideStep: 1e-5,
  leastSlope: 1e-5,
};

export const singlePrecision: Precision = {
  dtype: 'float32',
  tolerance: 1e-2,
  sideStep: 1e-2,
  leastSlope: 1e-2,
};

/** A copy in double precision; indices stay what they are. */
export function toDouble(tensor: Tensor): Tensor {
  return tensor.dtype === 'int32' ? tensor : Tensor.wrap(flat(tensor), tensor.shape);
}

/** A copy as it is. */
export function copyOf(tensor: Tensor): Tensor {
  return Tensor.wrap(tensor.toTypedArray(), tensor.shape);
}

/** x + step · direction, in the type of x. */
export function movedBy(x: Tensor, step: number, direction: Float64Array): Tensor {
  const values = flat(x).map((value, i) => value + step * direction[i]!);
  return Tensor.wrap(allocate(x.dtype, values), x.shape);
}

/** √Σ (aᵢbᵢ)² */
export function sizeOfTerms(a: Float64Array, b: Float64Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value * b[i]!) ** 2, 0));
}
