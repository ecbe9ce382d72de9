import { allocate, type DType, dtypeOf, type NumericArray } from '../../dtype.ts';
import { sizeOf } from '../../shape.ts';
import { Tensor } from '../../tensor.ts';
import { forEachRow } from './iterate.ts';

/** Rows and columns of the tile of sums that is held in registers. */
const tile = 4;

export function matmul(a: Tensor, b: Tensor): Tensor {
  const batch = a.shape.slice(0, -2);
  const [rows, inner] = a.shape.slice(-2) as [number, number];
  const columns = b.shape.at(-1)!;
  const shape = [...batch, rows, columns];
  const out = Tensor.wrap(allocate(a.dtype, sizeOf(shape)), shape);
  const batchStrides = [a, b, out].map(({ strides }) => strides.slice(0, -2));
  // A trailing axis of length 1 makes every matrix of the batch a row of the walk.
  const walk = { shape: [...batch, 1], strides: batchStrides.map((strides) => [...strides, 0]) };
  forEachRow(walk, [a.offset, b.offset, 0], ([startA, startB, startOut]) => {
    const left = {
      data: a.data,
      start: startA!,
      lineStride: a.strides.at(-2)!,
      stepStride: a.strides.at(-1)!,
    };
    const right = {
      data: b.data,
      start: startB!,
      lineStride: b.strides.at(-1)!,
      stepStride: b.strides.at(-2)!,
    };
    multiply(left, rows, right, columns, inner, out.data, startOut!);
  });
  return out;
}

/**
 * Lines of a matrix that are multiplied along their length: rows of A, columns of B. Entry k of line i is at
 * start + i·lineStride + k·stepStride, so a transposed operand differs in its strides only.
 */
interface Lines {
  readonly data: NumericArray;
  readonly start: number;
  readonly lineStride: number;
  readonly stepStride: number;
}

function multiply(
  a: Lines,
  rows: number,
  b: Lines,
  columns: number,
  inner: number,
  out: NumericArray,
  outStart: number,
): void {
  const dtype = dtypeOf(out);
  const rowTiles = Math.ceil(rows / tile);
  const panelA = scratch('a', dtype, rowTiles * tile * inner);
  const panelB = scratch('b', dtype, tile * inner);
  const edge = scratch('edge', dtype, tile * tile);
  for (let t = 0; t < rowTiles; t++) pack(a, t * tile, rows, inner, panelA, t * tile * inner);
  for (let j = 0; j < columns; j += tile) {
    pack(b, j, columns, inner, panelB, 0);
    for (let i = 0; i < rows; i += tile) {
      const start = outStart + i * columns + j;
      if (i + tile <= rows && j + tile <= columns) {
        multiplyTile(panelA, i * inner, panelB, inner, out, start, columns);
        continue;
      }
      multiplyTile(panelA, i * inner, panelB, inner, edge, 0, tile);
      for (let r = 0; r < Math.min(tile, rows - i); r++) {
        for (let c = 0; c < Math.min(tile, columns - j); c++)
          out[start + r * columns + c] = edge[r * tile + c]!;
      }
    }
  }
}

/** Interleaves four lines, so that the tile reads memory in order: to[4k + i] is entry k of line first + i. */
function pack(
  from: Lines,
  first: number,
  lines: number,
  inner: number,
  to: NumericArray,
  toStart: number,
): void {
  const { data, start, lineStride, stepStride } = from;
  for (let i = 0; i < tile; i++) {
    let position = start + (first + i) * lineStride;
    let target = toStart + i;
    // Lines beyond the edge are zeros.
    const inside = first + i < lines;
    for (let k = 0; k < inner; k++) {
      to[target] = inside ? data[position]! : 0;
      position += stepStride;
      target += tile;
    }
  }
}

/**
 * Sixteen sums held in registers: each step of k loads 4 + 4 numbers for 16 multiply-adds. The sums are
 * doubles; rounding each step to float32 would take twice as long and be less exact.
 */
function multiplyTile(
  a: NumericArray,
  startA: number,
  b: NumericArray,
  inner: number,
  out: NumericArray,
  start: number,
  stride: number,
): void {
  let c00 = 0,
    c01 = 0,
    c02 = 0,
    c03 = 0;
  let c10 = 0,
    c11 = 0,
    c12 = 0,
    c13 = 0;
  let c20 = 0,
    c21 = 0,
    c22 = 0,
    c23 = 0;
  let c30 = 0,
    c31 = 0,
    c32 = 0,
    c33 = 0;
  let p = startA;
  let q = 0;
  for (let k = 0; k < inner; k++) {
    const b0 = b[q]!,
      b1 = b[q + 1]!,
      b2 = b[q + 2]!,
      b3 = b[q + 3]!;
    const a0 = a[p]!;
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    const a1 = a[p + 1]!;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    const a2 = a[p + 2]!;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    const a3 = a[p + 3]!;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
    p += tile;
    q += tile;
  }
  let o = start;
  out[o] = c00;
  out[o + 1] = c01;
  out[o + 2] = c02;
  out[o + 3] = c03;
  o += stride;
  out[o] = c10;
  out[o + 1] = c11;
  out[o + 2] = c12;
  out[o + 3] = c13;
  o += stride;
  out[o] = c20;
  out[o + 1] = c21;
  out[o + 2] = c22;
  out[o + 3] = c23;
  o += stride;
  out[o] = c30;
  out[o + 1] = c31;
  out[o + 2] = c32;
  out[o + 3] = c33;
}

const buffers = new Map<string, NumericArray>();

/** Room for packed operands, kept between calls. */
function scratch(purpose: string, dtype: DType, length: number): NumericArray {
  const key = `${purpose} ${dtype}`;
  let buffer = buffers.get(key);
  if (buffer === undefined || buffer.length < length) {
    buffer = allocate(dtype, length);
    buffers.set(key, buffer);
  }
  return buffer;
}
