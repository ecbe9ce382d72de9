import {
  ArgumentError,
  scalarFunctions as f,
  input,
  map,
  reduce,
  scalar,
  type Tensor,
} from '@reparam/tensor';

const product = f.multiply(input(0), input(1));
const square = f.multiply(input(0), input(0));

/** The Euclidean norm of all gradients taken as one vector. */
export function globalNorm(gradients: readonly Tensor[]): number {
  const total = gradients.reduce((sum, gradient) => sum + reduce('sum', map(square, [gradient])).item(), 0);
  return Math.sqrt(total);
}

/**
 * Scales all gradients by one factor so that their joint norm is at most `maximum` (Pascanu et al. 2013);
 * shorter ones stay as they are. @throws ArgumentError unless the maximum is positive.
 */
export function clipByGlobalNorm(
  gradients: readonly Tensor[],
  maximum: number,
): { gradients: Tensor[]; norm: number } {
  if (!(maximum > 0)) {
    throw new ArgumentError(
      'clipByGlobalNorm',
      'maximum',
      maximum,
      `the maximum norm is ${maximum}; it must be > 0.`,
    );
  }
  const norm = globalNorm(gradients);
  if (norm <= maximum) return { gradients: [...gradients], norm };
  return {
    gradients: gradients.map((gradient) =>
      map(product, [gradient, scalar(maximum / norm, { dtype: gradient.dtype })]),
    ),
    norm,
  };
}
