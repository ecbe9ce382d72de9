import { ModuleBuilder } from '../../../packages/tensor/src/wasm/assembler/module-builder.ts';
import { f32 } from '../../../packages/tensor/src/wasm/assembler/scalar.ts';
import { f32x4, v128 } from '../../../packages/tensor/src/wasm/assembler/vector.ts';
import { compile, createMemory, instantiate } from '../../../packages/tensor/src/wasm/engine.ts';
import type { MatmulVariant } from '../../../packages/tensor/src/wasm/matmul/variant.ts';

/** A run takes about half a millisecond, which no interruption is likely to hit every time. */
const steps = 50_000;
const runs = 40;

/**
 * The most multiply-adds that a variant's instructions can do, in GFLOP/s (two operations each): nothing but
 * independent sums in registers, as many as the variant's tile has. What a matrix product reaches is a share of it.
 */
export function measurePeak(variant: MatmulVariant): number {
  const sums = variant.rows * variant.vectors;
  const run = instantiate(compile(peakModule(variant, sums)), createMemory(1)).run!;
  // Optimised code takes over during the first runs.
  for (let i = 0; i < runs; i++) run(steps);
  let fastest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    run(steps);
    fastest = Math.min(fastest, performance.now() - start);
  }
  const operations = steps * sums * 4 * 2;
  return operations / fastest / 1e6;
}

function peakModule(variant: MatmulVariant, count: number): Uint8Array {
  const module = new ModuleBuilder({ shared: false });
  const run = module.function('run', { steps: 'i32' }, 'none', (f, parameters) => {
    const factor = f.let(f32x4.splat(f32.const(0.5)));
    const sums = f.locals('v128', count);
    f.repeat(parameters.steps, () => {
      for (const sum of sums) f.set(sum, variant.multiplyAdd(factor, factor, sum));
    });
    // Neighbours in memory: this is what the revectoriser begins with.
    sums.forEach((sum, i) => {
      f.emit(v128.store(0, sum, 16 * i));
    });
  });
  module.export(run);
  return module.build();
}
