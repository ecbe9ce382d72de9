import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KernelMemory } from '../memory.ts';
import { KernelLibrary, runCalls } from '../threads/kernel-library.ts';
import { GatherKernels, type GatherTask } from './gather-kernels.ts';

const memory = new KernelMemory({ shared: false });
const kernels = new GatherKernels(new KernelLibrary(memory));

interface Case {
  readonly lead: number;
  readonly limit: number;
  readonly rest: number;
  readonly indices: readonly number[];
  readonly parts: number;
  readonly bytes: 4 | 8;
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    lead: fc.constantFrom(0, 1, 1, 2, 3),
    limit: fc.integer({ min: 1, max: 5 }),
    rest: fc.constantFrom(0, 1, 2, 3, 4, 5, 7, 16, 17, 35, 70),
    parts: fc.integer({ min: 1, max: 4 }),
    bytes: fc.constantFrom(4 as const, 8 as const),
  })
  .chain((sizes) =>
    fc.array(fc.nat(sizes.limit - 1), { maxLength: 9 }).map((indices): Case => ({ ...sizes, indices })),
  );

const rounding = { 4: Math.fround, 8: (x: number) => x } as const;

/** Runs both kernels on numbers of many magnitudes, between guards. */
function run(
  which: 'gather' | 'scatterAdd',
  { lead, limit, rest, indices, parts, bytes }: Case,
): { table: number[]; rows: number[]; tableAfter: number[]; rowsAfter: number[] } {
  const round = rounding[bytes];
  const values = (length: number, seed: number): number[] =>
    Array.from({ length }, (_, i) => round(Math.sin(i + seed) * 10 ** ((i + seed) % 5)));
  const [tableSize, rowsSize] = [lead * limit * rest, lead * indices.length * rest];
  const [table, rows] = [values(tableSize, 1), values(rowsSize, 2)];
  const addresses = [tableSize + 2, rowsSize + 2, indices.length + 1].map((n) => memory.allocate(n * bytes));
  const [tableAt, rowsAt, indicesAt] = addresses as [number, number, number];
  const all = bytes === 4 ? memory.float32 : memory.float64;
  const stored = (address: number, size: number): Float32Array | Float64Array =>
    all.subarray(address / bytes, address / bytes + size + 2);
  stored(tableAt, tableSize).set([-99, ...table, -99]);
  stored(rowsAt, rowsSize).set([-98, ...rows, -98]);
  memory.int32.set(indices, indicesAt / 4);
  const task: GatherTask = {
    table: tableAt + bytes,
    rows: rowsAt + bytes,
    indices: indicesAt,
    lead,
    limit,
    count: indices.length,
    rest,
  };
  runCalls(kernels[which](task, bytes, parts));
  const tableAfter = Array.from(stored(tableAt, tableSize));
  const rowsAfter = Array.from(stored(rowsAt, rowsSize));
  for (const address of addresses) memory.free(address);
  return { table, rows, tableAfter, rowsAfter };
}

test('gather equals looking up entry by entry', () => {
  fc.assert(
    fc.property(cases, (each) => {
      const { table, tableAfter, rowsAfter } = run('gather', each);
      const { lead, limit, rest, indices } = each;
      const expected = Array.from({ length: lead }, (_, l) =>
        indices.map((index) => table.slice((l * limit + index) * rest, (l * limit + index + 1) * rest)),
      ).flat(2);
      expect(rowsAfter).toEqual([-98, ...expected, -98]);
      expect(tableAfter).toEqual([-99, ...table, -99]);
    }),
    { numRuns: 300 },
  );
});

test('scatterAdd equals adding entry by entry, rounding each time, whatever the number of parts', () => {
  fc.assert(
    fc.property(cases, (each) => {
      const { table, rows, tableAfter, rowsAfter } = run('scatterAdd', each);
      const { lead, limit, rest, indices, bytes } = each;
      const expected = [...table];
      for (let l = 0; l < lead; l++) {
        indices.forEach((index, j) => {
          for (let r = 0; r < rest; r++) {
            const at = (l * limit + index) * rest + r;
            expected[at] = rounding[bytes](expected[at]! + rows[(l * indices.length + j) * rest + r]!);
          }
        });
      }
      expect(tableAfter).toEqual([-99, ...expected, -99]);
      expect(rowsAfter).toEqual([-98, ...rows, -98]);
    }),
    { numRuns: 300 },
  );
});

describe('by hand', () => {
  test('long rows, which memory.copy moves', () => {
    const each: Case = { lead: 1, limit: 3, rest: 200, indices: [2, 0, 2], parts: 2, bytes: 4 };
    const { table, rowsAfter } = run('gather', each);
    const row = (i: number): number[] => table.slice(200 * i, 200 * (i + 1));
    expect(rowsAfter).toEqual([-98, ...row(2), ...row(0), ...row(2), -98]);
  });

  test.each([3, -1, 2 ** 31 - 1])('index %d of 3 ends the call, and nothing is written for it', (index) => {
    const [table, rows, indices] = [64, 64, 64].map((bytes) => memory.allocate(bytes)) as [
      number,
      number,
      number,
    ];
    memory.bytes.fill(7, rows, rows + 64);
    memory.int32.set([1, index], indices / 4);
    const task: GatherTask = { table, rows, indices, lead: 1, limit: 3, count: 2, rest: 2 };
    expect(() => runCalls(kernels.gather(task, 4))).toThrow('unreachable');
    expect(Array.from(memory.bytes.slice(rows + 8, rows + 64))).toEqual(Array(56).fill(7));
    expect(() => runCalls(kernels.scatterAdd(task, 4))).toThrow('unreachable');
  });
});
