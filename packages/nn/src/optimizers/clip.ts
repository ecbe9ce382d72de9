import {
  ArgumentError,
  constant,
  scalarFunctions as f,
  input,
  map,
  reduce,
  scalar,
  type Tensor,
} from '@reparam/tensor';

const square = f.multiply(input(0), input(0));
const sum = f.add(input(0), input(1));
const root = f.sqrt(input(0));
/** maximum/norm, but 1 for a norm that is not above the maximum. */
const factor = f.select(f.lessEqual(input(0), input(1)), constant(1), f.divide(input(1), input(0)));
const product = f.multiply(input(0), input(1));

/** The Euclidean norm of all gradients taken as one vector, a scalar of the type of the first. */
export function globalNorm(gradients: readonly Tensor[]): Tensor {
  const dtype = gradients[0]?.dtype ?? 'float32';
  const squares = gradients.map((gradient) => reduce('sum', map(square, [gradient])).cast(dtype));
  return map(root, [squares.reduce((total, each) => map(sum, [total, each]), scalar(0, { dtype }))]);
}

/**
 * Scales all gradients by one factor so that their joint norm is at most `maximum` (Pascanu et al. 2013);
 * shorter ones stay as they are. @throws ArgumentError unless the maximum is positive.
 */
export function clipByGlobalNorm(
  gradients: readonly Tensor[],
  maximum: number,
): { gradients: Tensor[]; norm: Tensor } {
  if (!(maximum > 0)) {
    throw new ArgumentError(
      'clipByGlobalNorm',
      'maximum',
      maximum,
      `the maximum norm is ${maximum}; it must be > 0.`,
    );
  }
  const norm = globalNorm(gradients);
  if (maximum === Infinity) return { gradients: [...gradients], norm };
  const scale = map(factor, [norm, scalar(maximum, { dtype: norm.dtype })]);
  return {
    gradients: gradients.map((gradient) => map(product, [gradient, scale.cast(gradient.dtype)])),
    norm,
  };
}
