import {
  ones,
  type PaddedWindows,
  type PerAxis,
  pad,
  reduce,
  requireFloating,
  type Shape,
  sizeOf,
  type Tensor,
  windowView,
} from '@reparam/tensor';
import { documented, type Sample } from '../../operation.ts';
import { type Operand, toVariable, type Variable } from '../../variable.ts';
import { div } from '../elementwise.ts';
import { sum } from '../reductions.ts';
import { type PoolOptions, resolvePool, surround } from './pool.ts';
import { convolution, sampleOf } from './record.ts';
import { windows } from './windows.ts';

export interface AveragePoolOptions extends PoolOptions {
  /** Whether the zeros of the padding count as elements of a window: true unless told. */
  readonly countPadding?: boolean;
}

function averagePool(
  name: string,
  axes: number,
  x: Operand,
  size: PerAxis,
  { countPadding = true, ...options }: AveragePoolOptions,
): Variable {
  const operand = toVariable(x);
  requireFloating(name, 'x', operand.dtype);
  const geometry = resolvePool(name, operand.shape, axes, size, options);
  const lead = operand.rank - axes;
  const within = windows(surround(operand, geometry.padding, 0), geometry.size, { stride: geometry.stride });
  const total = sum(within, { axes: geometry.size.map((_, i) => lead + i) });
  const elements = countPadding ? sizeOf(geometry.size) : countInside(operand.shape.slice(lead), geometry);
  return div(total, typeof elements === 'number' ? elements : elements.cast(operand.dtype));
}

/** How many elements of each window are not padding: [...count]. */
function countInside(lengths: Shape, geometry: PaddedWindows): Tensor {
  const inside = windowView(pad(ones(lengths), geometry.padding), geometry, 0);
  return reduce('sum', inside, { axes: lengths.map((_, axis) => axis) });
}

const record = (name: string, samples: readonly Sample[]) =>
  convolution(name, { formula: 'y[p] = Σₖ x[p·stride + k − padding] / n', samples });

/**
 * The average of every window of the last axis: [..., L] → [..., ⌊(L + padding − size) / stride⌋ + 1], where padding
 * counts both ends. @throws ShapeError, ArgumentError, DTypeError.
 */
export const averagePool1d = documented(
  (x: Operand, size: PerAxis, options: AveragePoolOptions = {}): Variable =>
    averagePool('averagePool1d', 1, x, size, options),
  (f) =>
    record('averagePool1d', [
      sampleOf((x) => f(x!, 2), [1, 2, 5]),
      sampleOf((x) => f(x!, 3, { stride: 1, padding: 1, countPadding: false }), [2, 1, 4]),
    ]),
);

/** The same over the last two axes: [..., H, W] → [..., H′, W′], each length as in {@link averagePool1d}. */
export const averagePool2d = documented(
  (x: Operand, size: PerAxis, options: AveragePoolOptions = {}): Variable =>
    averagePool('averagePool2d', 2, x, size, options),
  (f) =>
    record('averagePool2d', [
      sampleOf((x) => f(x!, 2), [1, 2, 4, 5]),
      sampleOf((x) => f(x!, [3, 2], { stride: [2, 1], padding: [1, [0, 1]] }), [2, 1, 4, 3]),
      sampleOf((x) => f(x!, 3, { stride: 2, padding: 1, countPadding: false }), [1, 1, 5, 4]),
    ]),
);
