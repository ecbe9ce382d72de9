import { formatShape, type Shape, sizeOf } from './shape.ts';
import type { Tensor } from './tensor.ts';

/** Axes longer than this show their first and last `edge` entries only, once the tensor is large. */
const threshold = 100;
const edge = 3;
const gap = '…';

/** `tensor float32 [2, 3]` and below it the elements in aligned columns. */
export function formatTensor(tensor: Tensor): string {
  const heading = `tensor ${tensor.dtype} ${formatShape(tensor.shape)}`;
  if (tensor.size === 0) return `${heading} (empty)`;
  const elide = tensor.size > threshold;
  const shown = collect(tensor, elide);
  const cells = formatNumbers(shown, tensor.dtype !== 'int32');
  if (tensor.rank === 0) return `${heading} ${cells[0]}`;
  return `${heading}\n${layOut(cells, tensor.shape, elide, 0)}`;
}

function visible(length: number, elide: boolean): number[] {
  const all = Array.from({ length }, (_, i) => i);
  return elide && length > 2 * edge ? [...all.slice(0, edge), ...all.slice(-edge)] : all;
}

function collect(tensor: Tensor, elide: boolean): number[] {
  let positions = [tensor.offset];
  tensor.shape.forEach((length, axis) => {
    const stride = tensor.strides[axis]!;
    const indices = visible(length, elide);
    positions = positions.flatMap((position) => indices.map((index) => position + index * stride));
  });
  return positions.map((position) => tensor.data[position]!);
}

/** All numbers in one notation and width, so that columns line up. */
function formatNumbers(values: readonly number[], floating: boolean): string[] {
  const finite = values.filter((value) => Number.isFinite(value) && value !== 0).map(Math.abs);
  const scientific = finite.some((size) => size >= 1e6 || size < 1e-4);
  const write = (value: number): string => {
    if (!Number.isFinite(value) || !floating) return String(value);
    return scientific ? value.toExponential(4) : value.toFixed(4);
  };
  let texts = values.map(write);
  if (floating && !scientific) {
    // One decimal always stays, so that floats look like floats.
    const spare = texts.reduce(
      (least, text) => (text.includes('.') ? Math.min(least, /0*$/.exec(text)![0].length) : least),
      3,
    );
    texts = texts.map((text) => (text.includes('.') ? text.slice(0, text.length - spare) : text));
  }
  const width = texts.reduce((widest, text) => Math.max(widest, text.length), 0);
  return texts.map((text) => text.padStart(width));
}

function layOut(cells: readonly string[], shape: Shape, elide: boolean, depth: number): string {
  const [length, ...rest] = shape;
  const indices = visible(length!, elide);
  const size = cells.length / indices.length;
  const parts = indices.map((_, i) => {
    const inner = cells.slice(i * size, (i + 1) * size);
    return rest.length === 0 ? inner.join('') : layOut(inner, rest, elide, depth + 1);
  });
  if (indices.length < length!) parts.splice(edge, 0, gap);
  const separator = rest.length === 0 ? ', ' : `,${'\n'.repeat(rest.length)}${' '.repeat(depth + 1)}`;
  return `[${parts.join(separator)}]`;
}

/** One line for messages: `float32 [128, 784]`. */
export function describeTensor(tensor: Tensor): string {
  return `${tensor.dtype} ${formatShape(tensor.shape)}${sizeOf(tensor.shape) === 0 ? ' (empty)' : ''}`;
}
