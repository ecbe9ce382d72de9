import { atomic } from '../../packages/tensor/src/wasm/assembler/atomic.ts';
import { ModuleBuilder } from '../../packages/tensor/src/wasm/assembler/module-builder.ts';
import { i32 } from '../../packages/tensor/src/wasm/assembler/scalar.ts';
import type { Kernel, KernelLibrary } from '../../packages/tensor/src/wasm/threads/kernel-library.ts';

/**
 * Kernels (address, count) that wait until `count` of them run at the same time, which takes as many
 * threads. `meet` then returns, and `meetAndFail` stops with an error; both do so after some seconds of waiting.
 */
export function rendezvous(library: KernelLibrary): { readonly meet: Kernel; readonly meetAndFail: Kernel } {
  const module = new ModuleBuilder(library.memory);
  for (const name of ['meet', 'meetAndFail']) {
    module.export(
      module.function(name, { address: 'i32', count: 'i32' }, 'none', (f, { address, count }) => {
        const patience = f.let(i32.const(-1));
        f.drop(atomic.add(address, 1));
        f.while(
          () => i32.and(i32.ltU(atomic.load(address), count), i32.ne(patience, 0)),
          () => f.increment(patience, -1),
        );
        f.if(i32.or(i32.eqz(patience), name === 'meet' ? 0 : 1), () => f.trap());
        return undefined;
      }),
    );
  }
  return library.add(module.build(), ['meet', 'meetAndFail']);
}
