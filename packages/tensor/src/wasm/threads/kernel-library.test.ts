import { describe, expect, test } from 'vitest';
import { ModuleBuilder } from '../assembler/module-builder.ts';
import { i32 } from '../assembler/scalar.ts';
import { KernelMemory } from '../memory.ts';
import { KernelLibrary, runCalls } from './kernel-library.ts';

/** Functions (address) that store their number. */
function numbering(names: readonly string[]): Uint8Array {
  const module = new ModuleBuilder({ shared: false });
  names.forEach((name, i) => {
    module.export(
      module.function(name, { address: 'i32' }, 'none', (f, { address }) => {
        f.emit(i32.store(address, i + 1));
      }),
    );
  });
  return module.build();
}

describe('a library of kernels', () => {
  const library = new KernelLibrary(new KernelMemory({ shared: false }));
  const bytes = numbering(['alpha', 'beta', 'gamma']);

  test('numbers modules and the functions they export', () => {
    const { gamma, alpha } = library.add(bytes, ['gamma', 'alpha']);
    expect([alpha.module, alpha.position, alpha.name]).toEqual([0, 0, 'alpha']);
    expect([gamma.module, gamma.position, gamma.name]).toEqual([0, 2, 'gamma']);
    expect(library.add(numbering(['delta']), ['delta']).delta.module).toBe(1);
    expect(library.modules[0]).toBe(bytes);
  });

  test('its kernels work on its memory, in the order of the calls', () => {
    const { alpha, beta } = library.add(bytes, ['alpha', 'beta']);
    const at = library.memory.allocate(8);
    runCalls([
      { kernel: beta, args: [at] },
      { kernel: alpha, args: [at + 4] },
      { kernel: beta, args: [at + 4] },
    ]);
    expect(Array.from(library.memory.int32.subarray(at / 4, at / 4 + 2))).toEqual([2, 2]);
  });

  test('a function that a module lacks is named', () => {
    expect(() => library.add(bytes, ['delta'])).toThrow(
      'the module exports alpha, beta, gamma, but no delta',
    );
  });
});
