import { afterEach, expect, test, vi } from 'vitest';
import { features } from './features.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** What a fresh copy of the module finds. */
async function detectedNow() {
  vi.resetModules();
  return (await import('./features.ts')).features();
}

test('every Node that is supported has vectors and threads', () => {
  expect(features()).toMatchObject({ simd: true, threads: true });
  expect(features()).toBe(features());
});

test('relaxed SIMD is on by default from Node 22', () => {
  // V8 11.4, which came with Chrome 114, was the first.
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 22) expect(features().relaxedSimd).toBe(true);
  else expect(features().relaxedSimd).toBe(process.execArgv.includes('--experimental-wasm-relaxed-simd'));
});

test('nothing without WebAssembly, or where compiling it is forbidden', async () => {
  const nothing = { simd: false, relaxedSimd: false, threads: false };
  const { WebAssembly: engine } = globalThis;
  vi.stubGlobal('WebAssembly', undefined);
  expect(await detectedNow()).toEqual(nothing);
  vi.stubGlobal('WebAssembly', {
    validate: engine.validate,
    Module: class {
      constructor() {
        throw new engine.CompileError('blocked by CSP');
      }
    },
  });
  expect(await detectedNow()).toEqual(nothing);
});

test('no threads on a page that is not isolated, or without SharedArrayBuffer', async () => {
  vi.stubGlobal('crossOriginIsolated', false);
  expect(await detectedNow()).toMatchObject({ simd: true, threads: false });
  vi.stubGlobal('crossOriginIsolated', true);
  expect(await detectedNow()).toMatchObject({ simd: true, threads: true });
  vi.stubGlobal('SharedArrayBuffer', undefined);
  expect(await detectedNow()).toMatchObject({ simd: true, threads: false });
});
