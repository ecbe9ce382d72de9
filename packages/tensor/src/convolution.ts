import { pad } from './assemble.ts';
import type { ConvolutionGeometry } from './convolution-geometry.ts';
import { zeros } from './create.ts';
import { input } from './expression/expression.ts';
import { add } from './expression/functions.ts';
import type { SliceRange } from './layout.ts';
import { map, matmul, place, scatterAdd } from './primitives.ts';
import { type Shape, sizeOf } from './shape.ts';
import type { Tensor } from './tensor.ts';
import { positionsIn, windowView } from './windows.ts';

/*
 * A convolution is one trilinear form of an input x [N, C, ...spatial], a weight w [O, C/groups, ...size] and an
 * output y [N, O, ...count],
 *
 *   Σ x[n, c, p·stride + k·dilation − padding] · w[o, c, k] · y[n, o, p]   over n, o, p, k and the c of o's group,
 *
 * and each function below is its derivative by one of the three at the other two. So they are each other's
 * adjoints. All three are matrix products with the columns [C·size, count·N] that hold a copy of every window. Axis N
 * comes last in them, so that copies go by rows of a whole batch. All columns together would be size times larger
 * than the input (without stride), so they are made for a box of windows at a time: no tensor on the way is larger
 * than the padded input, the output or {@link columnLimit}.
 */

/** Columns of up to so many elements are always allowed: a megabyte in float32, about what a cache holds. */
export const columnLimit = 2 ** 18;

/** y[n, o, p] = Σ x[n, c, p·stride + k·dilation − padding] · w[o, c, k]: a cross-correlation. */
export function convolutionOutput(x: Tensor, weight: Tensor, geometry: ConvolutionGeometry): Tensor {
  const { groups, count } = geometry;
  const [batch, outputs] = [x.shape[0]!, weight.shape[0]!];
  const filters = weight.reshape([groups, outputs / groups, sizeOf(weight.shape.slice(1))]);
  const padded = padBatchLast(x, geometry);
  const shape = [batch, outputs, ...count];
  const parts = boxes(padded, sizeOf(shape), geometry).map((box) => ({
    source: batchFirst(
      matmul(filters, columns(padded, box, geometry)).reshape([outputs, ...box.shape, batch]),
    ),
    start: [0, 0, ...box.start],
  }));
  return place(parts, shape, { dtype: x.dtype });
}

/** w[o, c, k] = Σ x[n, c, p·stride + k·dilation − padding] · y[n, o, p]. */
export function convolutionWeight(x: Tensor, y: Tensor, geometry: ConvolutionGeometry): Tensor {
  const { groups, size } = geometry;
  const [batch, channels, outputs] = [x.shape[0]!, x.shape[1]!, y.shape[1]!];
  const padded = padBatchLast(x, geometry);
  const last = batchLast(y);
  const reach = (channels / groups) * sizeOf(size);
  let total = zeros([groups, outputs / groups, reach], { dtype: x.dtype });
  for (const box of boxes(padded, y.size, geometry)) {
    const windows = sizeOf(box.shape) * batch;
    const lines = last.slice([null, ...rangesOf(box)]).reshape([groups, outputs / groups, windows]);
    const part = matmul(lines, columns(padded, box, geometry), { transposeB: true });
    total = map(sumOfTwo, [total, part], 'convolution');
  }
  return total.reshape([outputs, channels / groups, ...size]);
}

/** x[n, c, s] = Σ w[o, c, k] · y[n, o, p] over p·stride + k·dilation − padding = s: a transposed convolution. */
export function convolutionInput(y: Tensor, weight: Tensor, geometry: ConvolutionGeometry): Tensor {
  const { groups, size, spatial, padding } = geometry;
  const [batch, outputs] = [y.shape[0]!, y.shape[1]!];
  const channels = groups * weight.shape[1]!;
  const filters = weight.reshape([groups, outputs / groups, sizeOf(weight.shape.slice(1))]);
  const last = batchLast(y);
  const lengths = spatial.map((length, axis) => length + sum(padding[axis]!));
  const positions = windowView(positionsIn(lengths), geometry, 0);
  let total = zeros([channels, sizeOf(lengths), batch], { dtype: y.dtype });
  for (const box of boxes(total, y.size, geometry)) {
    const windows = sizeOf(box.shape) * batch;
    const lines = last.slice([null, ...rangesOf(box)]).reshape([groups, outputs / groups, windows]);
    const where = positions.slice([...size.map(() => null), ...rangesOf(box)]);
    const columns = matmul(filters, lines, { transposeA: true }).reshape([channels, ...where.shape, batch]);
    total = scatterAdd(total, where, columns, 1);
  }
  const inside = spatial.map((length, axis) => [padding[axis]![0], padding[axis]![0] + length] as const);
  return batchFirst(total.reshape([channels, ...lengths, batch]).slice([null, ...inside])).contiguous();
}

const sumOfTwo = add(input(0), input(1));

function sum([before, after]: readonly [number, number]): number {
  return before + after;
}

/** [N, C, ...spatial] as [C, ...spatial, N], a view. */
function batchLast(x: Tensor): Tensor {
  return x.permute(x.shape.map((_, axis) => (axis + 1) % x.rank));
}

/** The opposite, a view. */
function batchFirst(x: Tensor): Tensor {
  return x.permute(x.shape.map((_, axis) => (axis + x.rank - 1) % x.rank));
}

/** x [N, C, ...spatial] with its padding as [C, ...padded, N], row-major. */
function padBatchLast(x: Tensor, { padding }: ConvolutionGeometry): Tensor {
  const last = batchLast(x);
  const padded = padding.some((widths) => sum(widths) > 0);
  return padded ? pad(last, [[0, 0], ...padding, [0, 0]]) : last.contiguous();
}

/** Windows that are handled together: `shape` of them on each axis, from `start` on. */
interface Box {
  readonly start: readonly number[];
  readonly shape: Shape;
}

/** Boxes that hold all windows once, as large as the limit on columns allows. */
function boxes(padded: Tensor, outputSize: number, { size, count }: ConvolutionGeometry): Box[] {
  const perWindow = padded.shape[0]! * sizeOf(size) * padded.shape.at(-1)!;
  const limit = Math.max(columnLimit, padded.size, outputSize);
  let room = Math.floor(limit / Math.max(perWindow, 1));
  let found: Box[] = [{ start: [], shape: [] }];
  // Inner axes are filled first, so that boxes are long rows.
  for (let axis = count.length - 1; axis >= 0; axis--) {
    const most = Math.max(1, Math.min(room, count[axis]!));
    room = Math.floor(room / most);
    const starts = Array.from({ length: Math.ceil(count[axis]! / most) }, (_, i) => i * most);
    found = starts.flatMap((first) =>
      found.map(({ start, shape }) => ({
        start: [first, ...start],
        shape: [Math.min(most, count[axis]! - first), ...shape],
      })),
    );
  }
  return found;
}

function rangesOf({ start, shape }: Box): SliceRange[] {
  return start.map((first, axis) => [first, first + shape[axis]!]);
}

/** The windows of a box as columns: [groups, channels / groups · size, windows · batch]. */
function columns(padded: Tensor, box: Box, geometry: ConvolutionGeometry): Tensor {
  const { groups, size } = geometry;
  const [channels, batch] = [padded.shape[0]!, padded.shape.at(-1)!];
  const view = windowView(padded, geometry, 1).slice([null, ...size.map(() => null), ...rangesOf(box)]);
  return view.reshape([groups, (channels / groups) * sizeOf(size), sizeOf(box.shape) * batch]);
}
