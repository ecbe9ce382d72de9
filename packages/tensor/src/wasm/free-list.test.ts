import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArgumentError } from '../errors.ts';
import { FreeList } from './free-list.ts';

test('the first range that is large enough is used, and what is given back is used again', () => {
  const list = new FreeList();
  list.add(100, 50);
  expect([list.take(20), list.take(20), list.take(20)]).toEqual([100, 120, undefined]);
  list.giveBack(100);
  expect([list.take(10), list.take(10), list.take(10)]).toEqual([100, 110, 140]);
});

test('neighbours join, from either side and from both', () => {
  const list = new FreeList();
  list.add(0, 30);
  const [a, b, c] = [list.take(10)!, list.take(10)!, list.take(10)!];
  list.giveBack(a);
  list.giveBack(c);
  expect(list.take(11)).toBeUndefined();
  list.giveBack(b);
  expect(list.take(30)).toBe(0);
  list.add(30, 10);
  list.giveBack(0);
  expect(list.freeBefore(40)).toBe(40);
  expect(list.freeBefore(50)).toBe(0);
});

test('an address that was not taken, or was given back before, is refused', () => {
  const list = new FreeList();
  list.add(0, 64);
  const address = list.take(64)!;
  expect(() => list.giveBack(8)).toThrow(ArgumentError);
  list.giveBack(address);
  expect(() => list.giveBack(address)).toThrow('free: nothing is allocated at address 0');
});

test('whatever is taken and given back, ranges in use never meet and all comes back in the end', () => {
  const action = fc.record({ take: fc.boolean(), bytes: fc.integer({ min: 1, max: 40 }), pick: fc.nat() });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const list = new FreeList();
      list.add(0, 200);
      const owners = Array<number>(200).fill(0);
      const taken: { address: number; bytes: number; owner: number }[] = [];
      actions.forEach(({ take, bytes, pick }, step) => {
        if (take) {
          const address = list.take(bytes);
          if (address === undefined) return;
          expect(owners.slice(address, address + bytes)).toEqual(Array(bytes).fill(0));
          owners.fill(step + 1, address, address + bytes);
          taken.push({ address, bytes, owner: step + 1 });
        } else if (taken.length > 0) {
          const [block] = taken.splice(pick % taken.length, 1);
          list.giveBack(block!.address);
          owners.fill(0, block!.address, block!.address + block!.bytes);
        }
      });
      for (const { address } of taken) list.giveBack(address);
      expect(list.take(200)).toBe(0);
    }),
  );
});
