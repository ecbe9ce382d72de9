import { atomic } from './assembler/atomic.ts';
import { ModuleBuilder } from './assembler/module-builder.ts';
import type { Statement } from './assembler/value.ts';
import { f32x4, v128 } from './assembler/vector.ts';
import { compile, engine } from './engine.ts';

/** What an engine can run. */
export interface Features {
  /** 128-bit vectors. */
  readonly simd: boolean;
  /** Fused multiply-add, whose rounding depends on the machine. */
  readonly relaxedSimd: boolean;
  /** Shared memory and atomic instructions. */
  readonly threads: boolean;
}

let detected: Features | undefined;

/**
 * What this engine can run, found by giving it the smallest module that needs the feature. All are false without
 * WebAssembly, or where a content security policy forbids compiling it.
 */
export function features(): Features {
  detected ??= detect();
  return detected;
}

function detect(): Features {
  const simd = allowed(false, v128.store(0, f32x4.splat(1)));
  const one = f32x4.splat(1);
  return {
    simd,
    relaxedSimd: simd && accepts(false, v128.store(0, f32x4.relaxedMadd(one, one, one))),
    threads: simd && memoryCanBeShared() && accepts(true, atomic.store(0, 1)),
  };
}

/** Whether memory can be shared with workers here: in browsers, pages that are cross-origin isolated. */
function memoryCanBeShared(): boolean {
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
  return typeof SharedArrayBuffer === 'function' && crossOriginIsolated !== false;
}

function accepts(shared: boolean, statement: Statement): boolean {
  return engine?.validate(moduleOf(shared, statement)) ?? false;
}

/** Validation looks at bytes alone; policies are met when compiling. */
function allowed(shared: boolean, statement: Statement): boolean {
  if (!accepts(shared, statement)) return false;
  try {
    compile(moduleOf(shared, statement));
    return true;
  } catch {
    return false;
  }
}

function moduleOf(shared: boolean, statement: Statement): Uint8Array {
  const module = new ModuleBuilder({ shared });
  module.function('probe', {}, 'none', (f) => {
    f.emit(statement);
  });
  return module.build();
}
