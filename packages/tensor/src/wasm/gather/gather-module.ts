import type { FunctionBuilder } from '../assembler/function-builder.ts';
import { ModuleBuilder } from '../assembler/module-builder.ts';
import { i32 } from '../assembler/scalar.ts';
import type { Local, Value } from '../assembler/value.ts';
import { f32x4, f64x2, v128 } from '../assembler/vector.ts';
import { copyRow, type ElementBytes } from '../copy/row.ts';

type I32 = Local<'i32'>;

/**
 * Rows of consecutive elements at int32 `indices` into a table of `limit` rows, `outer` times over: `tableOuter` and
 * `rowsOuter` bytes lead to the next table and to the next rows. An index outside the table ends the call with an
 * error before anything beyond it is touched.
 */
const signature = {
  table: 'i32',
  tableOuter: 'i32',
  tableRow: 'i32',
  limit: 'i32',
  indices: 'i32',
  count: 'i32',
  rows: 'i32',
  rowsOuter: 'i32',
  rowsRow: 'i32',
  outer: 'i32',
  length: 'i32',
} as const;

/**
 * The module of two kernels: `gather` copies rows of the table, `length` bytes each, to `rows`; `scatterAdd` adds
 * `rows` to rows of the table, one after the other, so that repeated indices add up in their order.
 */
export function gatherModule(bytes: ElementBytes, { shared }: { shared: boolean }): Uint8Array {
  const module = new ModuleBuilder({ shared });
  const gather = module.function('gather', signature, 'none', (f, p) => {
    forEachIndex(f, p, (entry, row, length) => {
      copyRow(f, { to: row, from: entry, length }, bytes);
    });
  });
  const scatterAdd = module.function('scatterAdd', signature, 'none', (f, p) => {
    forEachIndex(f, p, (entry, row, length) => {
      addRow(f, { to: entry, from: row, length }, bytes);
    });
  });
  module.export(gather, scatterAdd);
  return module.build();
}

/** Runs `body` for each index with the addresses of its row in the table and among the rows, and with the length. */
function forEachIndex(
  f: FunctionBuilder,
  p: { readonly [K in keyof typeof signature]: I32 },
  body: (entry: I32, row: I32, length: I32) => void,
): void {
  const [at, left, nextRow, index, entry, row, length] = f.locals('i32', 7) as [
    I32,
    I32,
    I32,
    I32,
    I32,
    I32,
    I32,
  ];
  f.repeat(p.outer, () => {
    f.set(at, p.indices);
    f.set(nextRow, p.rows);
    f.set(left, p.count);
    f.repeat(left, () => {
      f.set(index, i32.load(at));
      // A negative index is a large one, seen as unsigned.
      f.if(i32.geU(index, p.limit), () => f.trap());
      f.set(entry, i32.add(p.table, i32.mul(index, p.tableRow)));
      f.set(row, nextRow);
      f.set(length, p.length);
      body(entry, row, length);
      f.increment(at, 4);
      f.increment(nextRow, p.rowsRow);
    });
    f.increment(p.table, p.tableOuter);
    f.increment(p.rows, p.rowsOuter);
  });
}

/** Adds `length` bytes of elements to others; the locals are used up. */
function addRow(
  f: FunctionBuilder,
  { to, from, length }: { to: I32; from: I32; length: I32 },
  bytes: ElementBytes,
): void {
  const add: (a: Value<'v128'>, b: Value<'v128'>) => Value<'v128'> = bytes === 4 ? f32x4.add : f64x2.add;
  const loadOne = bytes === 4 ? v128.load32Zero : v128.load64Zero;
  const storeLane = bytes === 4 ? v128.store32Lane : v128.store64Lane;
  const advance = (step: number): void => {
    f.increment(to, step);
    f.increment(from, step);
    f.increment(length, -step);
  };
  f.while(
    () => i32.geU(length, 16),
    () => {
      f.emit(v128.store(to, add(v128.load(to), v128.load(from))));
      advance(16);
    },
  );
  f.while(
    () => length,
    () => {
      f.emit(storeLane(to, add(loadOne(to), loadOne(from)), 0));
      advance(bytes);
    },
  );
}
