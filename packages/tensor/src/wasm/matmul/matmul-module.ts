import { ModuleBuilder } from '../assembler/module-builder.ts';
import { i32 } from '../assembler/scalar.ts';
import { addEpilogue, type VectorFunction } from './epilogue.ts';
import { addMultiplyBlocks } from './multiply-blocks.ts';
import { addMultiplyRow } from './multiply-row.ts';
import type { MatmulVariant } from './variant.ts';

/** The arguments of `matmul`, in order: addresses and strides in bytes, sizes in elements of float32. */
const parameters = {
  rows: 'i32',
  columns: 'i32',
  depth: 'i32',
  a: 'i32',
  aRow: 'i32',
  aStep: 'i32',
  b: 'i32',
  bStep: 'i32',
  bColumn: 'i32',
  c: 'i32',
  /** Columns of c are contiguous. */
  cRow: 'i32',
  /** 0: c is overwritten; else the product is added to it. */
  accumulate: 'i32',
  /** The address of a number for each row, which is added before the activation, or 0. */
  rowBias: 'i32',
  /** As much for each column. */
  columnBias: 'i32',
  /** Room for workspaceBytes that no concurrent call uses. */
  workspace: 'i32',
  // Two axes of a batch: lengths, and strides of a, b and c.
  outerCount: 'i32',
  outerA: 'i32',
  outerB: 'i32',
  outerC: 'i32',
  innerCount: 'i32',
  innerA: 'i32',
  innerB: 'i32',
  innerC: 'i32',
} as const;

export type MatmulArguments = Record<keyof typeof parameters, number>;

const names = Object.keys(parameters) as (keyof typeof parameters)[];

/** The arguments in the order in which the exported function takes them. */
export function inOrder(args: MatmulArguments): number[] {
  return names.map((name) => args[name]);
}

/**
 * The bytes of a module that exports `matmul`: a batch of products c ← activation(a·b + biases), in float32. Every
 * element of c is summed up in the same order (see blocks.ts) whatever the sizes, strides and position, so
 * parts of c that are computed by several calls have the same bits as the whole.
 */
export function matmulModule(
  variant: MatmulVariant,
  options: { shared: boolean; activation?: VectorFunction },
): Uint8Array {
  const module = new ModuleBuilder(options);
  const multiplyRow = addMultiplyRow(module, variant);
  const multiplyBlocks = addMultiplyBlocks(module, variant);
  const epilogue = addEpilogue(module, options.activation);

  const matmul = module.function('matmul', parameters, 'none', (f, p) => {
    const [outer, inner] = f.locals('i32', 2);
    f.for(outer, p.outerCount, 1, () => {
      f.for(inner, p.innerCount, 1, () => {
        f.if(
          i32.eq(p.rows, 1),
          () => f.emit(multiplyRow.call(p)),
          () => f.emit(multiplyBlocks.call(p)),
        );
        // c may not be in the first-level cache any more, but this costs little next to the product.
        f.emit(epilogue.call(p));
        f.increment(p.a, p.innerA);
        f.increment(p.b, p.innerB);
        f.increment(p.c, p.innerC);
      });
      const whole = (step: typeof p.innerA) => i32.mul(p.innerCount, step);
      f.increment(p.a, i32.sub(p.outerA, whole(p.innerA)));
      f.increment(p.b, i32.sub(p.outerB, whole(p.innerB)));
      f.increment(p.c, i32.sub(p.outerC, whole(p.innerC)));
    });
  });
  module.export(matmul);
  return module.build();
}
