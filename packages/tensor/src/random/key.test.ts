import { describe, expect, test } from 'vitest';
import { random } from '../backend/reference/random.ts';
import { arange, zeros } from '../create.ts';
import { ArgumentError, DTypeError, ShapeError } from '../errors.ts';
import { RandomKey } from './key.ts';

function name({ words }: RandomKey): string {
  return words.join(' ');
}

describe('RandomKey.fromSeed', () => {
  test('spreads a safe integer over two words', () => {
    expect(RandomKey.fromSeed(7).words).toEqual([0, 7]);
    expect(RandomKey.fromSeed(5 * 2 ** 32 + 3).words).toEqual([5, 3]);
    expect(RandomKey.fromSeed(-1).words).toEqual([0xffffffff, 0xffffffff]);
    // −2⁵³ + 1 in two's complement is …ffe0 0000 0000 0001.
    expect(RandomKey.fromSeed(Number.MIN_SAFE_INTEGER).words).toEqual([0xffe00000, 1]);
  });

  test.each([0.5, Number.NaN, Infinity, 2 ** 53])('refuses %d', (seed) => {
    expect(() => RandomKey.fromSeed(seed)).toThrow(ArgumentError);
    expect(() => RandomKey.fromSeed(seed)).toThrow(`RandomKey.fromSeed: seed is ${seed}; use a whole number`);
  });

  test('gives a key that cannot change', () => {
    expect(Object.isFrozen(RandomKey.fromSeed(1).words)).toBe(true);
  });
});

describe('split and foldIn', () => {
  const key = RandomKey.fromSeed(2024);

  test('all keys differ, also across split, foldIn, generations and neighbouring seeds', () => {
    const keys = [
      key,
      ...key.split(20_000),
      ...Array.from({ length: 20_000 }, (_, i) => key.foldIn(i - 10_000)),
      ...key.split(100).flatMap((child) => [...child.split(100), child.foldIn(0)]),
      ...RandomKey.fromSeed(2025).split(20_000),
    ];
    expect(new Set(keys.map(name)).size).toBe(keys.length);
  });

  test('key i of a split does not depend on how many are asked for', () => {
    expect(key.split(3).map(name)).toEqual(key.split(10).slice(0, 3).map(name));
    expect(key.split(0)).toEqual([]);
  });

  test('foldIn tells apart data that agree in their low or high halves', () => {
    const data = [
      0,
      1,
      -1,
      2 ** 32,
      -(2 ** 32),
      2 ** 32 + 1,
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
    ];
    expect(new Set(data.map((value) => name(key.foldIn(value)))).size).toBe(data.length);
    expect(name(key.foldIn(42))).toBe(name(key.foldIn(42)));
  });

  test('a child is no block of the words that its parent draws', () => {
    const drawn = random('uniform', key, [20_000], 'float64').toTypedArray();
    const seen = new Set(drawn);
    for (const [high, low] of [...key.split(1000), key.foldIn(0)].map((child) => child.words)) {
      expect(seen.has(((high >>> 5) * 2 ** 26 + (low >>> 6)) * 2 ** -53)).toBe(false);
    }
  });

  test('neighbouring keys differ in about half of their bits', () => {
    const keys = key.split(2001);
    const flips = keys
      .slice(1)
      .map((next, i) =>
        next.words
          .map((word, part) => ((word ^ keys[i]!.words[part]!) >>> 0).toString(2).replaceAll('0', '').length)
          .reduce((sum, count) => sum + count),
      );
    const mean = flips.reduce((sum, count) => sum + count) / flips.length;
    // 64 fair bits: mean 32, standard deviation 4/√2000 = 0.09 of the average.
    expect(Math.abs(mean - 32)).toBeLessThan(0.36);
  });

  test('refuse what is not a number of keys or a safe integer', () => {
    expect(() => key.split(-1)).toThrow('split: count is -1; ask for a whole number ≥ 0 of keys.');
    expect(() => key.split(1.5)).toThrow(ArgumentError);
    expect(() => key.foldIn(0.1)).toThrow('foldIn: data is 0.1; use a whole number');
  });
});

describe('toTensor and fromTensor', () => {
  test('keep all bits', () => {
    const key = RandomKey.fromSeed(-2);
    expect(key.toTensor().dtype).toBe('int32');
    expect(key.toTensor().toArray()).toEqual([-1, -2]);
    expect(RandomKey.fromTensor(key.toTensor()).words).toEqual([0xffffffff, 0xfffffffe]);
  });

  test('read views', () => {
    const view = arange(0, 6, 1, { dtype: 'int32' }).slice([[null, null, -3]]);
    expect(RandomKey.fromTensor(view).words).toEqual([5, 2]);
  });

  test('refuse other tensors', () => {
    expect(() => RandomKey.fromTensor(zeros([2]))).toThrow(DTypeError);
    expect(() => RandomKey.fromTensor(zeros([2, 1], { dtype: 'int32' }))).toThrow(ShapeError);
    expect(() => RandomKey.fromTensor(zeros([3], { dtype: 'int32' }))).toThrow(
      'RandomKey.fromTensor: words is int32 [3], but a key is int32 [2].',
    );
  });
});
