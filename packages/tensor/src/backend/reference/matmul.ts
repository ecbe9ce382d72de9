import { allocate, type NumericArray } from '../../dtype.ts';
import { sizeOf } from '../../shape.ts';
import { Tensor } from '../../tensor.ts';
import { forEachRow } from './iterate.ts';

/** A matrix inside a larger array: element (i, j) is at start + i·rowStride + j·columnStride. */
interface Matrix {
  readonly data: NumericArray;
  readonly start: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

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
    multiply(matrix(a, startA!), matrix(b, startB!), out.data, startOut!, rows, columns, inner);
  });
  return out;
}

function matrix({ data, strides }: Tensor, start: number): Matrix {
  return { data, start, rowStride: strides.at(-2)!, columnStride: strides.at(-1)! };
}

/** Full 4×4 tiles first, then the right and lower edges. */
function multiply(
  a: Matrix,
  b: Matrix,
  out: NumericArray,
  outStart: number,
  rows: number,
  columns: number,
  inner: number,
): void {
  const tiledRows = rows - (rows % tile);
  const tiledColumns = columns - (columns % tile);
  for (let j = 0; j < tiledColumns; j += tile) {
    for (let i = 0; i < tiledRows; i += tile) {
      multiplyTile(a, b, out, outStart + i * columns + j, columns, i, j, inner);
    }
  }
  multiplyEdge(a, b, out, outStart, columns, [0, tiledRows], [tiledColumns, columns], inner);
  multiplyEdge(a, b, out, outStart, columns, [tiledRows, rows], [0, columns], inner);
}

/**
 * Sixteen sums held in registers: each step of k loads 4 + 4 numbers for 16 multiply-adds. The sums are
 * doubles; rounding each step to float32 would take twice as long and be less exact.
 */
function multiplyTile(
  { data: a, start: startA, rowStride: rowA, columnStride: stepA }: Matrix,
  { data: b, start: startB, rowStride: stepB, columnStride: columnB }: Matrix,
  out: NumericArray,
  o: number,
  outStride: number,
  i: number,
  j: number,
  inner: number,
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
  let a0 = startA + i * rowA;
  let a1 = a0 + rowA;
  let a2 = a1 + rowA;
  let a3 = a2 + rowA;
  let b0 = startB + j * columnB;
  let b1 = b0 + columnB;
  let b2 = b1 + columnB;
  let b3 = b2 + columnB;
  for (let k = 0; k < inner; k++) {
    const x0 = b[b0]!,
      x1 = b[b1]!,
      x2 = b[b2]!,
      x3 = b[b3]!;
    const y0 = a[a0]!;
    c00 += y0 * x0;
    c01 += y0 * x1;
    c02 += y0 * x2;
    c03 += y0 * x3;
    const y1 = a[a1]!;
    c10 += y1 * x0;
    c11 += y1 * x1;
    c12 += y1 * x2;
    c13 += y1 * x3;
    const y2 = a[a2]!;
    c20 += y2 * x0;
    c21 += y2 * x1;
    c22 += y2 * x2;
    c23 += y2 * x3;
    const y3 = a[a3]!;
    c30 += y3 * x0;
    c31 += y3 * x1;
    c32 += y3 * x2;
    c33 += y3 * x3;
    a0 += stepA;
    a1 += stepA;
    a2 += stepA;
    a3 += stepA;
    b0 += stepB;
    b1 += stepB;
    b2 += stepB;
    b3 += stepB;
  }
  out[o] = c00;
  out[o + 1] = c01;
  out[o + 2] = c02;
  out[o + 3] = c03;
  o += outStride;
  out[o] = c10;
  out[o + 1] = c11;
  out[o + 2] = c12;
  out[o + 3] = c13;
  o += outStride;
  out[o] = c20;
  out[o + 1] = c21;
  out[o + 2] = c22;
  out[o + 3] = c23;
  o += outStride;
  out[o] = c30;
  out[o + 1] = c31;
  out[o + 2] = c32;
  out[o + 3] = c33;
}

/** One dot product an element, for the rows and columns that fill no tile. */
function multiplyEdge(
  a: Matrix,
  b: Matrix,
  out: NumericArray,
  outStart: number,
  outStride: number,
  [firstRow, lastRow]: readonly [number, number],
  [firstColumn, lastColumn]: readonly [number, number],
  inner: number,
): void {
  for (let i = firstRow; i < lastRow; i++) {
    for (let j = firstColumn; j < lastColumn; j++) {
      let sum = 0;
      let p = a.start + i * a.rowStride;
      let q = b.start + j * b.columnStride;
      for (let k = 0; k < inner; k++) {
        sum += a.data[p]! * b.data[q]!;
        p += a.columnStride;
        q += b.rowStride;
      }
      out[outStart + i * outStride + j] = sum;
    }
  }
}
