import { threefry } from './threefry.ts';

/**
 * Every use of a key has counters of its own: the top byte of the high counter word names the use, the 56 bits
 * below it count. Threefry permutes the counters of a key, so no block is shared between uses: a key split off
 * or folded in never equals a block drawn from its parent, and the normals of a key do not repeat the bits of
 * its uniforms.
 */
const uses = { uniform: 0, normal: 1, split: 2, foldIn: 3 } as const;

/**
 * Fills `words` with blocks number `first`, first + 1, … of one use of a key, two words a block. `first` is any
 * safe integer; the blocks of one call must not cross a multiple of 2³².
 */
export function fillBlocks(
  [key0, key1]: readonly [number, number],
  use: keyof typeof uses,
  first: number,
  words: Uint32Array,
): void {
  const [low, high] = counterOf(use, first);
  threefry(key0, key1, low, high, words);
}

/** The two counter words of block number `block`, any safe integer, of one use of a key. */
export function counterOf(use: keyof typeof uses, block: number): [low: number, high: number] {
  return [block >>> 0, (uses[use] << 24) | (Math.floor(block / 2 ** 32) & 0xffffff)];
}
