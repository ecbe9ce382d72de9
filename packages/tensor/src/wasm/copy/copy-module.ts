import type { FunctionBuilder } from '../assembler/function-builder.ts';
import { type FunctionHandle, ModuleBuilder } from '../assembler/module-builder.ts';
import { i32, i64 } from '../assembler/scalar.ts';
import type { Local } from '../assembler/value.ts';
import { i32x4, i64x2 } from '../assembler/vector.ts';
import { copyElement, copyRow, type ElementBytes, fillRow, splatElement } from './row.ts';
import { transposeMatrix } from './transpose.ts';

type I32 = Local<'i32'>;

const walk = { from: 'i32', to: 'i32' } as const;

/** Of each axis, outermost first: its length, and the steps in bytes along it in the source and in the target. */
const axes = {
  length0: 'i32',
  from0: 'i32',
  to0: 'i32',
  length1: 'i32',
  from1: 'i32',
  to1: 'i32',
  length2: 'i32',
  from2: 'i32',
  to2: 'i32',
  length3: 'i32',
  from3: 'i32',
  to3: 'i32',
} as const;

/**
 * The module of three kernels for elements of one size:
 * - `copy(from, to, axes…)` copies a view of four axes;
 * - `transpose(from, to, axes…)` does so where the source has neighbours along axis 2 and the target along axis 3;
 * - `fill(to, count, value)` writes one element, the bits of which are an integer (4 bytes) or a double, `count` times.
 */
export function copyModule(bytes: ElementBytes, { shared }: { shared: boolean }): Uint8Array {
  const module = new ModuleBuilder({ shared });
  const copy = overOuterAxes(module, 'copy', (f, p) => {
    f.repeat(p.length2, () => {
      copyAxis(f, p, bytes);
      f.increment(p.from, p.from2);
      f.increment(p.to, p.to2);
    });
  });
  const transpose = overOuterAxes(module, 'transpose', (f, p) => {
    transposeMatrix(f, p, bytes);
  });
  module.export(copy, transpose, fillFunction(module, bytes));
  return module.build();
}

/** What is copied within axes 0 and 1; `from`, `to` and the lengths are fresh copies, to be used up. */
interface Inner {
  readonly from: I32;
  readonly to: I32;
  readonly length2: I32;
  readonly from2: I32;
  readonly to2: I32;
  readonly length3: I32;
  readonly from3: I32;
  readonly to3: I32;
}

function overOuterAxes(
  module: ModuleBuilder,
  name: string,
  inner: (f: FunctionBuilder, parameters: Inner) => void,
): FunctionHandle<typeof walk & typeof axes, 'none'> {
  return module.function(name, { ...walk, ...axes }, 'none', (f, p) => {
    const [from, to, index1, from1, to1, length2] = f.locals('i32', 6) as [I32, I32, I32, I32, I32, I32];
    f.repeat(p.length0, () => {
      f.set(from1, p.from);
      f.set(to1, p.to);
      f.set(index1, p.length1);
      f.repeat(index1, () => {
        f.set(from, from1);
        f.set(to, to1);
        f.set(length2, p.length2);
        inner(f, { ...p, from, to, length2 });
        f.increment(from1, p.from1);
        f.increment(to1, p.to1);
      });
      f.increment(p.from, p.from0);
      f.increment(p.to, p.to0);
    });
  });
}

/** Copies along axis 3: neighbours to neighbours, one element to neighbours, or any to any. */
function copyAxis(f: FunctionBuilder, p: Inner, bytes: ElementBytes): void {
  const from = f.let(p.from);
  const to = f.let(p.to);
  const length = f.let(p.length3);
  const isNeighbour = i32.eq(p.to3, bytes);
  f.if(
    i32.and(isNeighbour, i32.eq(p.from3, bytes)),
    () => {
      f.set(length, i32.mul(length, bytes));
      copyRow(f, { to, from, length }, bytes);
    },
    () => {
      f.if(
        i32.and(i32.and(isNeighbour, i32.eqz(p.from3)), length),
        () => {
          const value = f.let(splatElement(from, bytes));
          f.set(length, i32.mul(length, bytes));
          fillRow(f, { to, length }, value, bytes);
        },
        () => {
          f.repeat(length, () => {
            f.emit(copyElement(to, from, bytes));
            f.increment(from, p.from3);
            f.increment(to, p.to3);
          });
        },
      );
    },
  );
}

function fillFunction(module: ModuleBuilder, bytes: ElementBytes): { name: string; index: number } {
  const body = (f: FunctionBuilder, to: I32, count: I32, value: Local<'v128'>): void => {
    f.set(count, i32.mul(count, bytes));
    fillRow(f, { to, length: count }, value, bytes);
  };
  if (bytes === 4) {
    return module.function('fill', { to: 'i32', count: 'i32', value: 'i32' }, 'none', (f, p) => {
      body(f, p.to, p.count, f.let(i32x4.splat(p.value)));
      return undefined;
    });
  }
  return module.function('fill', { to: 'i32', count: 'i32', value: 'f64' }, 'none', (f, p) => {
    body(f, p.to, p.count, f.let(i64x2.splat(i64.reinterpretF64(p.value))));
    return undefined;
  });
}
