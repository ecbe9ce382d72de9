import type { FunctionBuilder } from '../assembler/function-builder.ts';
import type { Local, Value } from '../assembler/value.ts';
import { i32x4 } from '../assembler/vector.ts';

/** The columns of a 4×4 matrix of float32 that is given by rows. */
export function transpose(f: FunctionBuilder, rows: readonly Local<'v128'>[]): Value<'v128'>[] {
  const [a, b, c, d] = rows as [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>];
  // a0 b0 a1 b1, and so on
  const lowAB = f.let(i32x4.shuffle(a, b, [0, 4, 1, 5]));
  const highAB = f.let(i32x4.shuffle(a, b, [2, 6, 3, 7]));
  const lowCD = f.let(i32x4.shuffle(c, d, [0, 4, 1, 5]));
  const highCD = f.let(i32x4.shuffle(c, d, [2, 6, 3, 7]));
  return [
    i32x4.shuffle(lowAB, lowCD, [0, 1, 4, 5]),
    i32x4.shuffle(lowAB, lowCD, [2, 3, 6, 7]),
    i32x4.shuffle(highAB, highCD, [0, 1, 4, 5]),
    i32x4.shuffle(highAB, highCD, [2, 3, 6, 7]),
  ];
}
