import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitRange } from './split.ts';

test('covers every position once, in order, in parts that differ by at most one group', () => {
  fc.assert(
    fc.property(
      fc.nat(300),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 70 }),
      (n, parts, m) => {
        const ranges = splitRange(n, parts, m);
        expect(
          ranges.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i)),
        ).toEqual(Array.from({ length: n }, (_, i) => i));
        expect(ranges.length).toBeLessThanOrEqual(parts);
        const groups = ranges.map(({ from, to }) => Math.ceil((to - from) / m));
        expect(ranges.every(({ from, to }) => from % m === 0 && to > from)).toBe(true);
        if (n > 0) expect(Math.max(...groups) - Math.min(...groups)).toBeLessThanOrEqual(1);
      },
    ),
  );
});

test('by hand', () => {
  expect(splitRange(10, 2, 4)).toEqual([
    { from: 0, to: 4 },
    { from: 4, to: 10 },
  ]);
  expect(splitRange(3, 8)).toEqual([0, 1, 2].map((from) => ({ from, to: from + 1 })));
  expect(splitRange(0, 4)).toEqual([]);
});
