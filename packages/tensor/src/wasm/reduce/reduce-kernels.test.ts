import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Reduction } from '../../backend/backend.ts';
import { KernelMemory } from '../memory.ts';
import { KernelLibrary, runCalls } from '../threads/kernel-library.ts';
import type { FloatType } from './folding.ts';
import { ReduceKernels, type ReduceTask } from './reduce-kernels.ts';

const memory = new KernelMemory({ shared: false });
const kernels = new ReduceKernels(new KernelLibrary(memory));

const naive: Readonly<Record<Reduction, (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((a, b) => a + b, 0),
  product: (values) => values.reduce((a, b) => a * b, 1),
  maximum: (values) => Math.max(...values),
  minimum: (values) => Math.min(...values),
};
const kinds = Object.keys(naive) as Reduction[];
const types = ['float32', 'float64'] as const;

const view = (type: FloatType, address: number, length: number): Float32Array | Float64Array =>
  type === 'float32'
    ? memory.float32.subarray(address / 4, address / 4 + length)
    : memory.float64.subarray(address / 8, address / 8 + length);

interface Run {
  readonly kind: Reduction;
  readonly shape: readonly [outer: number, count: number, inner: number];
  readonly from: FloatType;
  readonly to: FloatType;
  /** Elements left out between rows and between matrices. */
  readonly gaps?: readonly [number, number];
  readonly parts?: number;
}

/** Runs a reduction of `values` [outer, count, inner], laid out with gaps of NaN; checks what is beside the result. */
function run({ kind, shape, from, to, gaps = [0, 0], parts = 1 }: Run, values: ArrayLike<number>): number[] {
  const [outer, count, inner] = shape;
  const bytes = from === 'float32' ? 4 : 8;
  const rowLength = inner + gaps[0];
  const matrixLength = count * rowLength + gaps[1];
  const guard = 3;
  const source = memory.allocate((outer * matrixLength + 1) * bytes);
  const target = memory.allocate((outer * inner + 2 * guard) * 8);
  const task: ReduceTask = {
    kind,
    outer,
    count,
    inner,
    from: { type: from, address: source + bytes },
    to: { type: to, address: target + guard * (to === 'float32' ? 4 : 8) },
    countBytes: rowLength * bytes,
    outerBytes: matrixLength * bytes,
  };
  const scratch = memory.allocate(kernels.scratchBytes(task));
  const stored = view(from, source + bytes, outer * matrixLength).fill(Number.NaN);
  for (let i = 0; i < outer * count * inner; i++) {
    const [o, c] = [Math.floor(i / (count * inner)), Math.floor(i / inner) % count];
    stored[o * matrixLength + c * rowLength + (i % inner)] = values[i]!;
  }
  view(to, target, outer * inner + 2 * guard).fill(-77);
  for (const calls of kernels.reduce(task, scratch, parts)) runCalls(calls);
  const around = Array.from(view(to, target, outer * inner + 2 * guard));
  for (const address of [source, target, scratch]) memory.free(address);
  expect([...around.slice(0, guard), ...around.slice(-guard)]).toEqual(Array(2 * guard).fill(-77));
  return around.slice(guard, -guard);
}

/** The values that fall together, result by result. */
function groups([outer, count, inner]: Run['shape'], values: ArrayLike<number>): number[][] {
  return Array.from({ length: outer * inner }, (_, i) =>
    Array.from(
      { length: count },
      (_, c) => values[(Math.floor(i / inner) * count + c) * inner + (i % inner)]!,
    ),
  );
}

/** Multiples of 1/4: sums of them are exact. Ones and twos in products, which are exact as well. */
function sample(kind: Reduction, length: number, seed: number): number[] {
  return Array.from({ length }, (_, i) => {
    const draw = (((i + 1) * (seed + 7919)) >>> 3) % 41;
    if (kind === 'product') return draw === 0 ? -2 : draw < 3 ? 0.5 : draw < 5 ? 2 : 1;
    return draw / 4 - 5;
  });
}

const lengths = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 70];

describe.each(kinds)('%s', (kind) => {
  test('over the last, the first and a middle axis, in every mixture of types', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.constantFrom(0, 1, 2, 5), fc.constantFrom(...lengths), fc.constantFrom(0, 1, ...lengths)),
        fc.constantFrom(...types),
        fc.constantFrom(...types),
        fc.tuple(fc.nat(2), fc.nat(3)),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(1000),
        (shape, from, to, gaps, parts, seed) => {
          const values = sample(kind, shape[0] * shape[1] * shape[2], seed);
          const result = run({ kind, shape, from, to, gaps, parts }, values);
          expect(result).toEqual(groups(shape, values).map(naive[kind]));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('of rows and of columns long enough to be folded in pieces', () => {
    for (const shape of [
      [2, 50_000, 1],
      [1, 32_768, 1],
      [1, 5000, 5],
      [2, 4097, 3],
    ] as const) {
      const values = sample(kind, shape[0] * shape[1] * shape[2], 3);
      for (const parts of [1, 2, 3]) {
        const result = run({ kind, shape, from: 'float32', to: 'float64', parts }, values);
        expect(result).toEqual(
          groups(shape, values).map((group) => group.reduce((a, b) => naive[kind]([a, b]))),
        );
      }
    }
  });

  test('NaN reaches the result, wherever it stands', () => {
    for (const type of types) {
      for (let at = 0; at < 37; at++) {
        const values = sample(kind, 37, 1);
        values[at] = Number.NaN;
        expect(run({ kind, shape: [1, 37, 1], from: type, to: type }, values)).toEqual([Number.NaN]);
        const columns = run({ kind, shape: [1, 1, 37], from: type, to: type }, values);
        expect(columns).toEqual(values);
      }
    }
  });

  test('infinities and signed zeros as in a loop', () => {
    for (const values of [
      [Infinity, -Infinity],
      [-0, -0],
      [0, -0],
      [-0, 0],
      [Infinity, 0],
      [-Infinity, 1],
    ]) {
      for (const type of types) {
        const expected = naive[kind](values);
        expect(run({ kind, shape: [1, 2, 1], from: type, to: type }, values)).toEqual([expected]);
        const repeated = values.flatMap((value) => Array<number>(17).fill(value));
        expect(run({ kind, shape: [1, 2, 17], from: type, to: type }, repeated)).toEqual(
          Array(17).fill(expected),
        );
      }
    }
  });

  test('of nothing is what a loop begins with', () => {
    const start = naive[kind]([]);
    expect(run({ kind, shape: [2, 0, 3], from: 'float32', to: 'float32' }, [])).toEqual(Array(6).fill(start));
    expect(run({ kind, shape: [2, 0, 1], from: 'float64', to: 'float64' }, [])).toEqual([start, start]);
  });
});

describe('sums', () => {
  const length = 40_001;
  const values = Float32Array.from({ length }, (_, i) => Math.fround(Math.sin(i) * 10 ** (i % 7)));

  test('of float32 are accumulated in double precision', () => {
    // One rounding of each of the n additions of numbers up to the sum of all magnitudes.
    const bound = length * 2 ** -53 * values.reduce((sum, value) => sum + Math.abs(value), 0);
    const exact = sumExactly(values);
    const rows = run({ kind: 'sum', shape: [1, length, 1], from: 'float32', to: 'float64' }, values);
    const columns = run(
      { kind: 'sum', shape: [1, length, 1], from: 'float32', to: 'float64', gaps: [1, 0] },
      values,
    );
    expect(Math.abs(rows[0]! - exact)).toBeLessThan(bound);
    expect(Math.abs(columns[0]! - exact)).toBeLessThan(bound);
    expect(run({ kind: 'sum', shape: [1, length, 1], from: 'float32', to: 'float32' }, values)).toEqual([
      Math.fround(exact),
    ]);
  });

  test('small terms beside a large one are not lost', () => {
    const x = [2 ** 24, 1, 1, 1, -(2 ** 24), 1];
    expect(run({ kind: 'sum', shape: [1, 3, 2], from: 'float32', to: 'float32' }, x)).toEqual([1, 3]);
    expect(run({ kind: 'sum', shape: [1, 6, 1], from: 'float32', to: 'float32' }, x)).toEqual([4]);
  });

  test('the same bits for every number of parts', () => {
    for (const shape of [
      [1, length, 1],
      [8, 5000, 1],
      [1, 400, 100],
      [4, 100, 100],
    ] as const) {
      const one = run({ kind: 'sum', shape, from: 'float32', to: 'float64' }, values);
      for (const parts of [2, 3, 5]) {
        expect(run({ kind: 'sum', shape, from: 'float32', to: 'float64', parts }, values)).toEqual(one);
      }
    }
  });
});

/** Σ values rounded once; all of them are whole multiples of 2⁻⁶⁰. */
function sumExactly(values: Float32Array): number {
  const sum = Array.from(values, (value) => BigInt(value * 2 ** 60)).reduce((a, b) => a + b, 0n);
  return Number(sum) / 2 ** 60;
}
