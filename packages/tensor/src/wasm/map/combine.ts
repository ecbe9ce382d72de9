import type { ModuleBuilder } from '../assembler/module-builder.ts';
import { i32 } from '../assembler/scalar.ts';
import { f32x4, f64x2, v128 } from '../assembler/vector.ts';
import type { MapReduction } from './spec.ts';

const combineTwo = { sum: f64x2.add, maximum: f64x2.max, minimum: f64x2.min } as const;

/**
 * Writes the function that makes results of what the tiles left: `count` rows of `columns` float64, `stride` bytes
 * apart, are combined from the first to the last and rounded to `columns` float32 at `out`. Rows have room for an
 * even number of columns.
 */
export function writeCombine(module: ModuleBuilder, kind: MapReduction): void {
  const parameters = { count: 'i32', columns: 'i32', partials: 'i32', stride: 'i32', out: 'i32' } as const;
  const written = module.function(combineName(kind), parameters, 'none', (f, p) => {
    const [pointer, left] = f.locals('i32', 2);
    f.while(
      () => i32.gtS(p.columns, 0),
      () => {
        const total = f.let(v128.load(p.partials));
        f.set(pointer!, p.partials);
        f.set(left!, i32.sub(p.count, 1));
        f.repeat(left!, () => {
          f.increment(pointer!, p.stride);
          f.set(total, combineTwo[kind](total, v128.load(pointer!)));
        });
        const rounded = f.let(f32x4.demoteF64x2Zero(total));
        f.if(
          i32.gtS(p.columns, 1),
          () => f.emit(v128.store64Lane(p.out, rounded, 0)),
          () => f.emit(v128.store32Lane(p.out, rounded, 0)),
        );
        f.increment(p.partials, 16);
        f.increment(p.out, 8);
        f.increment(p.columns, -2);
      },
    );
  });
  module.export(written);
}

export function combineName(kind: MapReduction): string {
  return `combine ${kind}`;
}
