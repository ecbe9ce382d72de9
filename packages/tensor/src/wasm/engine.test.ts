import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

test('without WebAssembly, compiling and making memory say so', async () => {
  vi.stubGlobal('WebAssembly', undefined);
  vi.resetModules();
  const { compile, createMemory } = await import('./engine.ts');
  expect(() => compile(new Uint8Array())).toThrow(
    'wasm: this engine has no WebAssembly. Use the reference backend',
  );
  expect(() => createMemory(1)).toThrow('this engine has no WebAssembly');
});
