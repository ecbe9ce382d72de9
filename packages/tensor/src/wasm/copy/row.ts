import type { FunctionBuilder } from '../assembler/function-builder.ts';
import { i32, i64, memory } from '../assembler/scalar.ts';
import type { Local, Statement } from '../assembler/value.ts';
import { i32x4, i64x2, v128 } from '../assembler/vector.ts';

/** Bytes of an element: 4 of float32 and int32, 8 of float64. Copies move bits, so that types do not matter. */
export type ElementBytes = 4 | 8;

/** Rows of at least so many bytes are left to memory.copy, whose call costs about as much as copying them here. */
const longRow = 256;

/** Copies one element from one address to another. */
export function copyElement(to: Local<'i32'>, from: Local<'i32'>, bytes: ElementBytes): Statement {
  return bytes === 4 ? i32.store(to, i32.load(from)) : i64.store(to, i64.load(from));
}

/** The element at an address in every lane. */
export function splatElement(from: Local<'i32'>, bytes: ElementBytes): ReturnType<typeof v128.load> {
  return bytes === 4 ? i32x4.splat(i32.load(from)) : i64x2.splat(i64.load(from));
}

/**
 * Copies `length` bytes, whole elements, which do not overlap. The three locals are used up: `length` is 0
 * afterwards, and the addresses are anywhere.
 */
export function copyRow(
  f: FunctionBuilder,
  { to, from, length }: { to: Local<'i32'>; from: Local<'i32'>; length: Local<'i32'> },
  bytes: ElementBytes,
): void {
  const advance = (step: number): void => {
    f.increment(to, step);
    f.increment(from, step);
    f.increment(length, -step);
  };
  f.if(i32.geU(length, longRow), () => {
    f.emit(memory.copy(to, from, length));
    f.set(length, 0);
  });
  f.while(
    () => i32.geU(length, 16),
    () => {
      f.emit(v128.store(to, v128.load(from)));
      advance(16);
    },
  );
  f.while(
    () => length,
    () => {
      f.emit(copyElement(to, from, bytes));
      advance(bytes);
    },
  );
}

/** Writes `value`, the same element in every lane, to `length` bytes. The locals are used up as in a copy. */
export function fillRow(
  f: FunctionBuilder,
  { to, length }: { to: Local<'i32'>; length: Local<'i32'> },
  value: Local<'v128'>,
  bytes: ElementBytes,
): void {
  f.while(
    () => i32.geU(length, 16),
    () => {
      f.emit(v128.store(to, value));
      f.increment(to, 16);
      f.increment(length, -16);
    },
  );
  const storeLane = bytes === 4 ? v128.store32Lane : v128.store64Lane;
  f.while(
    () => length,
    () => {
      f.emit(storeLane(to, value, 0));
      f.increment(to, bytes);
      f.increment(length, -bytes);
    },
  );
}
