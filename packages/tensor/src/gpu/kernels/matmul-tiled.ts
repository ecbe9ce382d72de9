import { sizeOf } from '../../shape.ts';
import type { Kernel } from '../kernel.ts';
import { type MatmulLayout, type MatrixLayout, productSize } from './matmul-layout.ts';
import { naiveMatmul } from './matmul-naive.ts';

/** A workgroup of 16 × 16 threads computes 64 × 64 elements, 4 × 4 a thread, from tiles 16 deep. */
const [tile, depth, threads, each] = [64, 16, 16, 4];

/**
 * Each entry of the operands is read once for 64 elements of the product, into memory that a workgroup shares; from
 * there each thread reads 8 numbers for 16 multiplications. gpu.js has no shared memory, so this is written in WGSL,
 * for webgpu mode; elsewhere it is the naive kernel. At most one axis of batch.
 */
export function tiledMatmul(layout: MatmulLayout): Kernel {
  const { batch, rows, inner, columns, a, b } = layout;
  const code = `@group(0) @binding(0) var<storage, read> a : array<f32>;
@group(0) @binding(1) var<storage, read> b : array<f32>;
@group(0) @binding(2) var<storage, read_write> result : array<f32>;
var<workgroup> tileA : array<f32, ${tile * depth}>;
var<workgroup> tileB : array<f32, ${tile * depth}>;

@compute @workgroup_size(${threads}, ${threads})
fn main(
  @builtin(workgroup_id) group : vec3<u32>,
  @builtin(local_invocation_id) local : vec3<u32>,
  @builtin(local_invocation_index) thread : u32,
) {
  let firstRow = i32(group.y) * ${tile};
  let firstColumn = i32(group.x) * ${tile};
  let matrix = i32(group.z);
  var sums : mat4x4<f32>;
  for (var first = 0; first < ${inner}; first += ${depth}) {
    for (var i = i32(thread); i < ${tile * depth}; i += ${threads * threads}) {
      ${load('A', a, 'row', 'firstRow', rows, a.rowStride, a.columnStride, inner)}
      ${load('B', b, 'column', 'firstColumn', columns, b.columnStride, b.rowStride, inner)}
    }
    workgroupBarrier();
    for (var k = 0u; k < ${depth}u; k++) {
      let p = k * ${tile}u + local.y * ${each}u;
      let q = k * ${tile}u + local.x * ${each}u;
      let right = vec4<f32>(tileB[q], tileB[q + 1u], tileB[q + 2u], tileB[q + 3u]);
      sums[0] += tileA[p] * right;
      sums[1] += tileA[p + 1u] * right;
      sums[2] += tileA[p + 2u] * right;
      sums[3] += tileA[p + 3u] * right;
    }
    workgroupBarrier();
  }
  let row = firstRow + i32(local.y) * ${each};
  let column = firstColumn + i32(local.x) * ${each};
  let start = (matrix * ${rows} + row) * ${columns} + column;
  let rowsLeft = ${rows} - row;
  let columnsLeft = ${columns} - column;
${stores(columns)}
}`;
  const workgroups = [Math.ceil(columns / tile), Math.ceil(rows / tile), sizeOf(batch)] as const;
  const { source } = naiveMatmul(layout);
  return {
    name: 'matmul tiled',
    source,
    size: productSize(layout),
    operands: 2,
    wgsl: { code, workgroups },
  };
}

/** Writes the elements of a thread that are inside of the product. */
function stores(columns: number): string {
  const places = Array.from({ length: each * each }, (_, i) => [Math.floor(i / each), i % each] as const);
  return places
    .map(([i, j]) => {
      const value = `result[start + ${i * columns + j}] = sums[${i}][${j}];`;
      return `  if (rowsLeft > ${i} && columnsLeft > ${j}) { ${value} }`;
    })
    .join('\n');
}

/** Puts entry i of a tile in its place; neighbouring threads read neighbours in memory, whichever way those lie. */
function load(
  name: 'A' | 'B',
  { offset, batchStrides }: MatrixLayout,
  line: string,
  firstLine: string,
  lines: number,
  lineStride: number,
  stepStride: number,
  inner: number,
): string {
  const along = Math.abs(stepStride) < Math.abs(lineStride);
  const [atLine, atStep] = along ? [`i / ${depth}`, `i % ${depth}`] : [`i % ${tile}`, `i / ${tile}`];
  return `{
        let ${line} = ${firstLine} + ${atLine};
        let step = first + ${atStep};
        var value = 0.0;
        if (${line} < ${lines} && step < ${inner}) {
          value = ${name.toLowerCase()}[${offset} + matrix * ${batchStrides[0] ?? 0} + ${line} * (${lineStride}) + step * (${stepStride})];
        }
        tile${name}[(${atStep}) * ${tile} + ${atLine}] = value;
      }`;
}
