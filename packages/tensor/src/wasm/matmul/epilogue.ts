import type { FunctionBuilder } from '../assembler/function-builder.ts';
import type { FunctionHandle, ModuleBuilder } from '../assembler/module-builder.ts';
import { i32 } from '../assembler/scalar.ts';
import type { Value } from '../assembler/value.ts';
import { f32x4, v128 } from '../assembler/vector.ts';

/** Emits an elementwise function of four float32. */
export type VectorFunction = (f: FunctionBuilder, x: Value<'v128'>) => Value<'v128'>;

const parameters = {
  c: 'i32',
  cRow: 'i32',
  rows: 'i32',
  columns: 'i32',
  /** The address of a number for each row, or 0. */
  rowBias: 'i32',
  /** The address of a number for each column, or 0. */
  columnBias: 'i32',
} as const;

export type Epilogue = FunctionHandle<typeof parameters, 'none'>;

/** c[i, j] ← activation(c[i, j] + rowBias[i] + columnBias[j]); without an activation and biases, nothing. */
export function addEpilogue(module: ModuleBuilder, activation?: VectorFunction): Epilogue {
  return module.function('epilogue', parameters, 'none', (f, locals) => {
    const { c, cRow, rows, columns, rowBias, columnBias } = locals;
    if (activation === undefined) f.if(i32.eqz(i32.or(rowBias, columnBias)), () => f.return());
    const [count, at, bias] = f.locals('i32', 3);
    const [ofRow, x] = f.locals('v128', 2);
    /** As many elements of a row as `count` says, `bytes` at a time. */
    const elements = (bytes: 4 | 16): void => {
      const load = bytes === 16 ? v128.load : v128.load32Zero;
      f.repeat(count, () => {
        f.set(x, f32x4.add(load(at), ofRow));
        f.if(columnBias, () => {
          f.set(x, f32x4.add(x, load(bias)));
          f.increment(bias, bytes);
        });
        const y = activation === undefined ? x : activation(f, x);
        f.emit(bytes === 16 ? v128.store(at, y) : v128.store32Lane(at, y, 0));
        f.increment(at, bytes);
      });
    };
    f.repeat(rows, () => {
      f.if(rowBias, () => {
        f.set(ofRow, v128.load32Splat(rowBias));
        f.increment(rowBias, 4);
      });
      f.set(at, c);
      f.set(bias, columnBias);
      f.set(count, i32.shrU(columns, 2));
      elements(16);
      f.set(count, i32.and(columns, 3));
      elements(4);
      f.increment(c, cRow);
    });
  });
}
