import type { FunctionBuilder } from '../assembler/function-builder.ts';
import type { FunctionHandle, ModuleBuilder } from '../assembler/module-builder.ts';
import { f32, i32, select } from '../assembler/scalar.ts';
import type { Local, Value } from '../assembler/value.ts';
import { f32x4, v128 } from '../assembler/vector.ts';
import { emitBlockLength } from './blocks.ts';
import { transpose } from './transpose.ts';
import type { MatmulVariant } from './variant.ts';

const parameters = {
  columns: 'i32',
  depth: 'i32',
  a: 'i32',
  aStep: 'i32',
  b: 'i32',
  bStep: 'i32',
  bColumn: 'i32',
  c: 'i32',
  accumulate: 'i32',
} as const;

export type MultiplyRow = FunctionHandle<typeof parameters, 'none'>;

/** Vectors of sums at a time where columns lie side by side, and where steps do. */
const wide = 8;
const narrow = 2;

/** What the loops over columns share: one block of the depth. */
interface Block {
  readonly a: Local<'i32'>;
  readonly aStep: Local<'i32'>;
  /** Element (0, j) of the block of b; moves along the columns. */
  readonly b: Local<'i32'>;
  readonly bStep: Local<'i32'>;
  readonly bColumn: Local<'i32'>;
  readonly depth: Local<'i32'>;
  readonly accumulate: Local<'i32'>;
  /** Element j of c; moves along. */
  readonly c: Local<'i32'>;
  /** Columns that are left. */
  readonly columns: Local<'i32'>;
}

/**
 * One row of a product without packing, which would take longer than the product: b is read once, where it is. Sums
 * are taken in the same order as in the product of blocks, so that the bits are the same.
 */
export function addMultiplyRow(module: ModuleBuilder, variant: MatmulVariant): MultiplyRow {
  return module.function('multiplyRow', parameters, 'none', (f, row) => {
    const { depth, a, aStep, bStep, bColumn } = row;
    const blockLength = emitBlockLength(f, depth);
    const k0 = f.local('i32');
    const left = f.local('i32');
    const block: Block = {
      a,
      aStep,
      bStep,
      bColumn,
      b: f.local('i32'),
      depth: f.local('i32'),
      accumulate: f.local('i32'),
      c: f.local('i32'),
      columns: f.local('i32'),
    };
    f.loop((next) => {
      f.set(left, i32.sub(depth, k0));
      f.set(block.depth, select(i32.ltU(left, blockLength), left, blockLength));
      f.set(block.accumulate, i32.or(row.accumulate, i32.ne(k0, 0)));
      f.set(block.b, i32.add(row.b, i32.mul(k0, bStep)));
      f.set(block.c, row.c);
      f.set(block.columns, row.columns);
      f.if(
        i32.eq(bColumn, 4),
        () => {
          columnsSideBySide(f, block, variant, wide);
          columnsSideBySide(f, block, variant, 1);
        },
        () => f.if(i32.eq(bStep, 4), () => stepsSideBySide(f, block, variant)),
      );
      anyColumns(f, block, variant);
      f.increment(a, i32.mul(block.depth, aStep));
      f.increment(k0, blockLength);
      f.branchIf(next, i32.ltU(k0, depth));
    });
  });
}

/** As many groups of 4·`vectors` columns as there are, loaded as vectors. */
function columnsSideBySide(f: FunctionBuilder, block: Block, variant: MatmulVariant, vectors: number): void {
  const { a, aStep, b, bStep, depth } = block;
  const sums = f.locals('v128', vectors);
  const [left, right, steps] = f.locals('i32', 3);
  const x = f.local('v128');
  groups(f, block, 4 * vectors, sums, () => {
    f.set(left, a);
    f.set(right, b);
    f.set(steps, depth);
    f.repeat(steps, () => {
      f.set(x, v128.load32Splat(left));
      sums.forEach((sum, j) => {
        f.set(sum, variant.multiplyAdd(x, v128.load(right, 16 * j), sum));
      });
      f.increment(left, aStep);
      f.increment(right, bStep);
    });
  });
}

/** Groups of 4·`narrow` columns, of which four steps at a time are loaded and transposed. */
function stepsSideBySide(f: FunctionBuilder, block: Block, variant: MatmulVariant): void {
  const { a, aStep, b, bColumn, depth } = block;
  const sums = f.locals('v128', narrow);
  const columns = f.locals('i32', 4 * narrow);
  const [left, steps] = f.locals('i32', 2);
  const x = f.locals('v128', 4);
  groups(f, block, 4 * narrow, sums, () => {
    f.set(left, a);
    columns.forEach((column, j) => {
      f.set(column, j === 0 ? b : i32.add(columns[j - 1]!, bColumn));
    });
    f.set(steps, i32.shrU(depth, 2));
    f.repeat(steps, () => {
      for (const lane of x) {
        f.set(lane, v128.load32Splat(left));
        f.increment(left, aStep);
      }
      sums.forEach((sum, group) => {
        const four = columns.slice(4 * group, 4 * group + 4).map((column) => f.let(v128.load(column)));
        transpose(f, four).forEach((step, k) => {
          f.set(sum, variant.multiplyAdd(x[k]!, step, sum));
        });
      });
      for (const column of columns) f.increment(column, 16);
    });
    f.set(steps, i32.and(depth, 3));
    f.repeat(steps, () => {
      f.set(x[0]!, v128.load32Splat(left));
      f.increment(left, aStep);
      sums.forEach((sum, group) => {
        const step = columns
          .slice(4 * group, 4 * group + 4)
          .reduce<Value<'v128'>>((lanes, column, j) => v128.load32Lane(column, lanes, j), f.constant(0));
        f.set(sum, variant.multiplyAdd(x[0]!, step, sum));
      });
      for (const column of columns) f.increment(column, 4);
    });
  });
}

/** Column by column, whatever the strides. */
function anyColumns(f: FunctionBuilder, block: Block, variant: MatmulVariant): void {
  const { a, aStep, b, bStep, bColumn, depth, c, accumulate, columns } = block;
  const [left, right, steps] = f.locals('i32', 3);
  const sum = f.local('v128');
  const zero = f.constant(0);
  f.repeat(columns, () => {
    f.set(sum, zero);
    f.set(left, a);
    f.set(right, b);
    f.set(steps, depth);
    f.repeat(steps, () => {
      f.set(sum, variant.multiplyAdd(v128.load32Zero(left), v128.load32Zero(right), sum));
      f.increment(left, aStep);
      f.increment(right, bStep);
    });
    const total = f32x4.extractLane(sum, 0);
    f.if(
      accumulate,
      () => f.emit(f32.store(c, f32.add(total, f32.load(c)))),
      () => f.emit(f32.store(c, total)),
    );
    f.increment(b, bColumn);
    f.increment(c, 4);
  });
}

/** Runs `body`, which adds to `sums`, for every whole group of columns, and stores them. */
function groups(
  f: FunctionBuilder,
  { b, bColumn, c, accumulate, columns }: Block,
  width: number,
  sums: readonly Local<'v128'>[],
  body: () => void,
): void {
  const zero = f.constant(0);
  f.while(
    () => i32.geU(columns, width),
    () => {
      for (const sum of sums) f.set(sum, zero);
      body();
      f.if(accumulate, () => {
        sums.forEach((sum, j) => {
          f.set(sum, f32x4.add(sum, v128.load(c, 16 * j)));
        });
      });
      sums.forEach((sum, j) => {
        f.emit(v128.store(c, sum, 16 * j));
      });
      f.increment(b, i32.mul(bColumn, width));
      f.increment(c, 4 * width);
      f.set(columns, i32.sub(columns, width));
    },
  );
}
