import { div, mean, parameter, sqrt, square, sub, type Variable } from '@reparam/autograd';
import { ones, type Shape, zeros } from '@reparam/tensor';
import type { FloatingType } from './initializers.ts';

/** What layers that normalise have in common. */
export interface NormalizationOptions {
  /** Added to variances, which keeps the division finite; 1e-5 unless told. */
  readonly epsilon?: number;
  /** Whether to scale and shift afterwards by learned weights, which start at 1 and 0; true unless told. */
  readonly affine?: boolean;
  readonly dtype?: FloatingType;
}

export interface Moments {
  readonly mean: Variable;
  /** Mean of squares about the mean: biased, divided by n. */
  readonly variance: Variable;
}

/** Moments along axes, which stay with length 1. */
export function momentsAlong(x: Variable, axes: readonly number[]): Moments {
  const options = { axes, keepDims: true };
  const average = mean(x, options);
  return { mean: average, variance: mean(square(sub(x, average)), options) };
}

/** (x − mean)/√(variance + ε) */
export function standardize(x: Variable, { mean, variance }: Moments, epsilon: number): Variable {
  return div(sub(x, mean), sqrt(variance.add(epsilon)));
}

/** Weights that start at 1 and biases that start at 0, or neither. */
export function affineParameters(
  shape: Shape,
  affine: boolean,
  dtype: FloatingType,
): { weight: Variable | undefined; bias: Variable | undefined } {
  if (!affine) return { weight: undefined, bias: undefined };
  return {
    weight: parameter(ones(shape, { dtype }), 'weight'),
    bias: parameter(zeros(shape, { dtype }), 'bias'),
  };
}
