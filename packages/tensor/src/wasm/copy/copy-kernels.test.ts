import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { positionsOf, stridedView } from '../../../../../test/support/strided-views.ts';
import type { NumericArray } from '../../dtype.ts';
import { sliceLayout } from '../../layout.ts';
import { contiguousStrides, sizeOf } from '../../shape.ts';
import type { Tensor } from '../../tensor.ts';
import { KernelMemory } from '../memory.ts';
import { KernelLibrary, runCalls } from '../threads/kernel-library.ts';
import { CopyKernels } from './copy-kernels.ts';
import type { ElementBytes } from './row.ts';

const memory = new KernelMemory({ shared: false });
const kernels = new CopyKernels(new KernelLibrary(memory));
const sizes: readonly ElementBytes[] = [4, 8];

/** Room in memory that holds `values`. */
function put(values: ArrayLike<number>, bytes: ElementBytes): { address: number; stored: NumericArray } {
  const address = memory.allocate(Math.max(1, values.length) * bytes);
  const all = bytes === 4 ? memory.float32 : memory.float64;
  const stored = all.subarray(address / bytes, address / bytes + values.length);
  stored.set(values);
  return { address, stored };
}

interface Copied {
  readonly source: Tensor;
  /** Strides of the target by the order of its axes, with `gap` elements between neighbours of each axis. */
  readonly order: readonly number[];
  readonly gap: number;
  readonly parts: number;
  readonly bytes: ElementBytes;
}

/** Copies by kernel and by the definition of strides; the whole of both targets. */
function both({ source, order, gap, parts, bytes }: Copied): [number[], number[]] {
  const strides: number[] = [];
  let size = 1 + gap;
  for (const axis of [...order].reverse()) {
    strides[axis] = size;
    size *= source.shape[axis]! + gap;
  }
  const from = put(source.data, bytes);
  const to = put(new Float64Array(size + 4).fill(-99), bytes);
  const expected = Array.from(to.stored);
  for (const position of positionsOf(source.shape)) {
    const at = (along: readonly number[]): number =>
      position.reduce((sum, index, axis) => sum + index * along[axis]!, 0);
    expected[2 + at(strides)] = source.data[source.offset + at(source.strides)]!;
  }
  const view = { address: from.address + source.offset * bytes, strides: source.strides };
  runCalls(kernels.copy(source.shape, view, { address: to.address + 2 * bytes, strides }, bytes, parts));
  const copied = Array.from(to.stored);
  memory.free(from.address);
  memory.free(to.address);
  return [copied, expected];
}

const lengths = fc.constantFrom(0, 1, 2, 3, 4, 5, 9, 17);

test.each(sizes)('any view to any other, elements of %d bytes', (bytes) => {
  const cases = fc.array(lengths, { maxLength: 3 }).chain((shape) =>
    fc.record({
      source: stridedView(shape),
      order: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
      gap: fc.constantFrom(0, 0, 1),
      parts: fc.integer({ min: 1, max: 4 }),
      bytes: fc.constant(bytes),
    }),
  );
  fc.assert(
    fc.property(cases, (each) => {
      const [copied, expected] = both(each);
      expect(copied).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test.each(sizes)('more axes than a kernel walks over, elements of %d bytes', (bytes) => {
  const cases = fc.array(fc.constantFrom(1, 2, 3), { minLength: 5, maxLength: 6 }).chain((shape) =>
    fc.record({
      source: stridedView(shape),
      order: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
      gap: fc.constantFrom(0, 1),
      parts: fc.integer({ min: 1, max: 3 }),
      bytes: fc.constant(bytes),
    }),
  );
  fc.assert(
    fc.property(cases, (each) => {
      const [copied, expected] = both(each);
      expect(copied).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

test.each(sizes)('transposes of all sizes, elements of %d bytes', (bytes) => {
  for (const [rows, columns] of [
    [1, 40],
    [3, 3],
    [4, 4],
    [15, 16],
    [16, 17],
    [33, 21],
    [64, 7],
  ] as const) {
    const source = put(
      Float64Array.from({ length: rows * columns }, (_, i) => i),
      bytes,
    );
    const target = put(new Float64Array(rows * columns), bytes);
    for (const parts of [1, 3]) {
      target.stored.fill(-1);
      const from = { address: source.address, strides: [1, rows] };
      const to = { address: target.address, strides: [columns, 1] };
      runCalls(kernels.copy([rows, columns], from, to, bytes, parts));
      const expected = positionsOf([rows, columns]).map(([row, column]) => row! + column! * rows);
      expect(Array.from(target.stored)).toEqual(expected);
    }
  }
});

test('long rows, which memory.copy moves', () => {
  const values = Float64Array.from({ length: 3 * 100 }, (_, i) => i);
  const source = put(values, 4);
  const target = put(new Float64Array(3 * 101), 4);
  const to = { address: target.address + 4, strides: [101, 1] };
  runCalls(kernels.copy([3, 100], { address: source.address, strides: [100, 1] }, to, 4, 2));
  expect(Array.from(target.stored)).toEqual(
    Array.from({ length: 303 }, (_, i) => (i % 101 === 0 ? 0 : Math.floor(i / 101) * 100 + (i % 101) - 1)),
  );
});

test('bits are kept: NaN with a payload, −0, denormals', () => {
  const source = memory.allocate(64);
  const target = memory.allocate(64);
  const bits = [0x7fc01234, -0x80000000, 1, 0x7f800001, -0x3fedcc, 0x7ff80000, 42].map((word) => word | 0);
  for (const bytes of sizes) {
    memory.int32.set([...bits, 7], source / 4);
    for (const strides of [[1], [-1]] as const) {
      const count = 32 / bytes;
      const address = strides[0] === 1 ? target : target + 32 - bytes;
      runCalls(kernels.copy([count], { address: source, strides: [1] }, { address, strides }, bytes));
      const copied = memory.bytes.slice(target, target + 32);
      const elements = Array.from({ length: count }, (_, i) => [...copied.slice(i * bytes, (i + 1) * bytes)]);
      const expected = Array.from({ length: count }, (_, i) => [
        ...memory.bytes.slice(source + i * bytes, source + (i + 1) * bytes),
      ]);
      expect(elements).toEqual(strides[0] === 1 ? expected : expected.reverse());
    }
  }
});

describe('fill', () => {
  test.each(['float32', 'int32', 'float64'] as const)('%s', (type) => {
    const bytes = type === 'float64' ? 8 : 4;
    const views = { float32: memory.float32, int32: memory.int32, float64: memory.float64 };
    for (const value of type === 'int32' ? [0, -5, 2 ** 31 - 1] : [0, -0, 1.5, -Infinity, Number.NaN]) {
      for (const count of [0, 1, 2, 3, 4, 5, 8, 31, 70]) {
        for (const parts of [1, 2]) {
          const address = memory.allocate((count + 2) * 8);
          const stored = views[type].subarray(address / bytes, address / bytes + count + 2).fill(9);
          runCalls(kernels.fill(address + bytes, count, { type, value }, parts));
          expect(Array.from(stored)).toEqual([9, ...Array<number>(count).fill(value), 9]);
          memory.free(address);
        }
      }
    }
  });
});

test('padding and concatenation are copies into windows of a filled target', () => {
  const parts = [put([1, 2, 3, 4], 4), put([5, 6], 4)];
  const target = put(new Float64Array(20), 4);
  runCalls(kernels.fill(target.address, 20, { type: 'float32', value: 7 }));
  const whole = { shape: [4, 5], strides: contiguousStrides([4, 5]), offset: 0 };
  const windows = [
    { shape: [2, 2], start: [1, 0], step: [1, 3] },
    { shape: [2, 1], start: [3, 4], step: [-2, 1] },
  ];
  windows.forEach((window, i) => {
    const { strides, offset } = sliceLayout(whole, window);
    const from = { address: parts[i]!.address, strides: contiguousStrides(window.shape) };
    runCalls(kernels.copy(window.shape, from, { address: target.address + 4 * offset, strides }, 4));
  });
  expect(sizeOf([4, 5])).toBe(20);
  // biome-ignore format: a picture of the target
  expect(Array.from(target.stored)).toEqual([
    7, 7, 7, 7, 7,
    1, 7, 7, 2, 6,
    3, 7, 7, 4, 7,
    7, 7, 7, 7, 5,
  ]);
});
