import { ArgumentError, formatShape, type ReduceOptions, requireFloating } from '@reparam/tensor';
import { documented, type Sample } from '../../operation.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { div, sqrt, square, sub } from '../elementwise.ts';
import { slice } from '../movement.ts';
import { kink, matrix, sample } from '../samples.ts';
import { awayFromZero } from './away-from-zero.ts';
import { reducedCount, reduction, reductionSamples, requireElements, resolve } from './reduced.ts';
import { mean, sum } from './sum.ts';

export interface VarianceOptions extends ReduceOptions {
  /**
   * Squares are divided by n − correction. 0, unless told, estimates by maximum likelihood (as NumPy does); 1 gives
   * the unbiased estimate of a population from a sample (as PyTorch does).
   */
  readonly correction?: number;
}

/**
 * Distances from the mean in two passes. The first element is taken away before the mean is: that changes no
 * distance, but leaves equal elements at exactly 0, and numbers far from 0 with all of their digits.
 */
function centred(x: Variable, axes: readonly number[]): Variable {
  const first = slice(
    x,
    x.shape.map((_, axis) => (axes.includes(axis) ? [0, 1] : null)),
  ).detach();
  const near = sub(x, first);
  return sub(near, mean(near, { axes, keepDims: true }));
}

function meanSquare(
  operation: string,
  x: Variable,
  { correction = 0, ...options }: VarianceOptions,
): Variable {
  requireFloating(operation, 'x', x.dtype);
  const { axes } = resolve(operation, x, options);
  requireElements(operation, 'variance', x, axes);
  const count = reducedCount(x, axes);
  if (!(correction < count)) {
    throw new ArgumentError(
      operation,
      'correction',
      correction,
      `correction ${correction} leaves nothing to divide by: x is ${formatShape(x.shape)}, and axes ` +
        `${formatShape(axes)} hold ${count} element${count === 1 ? '' : 's'}. It must be less than that.`,
    );
  }
  return div(sum(square(centred(x, axes)), options), count - correction);
}

const varianceSamples = (run: (x: Variable, options: VarianceOptions) => Variable): Sample[] => [
  ...reductionSamples(run),
  sample((x) => run(x!, { axes: 1, correction: 1 }), matrix),
];

/**
 * The mean squared distance from the mean, Σᵢ (xᵢ − x̄)² / (n − correction), along `axes` (all of them unless told).
 * @throws ShapeError for that of no elements, ArgumentError unless correction < n, DTypeError.
 */
export const variance = documented(
  (x: Operand, options: VarianceOptions = {}): Variable => meanSquare('variance', toVariable(x), options),
  (f) =>
    reduction(
      'variance',
      'Σᵢ (xᵢ - mean(x))² / (n - correction)',
      varianceSamples((x, options) => f(x, options)),
    ),
);

/**
 * The square root of the {@link variance}; where that is 0, so is the gradient.
 * @throws ShapeError for that of no elements, ArgumentError unless correction < n, DTypeError.
 */
export const standardDeviation = documented(
  (x: Operand, options: VarianceOptions = {}): Variable =>
    awayFromZero(meanSquare('standardDeviation', toVariable(x), options), sqrt, 0),
  (f) =>
    reduction(
      'standardDeviation',
      '√variance(x)',
      varianceSamples((x, options) => f(x, options)),
      [kink((x) => f(x!), [[0.1, 0.1, 0.1]], [[0, 0, 0]])],
    ),
);
