import { describe, expect, test } from 'vitest';
import { threefry } from './threefry.ts';

function block(key: readonly [number, number], counter: readonly [number, number]): string {
  const words = new Uint32Array(2);
  threefry(key[0], key[1], counter[0], counter[1], words);
  return Array.from(words, (word) => word.toString(16).padStart(8, '0')).join(' ');
}

describe('threefry', () => {
  // The file kat_vectors of Random123, lines "threefry2x32 20".
  test.each([
    [[0, 0], [0, 0], '6b200159 99ba4efe'],
    [[0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], '1cb996fc bb002be7'],
    [[0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3], 'c4923a9c 483df7a0'],
  ] as const)('key %j, counter %j gives %s', (key, counter, expected) => {
    expect(block(key, counter)).toBe(expected);
  });

  test('fills consecutive counters, and the low word wraps', () => {
    const words = new Uint32Array(6);
    threefry(5, 6, 0xffffffff, 9, words);
    const apart = [0xffffffff, 0, 1].flatMap((low) => {
      const pair = new Uint32Array(2);
      threefry(5, 6, low, 9, pair);
      return Array.from(pair);
    });
    expect(Array.from(words)).toEqual(apart);
  });
});
