import type { FunctionBuilder } from '../assembler/function-builder.ts';
import { i32 } from '../assembler/scalar.ts';
import type { Local } from '../assembler/value.ts';

/**
 * The most steps of the depth that are summed up at a time, so that one panel of b stays in the first-level cache
 * (at 8 columns, 16 KiB) and a block is long enough to make up for adding it to c.
 */
export const depthBlock = 512;

/** Rows of a that are packed at a time, about 200 KiB: they stay in the second-level cache. */
export const rowBlock = 96;

/** Columns of b that are packed at a time, 2 MiB: they stay in the third-level cache. */
export const columnBlock = 1024;

/** Rows of b that lie within so many bytes of each other are not packed: they are in the first-level cache anyway. */
export const unpackedBytes = 32 * 1024;

/**
 * The length of blocks that split the depth evenly, the last one perhaps shorter. An element of c is the sum, over
 * these blocks, of sums taken in order that begin at 0. This holds for every path and variant: it decides the bits.
 */
export function blockLength(depth: number): number {
  return Math.ceil(depth / Math.ceil(depth / depthBlock));
}

/** {@link blockLength} as code, 0 for a depth of 0. */
export function emitBlockLength(f: FunctionBuilder, depth: Local<'i32'>): Local<'i32'> {
  const blocks = f.let(i32.divU(i32.add(depth, depthBlock - 1), depthBlock));
  const length = f.local('i32');
  f.if(blocks, () => f.set(length, i32.divU(i32.add(depth, i32.sub(blocks, 1)), blocks)));
  return length;
}
