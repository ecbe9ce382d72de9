import type { FunctionBuilder } from '../assembler/function-builder.ts';
import { i32 } from '../assembler/scalar.ts';
import type { Local, Value } from '../assembler/value.ts';
import { i32x4, i64x2, v128 } from '../assembler/vector.ts';
import { copyElement, type ElementBytes } from './row.ts';

type I32 = Local<'i32'>;

/** A matrix whose columns are consecutive in the source and whose rows are so in the target. */
interface Transposition {
  readonly from: I32;
  readonly to: I32;
  /** Rows, and how far apart they are in the target. */
  readonly length2: I32;
  readonly to2: I32;
  /** Columns, and how far apart they are in the source. */
  readonly length3: I32;
  readonly from3: I32;
}

/** Rows that are written together: what is read of a cache line of the source is then all of it. */
const rowsTogether = 16;

/** Copies the matrix in square blocks that are transposed in registers, and its edges element by element. */
export function transposeMatrix(f: FunctionBuilder, p: Transposition, bytes: ElementBytes): void {
  const side = 16 / bytes;
  const [wholeRows, wholeColumns, bandEnd, row, column, next] = f.locals('i32', 6) as [
    I32,
    I32,
    I32,
    I32,
    I32,
    I32,
  ];
  f.set(wholeRows, i32.and(p.length2, -side));
  f.set(wholeColumns, i32.and(p.length3, -side));

  f.set(row, 0);
  f.while(
    () => i32.ltU(row, wholeRows),
    () => {
      f.set(bandEnd, i32.add(row, rowsTogether));
      f.if(i32.gtU(bandEnd, wholeRows), () => f.set(bandEnd, wholeRows));
      f.for(column, wholeColumns, side, () => {
        f.set(next, row);
        f.while(
          () => i32.ltU(next, bandEnd),
          () => {
            transposeBlock(f, p, next, column, bytes);
            f.increment(next, side);
          },
        );
      });
      f.set(row, bandEnd);
    },
  );

  const from = f.local('i32');
  const to = f.local('i32');
  const copyOne = (): void => {
    f.set(from, i32.add(i32.add(p.from, i32.mul(row, bytes)), i32.mul(column, p.from3)));
    f.set(to, i32.add(i32.add(p.to, i32.mul(row, p.to2)), i32.mul(column, bytes)));
    f.emit(copyElement(to, from, bytes));
  };
  f.for(row, p.length2, 1, () => {
    // Rows of whole blocks lack their last columns, the rows after them lack all.
    f.set(column, i32.mul(wholeColumns, i32.ltU(row, wholeRows)));
    f.while(
      () => i32.ltU(column, p.length3),
      () => {
        copyOne();
        f.increment(column, 1);
      },
    );
  });
}

function transposeBlock(
  f: FunctionBuilder,
  p: Transposition,
  row: I32,
  column: I32,
  bytes: ElementBytes,
): void {
  const side = 16 / bytes;
  const from = f.let(i32.add(i32.add(p.from, i32.mul(row, bytes)), i32.mul(column, p.from3)));
  const columns = Array.from({ length: side }, (_, i) => {
    if (i > 0) f.increment(from, p.from3);
    return f.let(v128.load(from));
  });
  const to = f.let(i32.add(i32.add(p.to, i32.mul(row, p.to2)), i32.mul(column, bytes)));
  const rows = bytes === 4 ? transposeFour(f, columns) : transposeTwo(columns);
  rows.forEach((vector, i) => {
    if (i > 0) f.increment(to, p.to2);
    f.emit(v128.store(to, vector));
  });
}

function transposeFour(f: FunctionBuilder, columns: readonly Value<'v128'>[]): Value<'v128'>[] {
  const [a, b, c, d] = columns as [Value<'v128'>, Value<'v128'>, Value<'v128'>, Value<'v128'>];
  const low = [f.let(i32x4.shuffle(a, b, [0, 4, 1, 5])), f.let(i32x4.shuffle(c, d, [0, 4, 1, 5]))] as const;
  const high = [f.let(i32x4.shuffle(a, b, [2, 6, 3, 7])), f.let(i32x4.shuffle(c, d, [2, 6, 3, 7]))] as const;
  return [low, high].flatMap(([left, right]) => [
    i64x2.shuffle(left, right, [0, 2]),
    i64x2.shuffle(left, right, [1, 3]),
  ]);
}

function transposeTwo(columns: readonly Value<'v128'>[]): Value<'v128'>[] {
  const [a, b] = columns as [Value<'v128'>, Value<'v128'>];
  return [i64x2.shuffle(a, b, [0, 2]), i64x2.shuffle(a, b, [1, 3])];
}
