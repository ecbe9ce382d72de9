import type { FunctionHandle, ModuleBuilder } from '../assembler/module-builder.ts';
import { f32x4, v128 } from '../assembler/vector.ts';
import type { MatmulVariant } from './variant.ts';

const vectorBytes = 16;

const parameters = {
  /** A panel of a: for each step of the depth, one element of every row of the tile. */
  a: 'i32',
  /** For each step of the depth, one element of every column of the tile: a panel of b, or b itself. */
  b: 'i32',
  /** Bytes from one step of b to the next. */
  bStep: 'i32',
  depth: 'i32',
  c: 'i32',
  /** Bytes from one row of c to the next. */
  cRow: 'i32',
  /** 0: c is overwritten; else the sums are added to it. */
  accumulate: 'i32',
} as const;

export type MicroKernel = FunctionHandle<typeof parameters, 'none'>;

/**
 * The innermost part of the matrix product: `rows` × 4·`vectors` sums in registers, over panels of the variant's full
 * size, of which it uses the first rows and vectors. Sums begin at 0 and take the products in order.
 */
export function addMicroKernel(
  module: ModuleBuilder,
  variant: MatmulVariant,
  rows: number,
  vectors: number,
): MicroKernel {
  const name = `tile ${rows}x${4 * vectors}`;
  return module.function(name, parameters, 'none', (f, { a, b, bStep, depth, c, cRow, accumulate }) => {
    const sums = Array.from({ length: rows }, () => f.locals('v128', vectors));
    const right = f.locals('v128', vectors);
    const left = f.local('v128');
    // One step an iteration: when unrolled, V8 loads early what is used late, and runs out of registers.
    f.repeat(depth, () => {
      right.forEach((vector, j) => {
        f.set(vector, v128.load(b, vectorBytes * j));
      });
      sums.forEach((row, i) => {
        f.set(left, v128.load32Splat(a, 4 * i));
        row.forEach((sum, j) => {
          f.set(sum, variant.multiplyAdd(left, right[j]!, sum));
        });
      });
      f.increment(a, 4 * variant.rows);
      f.increment(b, bStep);
    });
    const store = (added: boolean): void => {
      sums.forEach((row, i) => {
        if (i > 0) f.increment(c, cRow);
        row.forEach((sum, j) => {
          const offset = vectorBytes * j;
          f.emit(v128.store(c, added ? f32x4.add(sum, v128.load(c, offset)) : sum, offset));
        });
      });
    };
    f.if(
      accumulate,
      () => store(true),
      () => store(false),
    );
  });
}
