import {
  ArgumentError,
  formatShape,
  type PaddedWindows,
  type Padding,
  type PerAxis,
  resolvePerAxis,
  resolveWindows,
  type Shape,
  ShapeError,
} from '@reparam/tensor';
import type { Variable } from '../../variable.ts';
import { pad } from '../movement.ts';

export interface PoolOptions {
  /** Steps from one window to the next: the size unless told, so that windows tile the axes. */
  readonly stride?: PerAxis;
  /** Nothing unless told; at most half of a window on either side, so that each holds elements of x. */
  readonly padding?: Padding;
}

/** The windows of a pool over the last `axes` axes of x. @throws ShapeError, ArgumentError. */
export function resolvePool(
  operation: string,
  x: Shape,
  axes: number,
  size: PerAxis,
  { stride = size, padding = 0 }: PoolOptions,
): PaddedWindows {
  const lengths = resolvePerAxis(operation, 'size', size, axes, 1);
  const windows = resolveWindows(operation, x, lengths, { stride, padding });
  const empty = x.indexOf(0, x.length - axes);
  if (empty >= 0) {
    throw new ShapeError(
      operation,
      `x is ${formatShape(x)}, and a pool over axis ${empty} of length 0 does not exist.`,
      { x },
    );
  }
  windows.padding.forEach((widths, i) => {
    if (Math.max(...widths) > lengths[i]! / 2) {
      throw new ArgumentError(
        operation,
        'padding',
        padding,
        `padding [${widths.join(', ')}] of spatial axis ${i} is more than half of the window ${formatShape(lengths)} ` +
          'there, so that windows could hold no element of x. Use at most half.',
      );
    }
  });
  return windows;
}

/** x with the padding of a pool around its last axes. */
export function surround(x: Variable, padding: PaddedWindows['padding'], value: number): Variable {
  if (padding.every(([before, after]) => before + after === 0)) return x;
  return pad(x, [...x.shape.slice(padding.length).map(() => [0, 0] as const), ...padding], value);
}
