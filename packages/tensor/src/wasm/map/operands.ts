import type { FunctionBuilder } from '../assembler/function-builder.ts';
import { i32 } from '../assembler/scalar.ts';
import type { Local, Value } from '../assembler/value.ts';
import { v128 } from '../assembler/vector.ts';
import type { Vector } from '../math/lane-math.ts';
import type { InputMode } from './spec.ts';

/** Bytes of four float32. */
export const vectorBytes = 16;

/** An input as the kernel being written walks over it. */
export interface InputCursor {
  /** The input's number in the formulas. */
  readonly index: number;
  readonly mode: InputMode;
  /** The address where the current row, or the current columns, begin. */
  readonly start: Local<'i32'>;
  readonly rowStride: Local<'i32'>;
  /** Bytes from column to column; of 'strided' inputs alone. */
  readonly columnStride: Local<'i32'> | undefined;
  /** The address of what is read next. */
  readonly pointer: Local<'i32'>;
}

/** Vector number `index` of four columns from the pointer on. */
export function loadVector(f: FunctionBuilder, input: InputCursor, index = 0): Local<'v128'> {
  const { mode, pointer } = input;
  if (mode === 'vector') return f.let(v128.load(pointer, vectorBytes * index));
  if (mode === 'scalar') return f.let(v128.load32Splat(pointer));
  const vector = f.let(v128.load32Zero(columnAddress(input, 4 * index)));
  for (let lane = 1; lane < 4; lane++) {
    f.set(vector, v128.load32Lane(columnAddress(input, 4 * index + lane), vector, lane));
  }
  return vector;
}

/** The next four columns of every input, or the first `count` if that is fewer; no other memory is read. */
export function loadColumns(
  f: FunctionBuilder,
  inputs: readonly InputCursor[],
  count: Local<'i32'>,
): Local<'v128'>[] {
  const vectors = f.locals('v128', inputs.length);
  const setAll = (load: (input: InputCursor, vector: Local<'v128'>) => Vector): void => {
    inputs.forEach((input, k) => {
      f.set(vectors[k]!, load(input, vectors[k]!));
    });
  };
  f.if(
    i32.geS(count, 4),
    () => setAll((input) => loadVector(f, input)),
    () => {
      setAll(({ mode, pointer }) =>
        mode === 'scalar' ? v128.load32Splat(pointer) : v128.load32Zero(pointer),
      );
      forLanes(f, count, (lane) => {
        setAll((input, vector) =>
          input.mode === 'scalar' ? vector : v128.load32Lane(columnAddress(input, lane), vector, lane),
        );
      });
    },
  );
  return vectors;
}

/** Stores four columns of every output, or the first `count` if that is fewer. */
export function storeColumns(
  f: FunctionBuilder,
  stores: readonly { readonly pointer: Local<'i32'>; readonly value: Vector }[],
  count: Local<'i32'>,
): void {
  const storeLane = (lane: number): void => {
    for (const { pointer, value } of stores) f.emit(v128.store32Lane(pointer, value, lane, 4 * lane));
  };
  f.if(
    i32.geS(count, 4),
    () => {
      for (const { pointer, value } of stores) f.emit(v128.store(pointer, value));
    },
    () => {
      storeLane(0);
      forLanes(f, count, storeLane);
    },
  );
}

/** Writes `body` for lanes 1 and 2, each to run if there are more than so many columns. */
function forLanes(f: FunctionBuilder, count: Local<'i32'>, body: (lane: number) => void): void {
  f.if(i32.gtS(count, 1), () => {
    body(1);
    f.if(i32.gtS(count, 2), () => body(2));
  });
}

function columnAddress({ pointer, columnStride }: InputCursor, column: number): Value<'i32'> {
  return i32.add(pointer, i32.mul(columnStride ?? 4, column));
}

/** Moves `cursor`, a start or a pointer of the input, over `columns` columns. */
export function advanceColumns(
  f: FunctionBuilder,
  { mode, columnStride }: InputCursor,
  cursor: Local<'i32'>,
  columns: number,
): void {
  if (mode !== 'scalar') f.increment(cursor, i32.mul(columnStride ?? 4, columns));
}
