import { arange, zeros } from './create.ts';
import type { DType } from './dtype.ts';
import { ArgumentError } from './errors.ts';
import { place, scatterAdd } from './primitives.ts';
import { contiguousStrides, formatShape, type Shape, sizeOf } from './shape.ts';
import { Tensor } from './tensor.ts';

/**
 * Windows that slide over some neighbouring axes: element k of window p lies at p·stride + k·dilation. All fields
 * have one entry for each of these axes.
 */
export interface Windows {
  /** Elements of a window. */
  readonly size: Shape;
  /** Steps from one window to the next. */
  readonly stride: readonly number[];
  /** Steps from one element of a window to the next. */
  readonly dilation: readonly number[];
  /** How many windows there are. */
  readonly count: Shape;
}

/**
 * All windows at once, as a view whose elements overlap: over the axes [...lengths] from `axis` on,
 * [...lead, ...lengths, ...rest] → [...lead, ...size, ...count, ...rest]. @throws ArgumentError when a window
 * reaches beyond an axis.
 */
export function windowView(x: Tensor, windows: Windows, axis: number): Tensor {
  const { size, stride, dilation, count } = windows;
  const end = axis + size.length;
  const ends = size.map((length, i) => (length - 1) * dilation[i]! + (count[i]! - 1) * stride[i]! + 1);
  const outside = ends.findIndex((length, i) => length > x.shape[axis + i]!);
  if (outside >= 0) {
    throw new ArgumentError(
      'windowView',
      'windows',
      windows,
      `${count[outside]} windows of ${size[outside]} reach over ${ends[outside]} elements, but axis ` +
        `${axis + outside} of ${formatShape(x.shape)} is shorter.`,
    );
  }
  const steps = x.strides.slice(axis, end);
  return new Tensor(x.elements, {
    shape: [...x.shape.slice(0, axis), ...size, ...count, ...x.shape.slice(end)],
    strides: [
      ...x.strides.slice(0, axis),
      ...steps.map((step, i) => step * dilation[i]!),
      ...steps.map((step, i) => step * stride[i]!),
      ...x.strides.slice(end),
    ],
    offset: x.offset,
  });
}

/** The row-major position of every element of [...lengths], int32: its windows say where window elements lie. */
export function positionsIn(lengths: Shape): Tensor {
  return arange(0, sizeOf(lengths), 1, { dtype: 'int32' }).reshape(lengths);
}

/** The windows of the last axes, element by element (row-major) of the window: views [...lead, ...count]. */
export function windowElements(x: Tensor, windows: Windows): Tensor[] {
  return elementsOfWindows(windowView(x, windows, x.rank - windows.size.length), windows);
}

/** Views [...lead, ...count] of [...lead, ...size, ...count]. */
export function elementsOfWindows(view: Tensor, { size }: Windows): Tensor[] {
  const lead = new Array<null>(view.rank - 2 * size.length).fill(null);
  return elementPositions(size).map((position) => view.slice([...lead, ...position]));
}

/** The positions of a window's elements in row-major order. */
function elementPositions(size: Shape): number[][] {
  const strides = contiguousStrides(size);
  return Array.from({ length: sizeOf(size) }, (_, k) =>
    size.map((length, axis) => Math.floor(k / strides[axis]!) % length),
  );
}

/**
 * The adjoint of {@link windowElements}: a tensor of `shape` with every part [...lead, ...count] added where that
 * element of the windows lies. Where windows overlap, one part is needed at a time, so they may be made as they are
 * asked for.
 */
export function overlapAdd(parts: Iterable<Tensor>, windows: Windows, shape: Shape, dtype: DType): Tensor {
  const { size, stride, dilation } = windows;
  const axis = shape.length - size.length;
  if (size.every((length, i) => (length - 1) * dilation[i]! < stride[i]!)) {
    const [zero, one] = [0, 1].map((value) => new Array<number>(axis).fill(value)) as [number[], number[]];
    const starts = elementPositions(size).map((position) => position.map((k, i) => k * dilation[i]!));
    const placements = Array.from(parts, (source, k) => ({
      source,
      start: [...zero, ...starts[k]!],
      step: [...one, ...stride],
    }));
    return place(placements, shape, { dtype });
  }
  const positions = windowElements(positionsIn(shape.slice(axis)), windows);
  let total = zeros([...shape.slice(0, axis), sizeOf(shape.slice(axis))], { dtype });
  let k = 0;
  for (const part of parts) total = scatterAdd(total, positions[k++]!, part, axis);
  return total.reshape(shape);
}
