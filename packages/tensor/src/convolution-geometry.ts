import { ArgumentError, ShapeError } from './errors.ts';
import { formatShape, type Shape } from './shape.ts';
import {
  extent,
  type PaddedWindows,
  type Padding,
  type PerAxis,
  resolvePadding,
  resolvePerAxis,
  resolveWindows,
  type WindowOptions,
} from './window-options.ts';

export interface ConvolutionOptions extends WindowOptions {
  /** Channels fall into so many groups that do not see each other: 1 unless told. */
  readonly groups?: number;
}

export interface TransposedConvolutionOptions extends Omit<ConvolutionOptions, 'padding'> {
  readonly padding?: Exclude<Padding, 'same'>;
  /** Further length after each axis, less than the stride: it tells apart lengths that a convolution maps to one. */
  readonly outputPadding?: PerAxis;
}

/** A convolution with everything spelled out. The windows slide over the padded spatial axes. */
export interface ConvolutionGeometry extends PaddedWindows {
  readonly groups: number;
  /** Lengths of the spatial axes of the input, or of a transposed convolution's result, without padding. */
  readonly spatial: Shape;
}

/**
 * The geometry of a convolution over `axes` spatial axes of x [N, C, ...spatial] with weight
 * [O, C/groups, ...size]. @throws ShapeError, ArgumentError.
 */
export function resolveConvolution(
  operation: string,
  x: Shape,
  weight: Shape,
  axes: number,
  { groups = 1, ...options }: ConvolutionOptions,
): ConvolutionGeometry {
  requireRanks(operation, x, weight, axes, '[output channels, input channels / groups, ...kernel]');
  requireGroups(operation, groups, weight, 'output');
  if (weight[1]! * groups !== x[1]) {
    const fitting = x[1]! / weight[1]!;
    const fits = Number.isInteger(fitting) && fitting > 0 && weight[0]! % fitting === 0;
    let hint = 'Its layout is [output channels, input channels / groups, ...kernel].';
    if (weight[0]! * groups === x[1]) hint += ' Did you mean weight.transpose(0, 1)?';
    else if (fits) hint += ` Did you mean { groups: ${fitting} }?`;
    throw new ShapeError(
      operation,
      `x is ${formatShape(x)}, with ${x[1]} channels (axis 1), but weight is ${formatShape(weight)} and with ` +
        `groups ${groups} reads ${weight[1]! * groups} channels. ${hint}`,
      { x, weight },
    );
  }
  const windows = resolveWindows(operation, x, weight.slice(2), options, 'kernel');
  return { ...windows, groups, spatial: x.slice(2) };
}

/**
 * The geometry of the convolution whose adjoint takes x [N, C, ...count] with weight [C, O/groups, ...size] to
 * [N, O, ...spatial], where spatial = (count − 1)·stride + (size − 1)·dilation + 1 + outputPadding − padding.
 * @throws ShapeError, ArgumentError.
 */
export function resolveTransposedConvolution(
  operation: string,
  x: Shape,
  weight: Shape,
  axes: number,
  { groups = 1, stride = 1, dilation = 1, padding = 0, outputPadding = 0 }: TransposedConvolutionOptions,
): ConvolutionGeometry {
  requireRanks(operation, x, weight, axes, '[input channels, output channels / groups, ...kernel]');
  requireGroups(operation, groups, weight, 'input');
  if (weight[0] !== x[1]) {
    const swapped = weight[1]! * groups === x[1] ? ' Did you mean weight.transpose(0, 1)?' : '';
    throw new ShapeError(
      operation,
      `x is ${formatShape(x)}, with ${x[1]} channels (axis 1), but weight is ${formatShape(weight)}, for ${weight[0]}. ` +
        `Its layout is [input channels, output channels / groups, ...kernel].${swapped}`,
      { x, weight },
    );
  }
  const [count, size] = [x.slice(2), weight.slice(2)];
  resolvePerAxis(operation, 'kernel', size, axes, 1);
  const strides = resolvePerAxis(operation, 'stride', stride, axes, 1);
  const dilations = resolvePerAxis(operation, 'dilation', dilation, axes, 1);
  const further = resolvePerAxis(operation, 'outputPadding', outputPadding, axes, 0);
  further.forEach((each, i) => {
    if (each >= strides[i]!) {
      throw new ArgumentError(
        operation,
        'outputPadding',
        outputPadding,
        `outputPadding ${each} of spatial axis ${i} must be less than its stride ${strides[i]}.`,
      );
    }
  });
  const extents = size.map((each, i) => extent(each, dilations[i]!));
  const pads = resolvePadding(operation, padding, count, extents, strides);
  const spatial = count.map((windows, i) => {
    const length = (windows - 1) * strides[i]! + extents[i]! + further[i]! - pads[i]![0] - pads[i]![1];
    if (windows === 0 || length < 1) {
      throw new ShapeError(
        operation,
        `x is ${formatShape(x)} with kernel ${formatShape(size)}, which leaves a length of ${length} on axis ${i + 2} ` +
          `once the padding [${pads[i]!.join(', ')}] is taken off. Use less padding.`,
        { x, weight },
      );
    }
    return length;
  });
  return { size, stride: strides, dilation: dilations, padding: pads, count, groups, spatial };
}

function requireRanks(operation: string, x: Shape, weight: Shape, axes: number, layout: string): void {
  const rank = axes + 2;
  if (x.length !== rank) {
    const missing = rank - x.length;
    const names = ['a batch', 'a channel'].slice(0, Math.max(missing, 0)).join(' and ');
    const lifted = formatShape([...new Array<number>(Math.max(missing, 0)).fill(1), ...x]);
    const hint =
      missing > 0 && missing <= 2
        ? `; add ${names} axis: x.reshape(${lifted}).`
        : '; reshape it so that it has one batch axis and one channel axis.';
    throw new ShapeError(
      operation,
      `x is ${formatShape(x)}, but needs ${rank} axes, [batch, channels, ...${axes} spatial]${hint}`,
      { x, weight },
    );
  }
  if (weight.length !== rank) {
    throw new ShapeError(operation, `weight is ${formatShape(weight)}, but needs ${rank} axes, ${layout}.`, {
      x,
      weight,
    });
  }
}

/** Groups divide the first axis of a weight. */
function requireGroups(operation: string, groups: number, weight: Shape, channels: 'input' | 'output'): void {
  resolvePerAxis(operation, 'groups', groups, 1, 1);
  if (weight[0]! % groups !== 0) {
    throw new ArgumentError(
      operation,
      'groups',
      groups,
      `groups ${groups} does not divide the ${weight[0]} ${channels} channels of weight ${formatShape(weight)} (axis 0).`,
    );
  }
}
