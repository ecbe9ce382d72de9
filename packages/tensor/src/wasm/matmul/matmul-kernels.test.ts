import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { positionsOf, stridedView } from '../../../../../test/support/strided-views.ts';
import { type Shape, sizeOf } from '../../shape.ts';
import type { Tensor } from '../../tensor.ts';
import { f32x4 } from '../assembler/vector.ts';
import { features } from '../features.ts';
import { KernelMemory } from '../memory.ts';
import { KernelLibrary, runCalls } from '../threads/kernel-library.ts';
import { blockLength } from './blocks.ts';
import { type Activation, MatmulKernels, type MatmulTask } from './matmul-kernels.ts';
import { chooseVariant, exact, relaxed, revectorized } from './variant.ts';

const { fround } = Math;

const memory = new KernelMemory({ shared: false });
const library = new KernelLibrary(memory);

/** A view of numbers in ordinary memory. */
interface Matrices {
  readonly data: Float32Array;
  readonly strides: readonly number[];
  readonly offset: number;
}

/** A product before it is given addresses. */
interface Case {
  readonly batch: Shape;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly a: Matrices;
  readonly b: Matrices;
  readonly before?: number;
  readonly rowBias?: Float32Array;
  readonly columnBias?: Float32Array;
  readonly activation?: Activation;
}

/** Elements that lie around c: nothing may write there. */
const margin = 5;
const untouched = -77;

/** Runs a case; c is a view with a gap after every row, the result its elements in row-major order. */
function run(kernels: MatmulKernels, problem: Case, parts = 1): number[] {
  const { batch, rows, columns, a, b, before } = problem;
  const put = (values: Float32Array): number => {
    const address = memory.scratch(4 * values.length);
    memory.float32.set(values, address / 4);
    return address;
  };
  const rowLength = columns + margin;
  const count = sizeOf(batch);
  const c = put(new Float32Array(margin + count * rows * rowLength + margin).fill(untouched)) / 4 + margin;
  const inside = positionsOf([count, rows, columns]).map(
    ([n, i, j]) => c + (n! * rows + i!) * rowLength + j!,
  );
  for (const position of inside) memory.float32[position] = before ?? Number.NaN;
  const view = (operand: Matrices) => ({
    address: put(operand.data) + 4 * operand.offset,
    strides: operand.strides,
  });
  const batchStrides = batch.map((_, axis) => sizeOf(batch.slice(axis + 1)) * rows * rowLength);
  const task: MatmulTask = {
    batch,
    rows,
    columns,
    depth: problem.depth,
    a: view(a),
    b: view(b),
    c: { address: 4 * c, strides: [...batchStrides, rowLength, 1] },
    accumulate: before !== undefined,
    ...(problem.rowBias && { rowBias: put(problem.rowBias) }),
    ...(problem.columnBias && { columnBias: put(problem.columnBias) }),
    ...(problem.activation && { activation: problem.activation }),
  };
  // Calls of one list may run in any order.
  runCalls(kernels.multiply(task, parts).reverse());
  const result = inside.map((position) => memory.float32[position]!);
  for (const position of inside) memory.float32[position] = untouched;
  const all = memory.float32.subarray(c - margin, c + count * rows * rowLength + margin);
  expect(all.every((value) => value === untouched)).toBe(true);
  memory.resetScratch();
  return result;
}

/** For every element of c, the pairs that are multiplied for it, and its row and column. */
function forEachElement(
  { batch, rows, columns, depth, a, b }: Case,
  visit: (pairs: readonly (readonly [number, number])[], row: number, column: number) => void,
): void {
  const at = ({ data, strides, offset }: Matrices, position: readonly number[]): number =>
    data[position.reduce((sum, index, axis) => sum + index * strides[axis]!, offset)]!;
  for (const lead of positionsOf(batch)) {
    for (const [i, j] of positionsOf([rows, columns]) as [number, number][]) {
      const pairs = Array.from(
        { length: depth },
        (_, k) => [at(a, [...lead, i, k]), at(b, [...lead, k, j])] as const,
      );
      visit(pairs, i, j);
    }
  }
}

/** The definition of the exact variant: float32 sums of float32 products in order, in even blocks of at most 512. */
function exactly(problem: Case, activation: (x: number) => number = (x) => x): number[] {
  const result: number[] = [];
  forEachElement(problem, (pairs, i, j) => {
    let total = problem.before;
    const length = Math.ceil(pairs.length / Math.ceil(pairs.length / 512));
    for (let k0 = 0; k0 === 0 || k0 < pairs.length; k0 += length) {
      let sum = 0;
      for (const [x, y] of pairs.slice(k0, k0 + length)) sum = fround(sum + fround(x * y));
      total = total === undefined ? sum : fround(sum + total);
    }
    if (problem.rowBias) total = fround(total! + problem.rowBias[i]!);
    if (problem.columnBias) total = fround(total! + problem.columnBias[j]!);
    result.push(activation(total!));
  });
  return result;
}

/** Checks results against double precision, with the documented bound. */
function expectWithinBound(problem: Case, result: readonly number[]): void {
  const length = blockLength(problem.depth);
  const n = length + Math.ceil(problem.depth / length);
  const gamma = (n * 2 ** -24) / (1 - n * 2 ** -24);
  let position = 0;
  let outside = 0;
  forEachElement(problem, (pairs) => {
    const truth = pairs.reduce((sum, [x, y]) => sum + x * y, 0);
    const size = pairs.reduce((sum, [x, y]) => sum + Math.abs(x * y), 0);
    if (!(Math.abs(result[position++]! - truth) <= gamma * size)) outside++;
  });
  expect(outside).toBe(0);
}

const plain = (data: Float32Array, rows: number, columns: number, transposed = false): Matrices => ({
  data,
  strides: transposed ? [1, rows] : [columns, 1],
  offset: 0,
});

/** Numbers of both signs with many bits, the same every time. */
function noise(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}

function problemOf(rows: number, columns: number, depth: number, layout = 'NN'): Case {
  return {
    batch: [],
    rows,
    columns,
    depth,
    a: plain(noise(rows * depth, 1), rows, depth, layout[0] === 'T'),
    b: plain(noise(depth * columns, 2), depth, columns, layout[1] === 'T'),
  };
}

const variants = [exact, relaxed, revectorized].map((variant) => ({ variant, name: variant.name }));
const layouts = ['NN', 'NT', 'TN', 'TT'];

describe.each(variants)('$name matrix product (skipped where it does not validate)', ({ variant }) => {
  const kernels = new MatmulKernels(library, variant);
  const runs = variant === exact || features().relaxedSimd;

  test.runIf(runs).each(layouts)('every edge of the tiles, layout %s', (layout) => {
    for (let rows = 1; rows <= 14; rows++) {
      for (const columns of [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 19, 31, 33]) {
        const problem = problemOf(rows, columns, ((rows * 5 + columns) % 13) + 1, layout);
        expectWithinBound(problem, run(kernels, problem));
      }
    }
  });

  test.runIf(runs).each(layouts)('more than one block of rows, columns and depth, layout %s', (layout) => {
    for (const [rows, columns, depth] of [
      [101, 37, 300],
      [7, 1030, 9],
      [98, 18, 531],
      [5, 3, 1025],
      [1, 100, 700],
      [100, 1, 700],
      [2, 13, 513],
    ] as const) {
      const problem = problemOf(rows, columns, depth, layout);
      expectWithinBound(problem, run(kernels, problem));
    }
  });

  // Multiples of 1/4 up to 5 in size: sums of a few products are exact, whatever the rounding.
  test.runIf(runs)('views with any strides and offsets, batches that broadcast', () => {
    const size = fc.constantFrom(0, 1, 2, 3, 5, 8, 9);
    const problems = fc
      .record({
        batch: fc.array(fc.constantFrom(1, 2, 3), { maxLength: 4 }),
        rows: size,
        depth: size,
        columns: size,
      })
      .chain(({ batch, rows, depth, columns }) =>
        fc.record({
          a: stridedView([...batch, rows, depth]),
          b: stridedView([...batch, depth, columns]),
          parts: fc.constantFrom(1, 2, 3),
        }),
      );
    fc.assert(
      fc.property(problems, ({ a, b, parts }) => {
        const [rows, depth] = a.shape.slice(-2) as [number, number];
        const matrices = (x: Tensor): Matrices => ({
          data: Float32Array.from(x.data),
          strides: x.strides,
          offset: x.offset,
        });
        const problem: Case = {
          batch: a.shape.slice(0, -2),
          rows,
          depth,
          columns: b.shape.at(-1)!,
          a: matrices(a),
          b: matrices(b),
        };
        expect(run(kernels, problem, parts).map((x) => x + 0)).toEqual(exactly(problem).map((x) => x + 0));
      }),
      { numRuns: 300 },
    );
  });

  test.runIf(runs)('the number of parts does not change a bit', () => {
    for (const problem of [
      problemOf(50, 70, 300),
      problemOf(70, 33, 20, 'TN'),
      problemOf(3, 200, 40, 'NT'),
    ]) {
      const whole = run(kernels, problem);
      for (const parts of [2, 3, 7, 100]) expect(run(kernels, problem, parts)).toEqual(whole);
    }
  });

  test.runIf(runs)('a depth of 0 gives zeros, or what c held, then biases', () => {
    const problem = problemOf(5, 6, 0);
    expect(run(kernels, problem)).toEqual(Array(30).fill(0));
    expect(run(kernels, problemOf(1, 40, 0))).toEqual(Array(40).fill(0));
    expect(run(kernels, { ...problem, before: 3 })).toEqual(Array(30).fill(3));
    expect(run(kernels, { ...problem, rowBias: Float32Array.of(1, 2, 3, 4, 5) })).toEqual(
      [1, 2, 3, 4, 5].flatMap((bias) => Array(6).fill(bias)),
    );
  });

  test.runIf(runs)('NaN and infinities stay in their own rows and columns', () => {
    for (const [rows, columns, depth] of [
      [7, 19, 5],
      [2, 37, 5],
      [19, 1, 5],
    ] as const) {
      const problem = problemOf(rows, columns, depth);
      problem.a.data[2] = Number.NaN;
      problem.b.data[columns * 3 + columns - 1] = Number.POSITIVE_INFINITY;
      const result = run(kernels, problem);
      result.forEach((value, position) => {
        const [row, column] = [Math.floor(position / columns), position % columns];
        if (row === 0) expect(value).toBeNaN();
        else if (column === columns - 1) {
          expect(value).toBe(problem.a.data[row * depth + 3]! > 0 ? Infinity : -Infinity);
        } else expect(Number.isFinite(value)).toBe(true);
      });
    }
  });
});

describe('the exact variant has the bits of its definition', () => {
  const kernels = new MatmulKernels(library, exact);

  test.each(layouts)('on every path, layout %s', (layout) => {
    for (const [rows, columns, depth] of [
      [1, 1, 600],
      [1, 70, 300],
      [70, 1, 1029],
      [3, 45, 513],
      [4, 45, 513],
      [33, 35, 560],
      [13, 1040, 3],
    ] as const) {
      const problem = problemOf(rows, columns, depth, layout);
      expect(run(kernels, problem)).toEqual(exactly(problem));
      expect(run(kernels, { ...problem, before: 0.1 })).toEqual(exactly({ ...problem, before: fround(0.1) }));
    }
  });

  test('with biases and activations', () => {
    const half: Activation = { name: 'half', emit: (f, x) => f32x4.mul(x, f.constant(0.5)) };
    const relu: Activation = { name: 'relu', emit: (f, x) => f32x4.max(x, f.constant(0)) };
    for (const [rows, columns, depth] of [
      [9, 22, 300],
      [2, 9, 10],
      [30, 1, 10],
      [1, 1, 3],
    ] as const) {
      const problem = problemOf(rows, columns, depth);
      const rowBias = noise(rows, 3);
      const columnBias = noise(columns, 4);
      for (const parts of [1, 3]) {
        for (const biases of [{}, { rowBias }, { columnBias }, { rowBias, columnBias }]) {
          const biased = { ...problem, ...biases };
          expect(run(kernels, biased, parts)).toEqual(exactly(biased));
          expect(run(kernels, { ...biased, activation: relu }, parts)).toEqual(
            exactly(biased, (x) => Math.max(x, 0)),
          );
          expect(run(kernels, { ...biased, activation: half }, parts)).toEqual(exactly(biased, (x) => x / 2));
        }
      }
    }
  });

  test('in batches: one matrix for all, biases for each, axes that do not merge', () => {
    const [rows, columns, depth] = [4, 5, 6];
    const a = (batch: Shape, strides: readonly number[]): Matrices => ({
      data: noise(sizeOf(batch) * rows * depth, 5),
      strides: [...strides, depth, 1],
      offset: 0,
    });
    const one = { data: noise(depth * columns, 6), strides: [0, columns, 1], offset: 0 };
    const shared: Case = { batch: [3], rows, columns, depth, a: a([3], [rows * depth]), b: one };
    const columnBias = noise(columns, 7);
    const rowBias = noise(rows, 8);
    expect(run(kernels, shared)).toEqual(exactly(shared));
    expect(run(kernels, { ...shared, columnBias })).toEqual(exactly({ ...shared, columnBias }));
    expect(run(kernels, { ...shared, rowBias }, 2)).toEqual(exactly({ ...shared, rowBias }));
    const size = rows * depth;
    const permuted: Case = {
      batch: [2, 3, 2, 2],
      rows,
      columns,
      depth,
      a: a([2, 3, 2, 2], [size, 2 * size, 12 * size, 6 * size]),
      b: { ...one, strides: [0, 0, 0, 0, columns, 1] },
    };
    for (const parts of [1, 2, 5]) expect(run(kernels, permuted, parts)).toEqual(exactly(permuted));
    const vector: Case = { ...permuted, columns: 1, b: { ...one, strides: [0, 1, 0, 3, 2, 1] } };
    expect(run(kernels, vector)).toEqual(exactly(vector));
  });
});

test('no rows, no columns or no matrices: nothing to call', () => {
  const kernels = new MatmulKernels(library, exact);
  const view = { address: 64, strides: [1, 1, 1] };
  const task = { batch: [2], rows: 2, columns: 2, depth: 2, a: view, b: view, c: view };
  expect(kernels.multiply({ ...task, rows: 0 })).toEqual([]);
  expect(kernels.multiply({ ...task, columns: 0 })).toEqual([]);
  expect(kernels.multiply({ ...task, batch: [0] })).toEqual([]);
});

test('the variant is the fastest that is allowed', () => {
  const best = features().relaxedSimd ? relaxed : exact;
  expect(chooseVariant()).toBe(best);
  expect(chooseVariant({ deterministic: true })).toBe(exact);
  expect(chooseVariant({ deterministic: true, revectorize: true })).toBe(exact);
  expect(chooseVariant({ revectorize: true })).toBe(features().relaxedSimd ? revectorized : exact);
});
