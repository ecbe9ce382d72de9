import { ArgumentError, ShapeError } from './errors.ts';
import { formatShape, type Shape } from './shape.ts';
import type { Windows } from './windows.ts';

/** One whole number for all axes, or one for each. */
export type PerAxis = number | readonly number[];

/**
 * What surrounds the axes: as much on all sides, or for each axis as much before and after or a pair of both; or
 * 'valid' (nothing), or 'same' (as little as makes ⌈length / stride⌉ windows, an odd one after).
 */
export type Padding =
  | number
  | 'valid'
  | 'same'
  | readonly (number | readonly [before: number, after: number])[];

export interface WindowOptions {
  /** Steps from one window to the next: 1 unless told. */
  readonly stride?: PerAxis;
  /** Steps from one element of a window to the next: 1 unless told. */
  readonly dilation?: PerAxis;
  /** Nothing unless told. */
  readonly padding?: Padding;
}

export interface PaddedWindows extends Windows {
  readonly padding: readonly (readonly [before: number, after: number])[];
}

/** A number or a list as one whole number ≥ `least` for each of `count` axes. @throws ArgumentError. */
export function resolvePerAxis(
  operation: string,
  name: string,
  value: PerAxis,
  count: number,
  least: number,
): number[] {
  const list = typeof value === 'number' ? new Array<number>(count).fill(value) : [...value];
  if (list.length !== count || !list.every((each) => Number.isInteger(each) && each >= least)) {
    throw new ArgumentError(
      operation,
      name,
      value,
      `${name} is ${JSON.stringify(value)}, but needs to be a whole number ≥ ${least}` +
        (count === 1 ? '.' : `, or ${count} of them, one for each spatial axis.`),
    );
  }
  return list;
}

/** How many elements of an axis a window reaches over. */
export function extent(size: number, dilation: number): number {
  return (size - 1) * dilation + 1;
}

/**
 * Windows of `size` over the last axes of x, as many as `size` has entries. `subject` names them in errors.
 * @throws ArgumentError on bad options, ShapeError where x has too few axes or a window does not fit.
 */
export function resolveWindows(
  operation: string,
  x: Shape,
  size: Shape,
  { stride = 1, dilation = 1, padding = 0 }: WindowOptions,
  subject = 'window',
): PaddedWindows {
  const axes = size.length;
  resolvePerAxis(operation, 'size', size, axes, 1);
  if (x.length < axes) {
    throw new ShapeError(operation, `x is ${formatShape(x)}, but windows slide over its last ${axes} axes.`, {
      x,
    });
  }
  const lengths = x.slice(x.length - axes);
  const strides = resolvePerAxis(operation, 'stride', stride, axes, 1);
  const dilations = resolvePerAxis(operation, 'dilation', dilation, axes, 1);
  const extents = size.map((each, i) => extent(each, dilations[i]!));
  const pads = resolvePadding(operation, padding, lengths, extents, strides);
  const count = lengths.map((length, i) => {
    const padded = pads[i]![0] + length + pads[i]![1];
    if (padded < extents[i]!) {
      const axis = x.length - axes + i;
      const spread = dilations[i] === 1 ? '' : ` (${size[i]} elements, dilation ${dilations[i]})`;
      throw new ShapeError(
        operation,
        `the ${subject} ${formatShape(size)} reaches over ${extents[i]}${spread} on axis ${axis}, but x is ` +
          `${formatShape(x)}, ${padded} there with its padding. Use a smaller ${subject} or more padding.`,
        { x, size },
      );
    }
    return Math.floor((padded - extents[i]!) / strides[i]!) + 1;
  });
  return { size, stride: strides, dilation: dilations, padding: pads, count };
}

/** Padding in pairs. @throws ArgumentError. */
export function resolvePadding(
  operation: string,
  padding: Padding,
  lengths: Shape,
  extents: readonly number[],
  strides: readonly number[],
): [before: number, after: number][] {
  if (padding === 'valid') return lengths.map(() => [0, 0]);
  if (padding === 'same') {
    return lengths.map((length, i) => {
      const windows = Math.ceil(length / strides[i]!);
      const missing = Math.max(0, (windows - 1) * strides[i]! + extents[i]! - length);
      return [Math.floor(missing / 2), Math.ceil(missing / 2)];
    });
  }
  const listed: readonly unknown[] = typeof padding === 'number' ? lengths.map(() => padding) : padding;
  const pairs = listed.map((each) => (Array.isArray(each) ? each : [each, each]));
  const valid = pairs.every((pair) => pair.length === 2 && pair.every((n) => Number.isInteger(n) && n >= 0));
  if (!Array.isArray(listed) || pairs.length !== lengths.length || !valid) {
    throw new ArgumentError(
      operation,
      'padding',
      padding,
      `padding is ${JSON.stringify(padding)}, but needs to be a whole number ≥ 0, 'same', 'valid', or for each of ` +
        `the ${lengths.length} spatial axes a number or a pair [before, after].`,
    );
  }
  return pairs as [number, number][];
}
