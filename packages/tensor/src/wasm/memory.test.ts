import { describe, expect, test, vi } from 'vitest';
import { ArgumentError } from '../errors.ts';
import { features } from './features.ts';
import { KernelMemory } from './memory.ts';

const kinds = [{ shared: false }, ...(features().threads ? [{ shared: true }] : [])];

describe.each(kinds)('memory with shared = $shared', ({ shared }) => {
  test('addresses are multiples of 64, never 0, and what they hold stays apart', () => {
    const memory = new KernelMemory({ shared });
    const addresses = [1, 64, 65, 1000, 0].map((bytes) => memory.allocate(bytes));
    expect(addresses.every((address) => address > 0 && address % 64 === 0)).toBe(true);
    expect(new Set(addresses).size).toBe(5);
    addresses.forEach((address, i) => {
      memory.bytes.fill(i, address, address + 1);
    });
    expect(addresses.map((address) => memory.bytes[address])).toEqual([0, 1, 2, 3, 4]);
  });

  test('memory grows and keeps what it holds; views are remade', () => {
    const memory = new KernelMemory({ shared });
    const small = memory.allocate(16);
    memory.float32[small / 4] = 1.5;
    const large = memory.allocate(10_000_000);
    memory.float64[large / 8 + 1_000_000] = 0.1;
    memory.int32[large / 4] = -3;
    expect(memory.float32[small / 4]).toBe(1.5);
    expect(memory.float64[large / 8 + 1_000_000]).toBe(0.1);
    expect(memory.int32[large / 4]).toBe(-3);
    const total = memory.memory.buffer.byteLength;
    memory.free(large);
    expect(memory.allocate(10_000_000)).toBe(large);
    expect(memory.memory.buffer.byteLength).toBe(total);
    expect(memory.bytes.length).toBe(total);
  });

  test('scratch memory comes back as a whole and ends up in one region', () => {
    const memory = new KernelMemory({ shared });
    const kept = memory.allocate(64);
    memory.bytes[kept] = 9;
    const sizes = [100, 200_000, 64, 3_000_000, 7];
    for (let round = 0; round < 3; round++) {
      const taken = sizes
        .map((bytes) => ({ start: memory.scratch(bytes), bytes }))
        .sort((p, q) => p.start - q.start);
      taken.forEach(({ start, bytes }, i) => {
        expect(start % 64).toBe(0);
        if (i > 0) expect(start).toBeGreaterThanOrEqual(taken[i - 1]!.start + taken[i - 1]!.bytes);
        memory.bytes.fill(1, start, start + bytes);
      });
      if (round > 0) {
        // One region holds all of them now, one after the other.
        expect(taken.at(-1)!.start - taken[0]!.start).toBeLessThan(128 + 200_064 + 64 + 3_000_064);
      }
      expect(memory.bytes[kept]).toBe(9);
      memory.resetScratch();
    }
    const total = memory.memory.buffer.byteLength;
    for (const bytes of sizes) memory.scratch(bytes);
    expect(memory.memory.buffer.byteLength).toBe(total);
  });

  test('what does not fit is refused with a reason', () => {
    const memory = new KernelMemory({ shared });
    expect(() => memory.allocate(2 ** 33)).toThrow(ArgumentError);
    expect(() => memory.allocate(2 ** 33)).toThrow(/allocate: 8589934592 bytes more do not fit/);
    expect(memory.allocate(64)).toBeGreaterThan(0);
  });
});

test('memory is shared where the engine has threads', () => {
  expect(new KernelMemory().shared).toBe(features().threads);
  if (features().threads) expect(new KernelMemory().memory.buffer).toBeInstanceOf(SharedArrayBuffer);
});

test('a shared memory settles for the largest maximum that is granted', async () => {
  if (!features().threads) return;
  const { WebAssembly: engine } = globalThis;
  const asked: number[] = [];
  vi.stubGlobal('WebAssembly', {
    validate: engine.validate,
    Module: engine.Module,
    Memory: class extends engine.Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        asked.push(descriptor.maximum!);
        if (descriptor.maximum! > 20_000) throw new RangeError('could not allocate memory');
        super(descriptor);
      }
    },
  });
  vi.resetModules();
  const fresh = new (await import('./memory.ts')).KernelMemory({ shared: true });
  vi.unstubAllGlobals();
  vi.resetModules();
  expect(asked).toEqual([65536, 32768, 16384]);
  expect(fresh.shared).toBe(true);
});
