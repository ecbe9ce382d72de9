import { describe, expect, test } from 'vitest';
import { random } from '../../backend/reference/random.ts';
import { RandomKey } from '../../random/key.ts';
import { KernelMemory } from '../memory.ts';
import { KernelLibrary, runCalls } from '../threads/kernel-library.ts';
import { RandomKernels } from './random-kernels.ts';

const memory = new KernelMemory({ shared: false });
const kernels = new RandomKernels(new KernelLibrary(memory));
const cases = (['uniform', 'normal'] as const).flatMap((kind) =>
  (['float32', 'float64'] as const).map((dtype) => [kind, dtype] as const),
);

describe.each(cases)('%s %s', (kind, dtype) => {
  const bytes = dtype === 'float32' ? 4 : 8;
  const room = 8192;
  const to = memory.allocate(room);

  /** Draws between bytes that must stay as they are, and returns the bits drawn. */
  function draw(key: RandomKey, count: number, parts: number): Uint8Array {
    memory.bytes.fill(0xa5, to, to + room);
    runCalls(kernels.draw({ kind, dtype, key: key.words, count, to: to + 16 }, parts));
    const [before, drawn, after] = [
      [0, 16],
      [16, 16 + count * bytes],
      [16 + count * bytes, room],
    ].map(([start, end]) => memory.bytes.slice(to + start!, to + end!));
    expect([...before!, ...after!].every((byte) => byte === 0xa5)).toBe(true);
    return drawn!;
  }

  function reference(key: RandomKey, count: number): Uint8Array {
    return new Uint8Array(random(kind, key, [count], dtype).data.buffer);
  }

  test('the bits of the reference for every count, and nothing beside them', () => {
    const key = RandomKey.fromSeed(3);
    for (const count of [...Array(36).keys(), 63, 64, 65, 127, 129, 900]) {
      expect(draw(key, count, 1)).toEqual(reference(key, count));
    }
  });

  test('for every key', () => {
    for (const seed of [0, 1, -1, 2 ** 32 - 1, 2 ** 31, 2 ** 53 - 1, -(2 ** 45) - 7]) {
      const key = RandomKey.fromSeed(seed);
      expect(draw(key, 333, 1)).toEqual(reference(key, 333));
    }
  });

  test('whatever the number of parts', () => {
    const key = RandomKey.fromSeed(4);
    const whole = reference(key, 901);
    for (const parts of [2, 3, 7, 100]) expect(draw(key, 901, parts)).toEqual(whole);
  });

  test('of a long draw, where rare words turn up', () => {
    const key = RandomKey.fromSeed(20);
    const count = 1_000_003;
    const address = memory.allocate(count * bytes);
    runCalls(kernels.draw({ kind, dtype, key: key.words, count, to: address }, 3));
    const drawn = memory.bytes.subarray(address, address + count * bytes);
    const differs = reference(key, count).findIndex((byte, i) => byte !== drawn[i]);
    memory.free(address);
    expect(differs).toBe(-1);
  });
});
