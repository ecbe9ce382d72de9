import { type Operand, toVariable, type Variable } from '@reparam/autograd';
import { ArgumentError, formatShape, ShapeError } from '@reparam/tensor';

/**
 * Kernels of the squared distance r² at a scale C.
 * - `rbf`: exp(−r²/C)
 * - `imq`: C/(C + r²), whose heavier tails still pull from afar
 */
export const kernels = ['rbf', 'imq'] as const;

export type Kernel = (typeof kernels)[number];

export interface MmdOptions {
  /** `imq` unless told. */
  readonly kernel?: Kernel;
  /**
   * Sizes of the kernels that are averaged over, as multiples of 2D, the mean squared distance of two draws from
   * N(0, I) in D dimensions; 0.1, 0.2, 0.5, 1, 2, 5, 10 unless told (Tolstikhin et al. 2018, appendix).
   */
  readonly scales?: readonly number[];
}

/**
 * The squared maximum mean discrepancy of the distributions that a [N, D] and b [M, D] were drawn from, without bias
 * (Gretton et al. 2012, equation 3), so that it may come out below 0:
 * mean_{i≠j} k(a_i, a_j) + mean_{i≠j} k(b_i, b_j) − 2 mean k(a_i, b_j).
 * @throws ShapeError unless both are matrices of as many columns with two rows or more, ArgumentError unless the scales are above 0.
 */
export function mmd(
  a: Operand,
  b: Operand,
  { kernel = 'imq', scales = [0.1, 0.2, 0.5, 1, 2, 5, 10] }: MmdOptions = {},
): Variable {
  const first = toVariable(a);
  const second = toVariable(b);
  requireDraws(first, second);
  requireScales(scales);
  const unit = 2 * first.shape[1]!;
  const similarity = (distances: Variable): Variable =>
    scales
      .map((scale) => kernelOf[kernel](distances, unit * scale))
      .reduce((total, each) => total.add(each))
      .div(scales.length);
  // On the diagonal the distance is 0 and every kernel 1.
  const within = (x: Variable): Variable => {
    const [count] = x.shape as readonly [number];
    return similarity(squaredDistances(x, x))
      .sum()
      .sub(count)
      .div(count * (count - 1));
  };
  const across = similarity(squaredDistances(first, second)).mean();
  return within(first).add(within(second)).sub(across.mul(2));
}

const kernelOf: Readonly<Record<Kernel, (squaredDistance: Variable, scale: number) => Variable>> = {
  rbf: (squaredDistance, scale) => squaredDistance.div(-scale).exp(),
  imq: (squaredDistance, scale) => squaredDistance.div(scale).add(1).reciprocal(),
};

/** ‖a_i − b_j‖² by differences, which keeps the digits that ‖a‖² + ‖b‖² − 2a·b would lose: [N, M] */
function squaredDistances(a: Variable, b: Variable): Variable {
  return a.unsqueeze(1).sub(b.unsqueeze(0)).square().sum({ axes: -1 });
}

function requireDraws({ shape: a }: Variable, { shape: b }: Variable): void {
  if (a.length === 2 && b.length === 2 && a[1] === b[1] && a[0]! >= 2 && b[0]! >= 2) return;
  throw new ShapeError(
    'mmd',
    `a is ${formatShape(a)} and b is ${formatShape(b)}; both must be draws [count, D] of the same D, two or more.`,
    { a, b },
  );
}

function requireScales(scales: readonly number[]): void {
  if (scales.length > 0 && scales.every((scale) => scale > 0 && Number.isFinite(scale))) return;
  throw new ArgumentError(
    'mmd',
    'scales',
    scales,
    `scales are [${scales.join(', ')}]; give one or more numbers above 0.`,
  );
}
