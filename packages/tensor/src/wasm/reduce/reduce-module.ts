import type { FunctionBuilder } from '../assembler/function-builder.ts';
import { ModuleBuilder } from '../assembler/module-builder.ts';
import { i32 } from '../assembler/scalar.ts';
import type { Local } from '../assembler/value.ts';
import type { Folding } from './folding.ts';

/** Vectors of accumulators that are folded in step, because each addition waits for the one before it. */
const width = 8;

/**
 * The module of two kernels:
 * - `rows(from, rowBytes, rows, columns, to)` folds each row of consecutive elements into one; results are
 *   consecutive;
 * - `columns(from, outerBytes, outer, rowBytes, rows, columns, to, toOuterBytes)` folds the rows of each of `outer`
 *   matrices elementwise into one row of consecutive results.
 * Whatever the number of rows beside it, a result is folded in the same order: in a row with lanes apart, in a
 * column from the top down.
 */
export function reduceModule(folding: Folding, { shared }: { shared: boolean }): Uint8Array {
  const module = new ModuleBuilder({ shared });
  module.export(rowsFunction(module, folding), columnsFunction(module, folding));
  return module.build();
}

function rowsFunction(module: ModuleBuilder, folding: Folding): { name: string; index: number } {
  const { start, type, lanes, bytesIn, bytesOut, load, loadOne, combine, across, storeOne } = folding;
  return module.function(
    'rows',
    { from: 'i32', rowBytes: 'i32', rows: 'i32', columns: 'i32', to: 'i32' },
    'none',
    (f, { from, rowBytes, rows, columns, to }) => {
      const at = f.local('i32');
      const left = f.local('i32');
      const sums = f.locals('v128', width);
      const [first] = sums;
      const step = (vectors: number): void => {
        sums.slice(0, vectors).forEach((sum, i) => {
          f.set(sum, combine(sum, load(at, i * lanes * bytesIn)));
        });
        f.increment(at, vectors * lanes * bytesIn);
        f.increment(left, -vectors * lanes);
      };
      f.repeat(rows, () => {
        f.set(at, from);
        f.set(left, columns);
        for (const sum of sums) f.set(sum, f.constant(start, type));
        f.while(
          () => i32.geU(left, width * lanes),
          () => step(width),
        );
        for (let stride = width / 2; stride >= 1; stride /= 2) {
          for (let i = 0; i < stride; i++) f.set(sums[i]!, combine(sums[i]!, sums[i + stride]!));
        }
        f.while(
          () => i32.geU(left, lanes),
          () => step(1),
        );
        f.set(first!, across(first!));
        f.repeat(left, () => {
          f.set(first!, combine(first!, loadOne(at, 0)));
          f.increment(at, bytesIn);
        });
        f.emit(storeOne(to, first!, 0));
        f.increment(to, bytesOut);
        f.increment(from, rowBytes);
      });
    },
  );
}

function columnsFunction(module: ModuleBuilder, folding: Folding): { name: string; index: number } {
  const { lanes, bytesIn, bytesOut, load, loadOne, store, storeOne } = folding;
  return module.function(
    'columns',
    {
      from: 'i32',
      outerBytes: 'i32',
      outer: 'i32',
      rowBytes: 'i32',
      rows: 'i32',
      columns: 'i32',
      to: 'i32',
      toOuterBytes: 'i32',
    },
    'none',
    (f, { from, outerBytes, outer, rowBytes, rows, columns, to, toOuterBytes }) => {
      const top = f.local('i32');
      const target = f.local('i32');
      const left = f.local('i32');
      const sums = f.locals('v128', width);
      const fold = foldDown(f, folding, { top, rowBytes, rows });
      /** The next columns, of which all rows are folded while their accumulators stay in registers. */
      const block = (vectors: number): void => {
        const used = sums.slice(0, vectors);
        fold(used, load, lanes * bytesIn);
        used.forEach((sum, i) => {
          f.emit(store(target, sum, i * lanes * bytesOut));
        });
        f.increment(top, vectors * lanes * bytesIn);
        f.increment(target, vectors * lanes * bytesOut);
        f.increment(left, -vectors * lanes);
      };
      f.repeat(outer, () => {
        f.set(top, from);
        f.set(target, to);
        f.set(left, columns);
        f.while(
          () => i32.geU(left, width * lanes),
          () => block(width),
        );
        f.while(
          () => i32.geU(left, lanes),
          () => block(1),
        );
        f.repeat(left, () => {
          fold([sums[0]!], loadOne, 0);
          f.emit(storeOne(target, sums[0]!, 0));
          f.increment(top, bytesIn);
          f.increment(target, bytesOut);
        });
        f.increment(from, outerBytes);
        f.increment(to, toOuterBytes);
      });
    },
  );
}

/** Writes a loop down the rows that folds neighbouring vectors, `apart` bytes from each other. */
function foldDown(
  f: FunctionBuilder,
  { start, type, combine }: Folding,
  { top, rowBytes, rows }: { top: Local<'i32'>; rowBytes: Local<'i32'>; rows: Local<'i32'> },
): (sums: readonly Local<'v128'>[], load: Folding['load'], apart: number) => void {
  const at = f.local('i32');
  const count = f.local('i32');
  return (sums, load, apart) => {
    for (const sum of sums) f.set(sum, f.constant(start, type));
    f.set(at, top);
    f.set(count, rows);
    f.repeat(count, () => {
      sums.forEach((sum, i) => {
        f.set(sum, combine(sum, load(at, i * apart)));
      });
      f.increment(at, rowBytes);
    });
  };
}
