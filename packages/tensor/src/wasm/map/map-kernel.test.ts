import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateMapKernel } from '../../backend/reference/map-kernel.ts';
import { constant, type Expression, input } from '../../expression/expression.ts';
import * as f from '../../expression/functions.ts';
import { features } from '../features.ts';
import { vectorFunctions } from '../math/table.ts';
import { ulpError } from '../math/ulp.ts';
import { KernelMemory } from '../memory.ts';
import { KernelLibrary, runCalls } from '../threads/kernel-library.ts';
import { type MapOperand, mapKernel } from './map-kernel.ts';
import type { InputMode, MapOutput, MapSpec } from './spec.ts';

const [x, y, z] = [input(0), input(1), input(2)];
const memory = new KernelMemory();
const library = new KernelLibrary(memory);
const sizes = [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 33];

/** A matrix in kernel memory, with what is around it so that writing there is seen. */
interface Matrix {
  readonly operand: MapOperand;
  at(row: number, column: number): number;
}

const guard = 8;
const untouched = 12345;

/** Puts `rows`×`columns` numbers into memory as an input of this mode would lie there. */
function place(
  mode: InputMode,
  rows: number,
  columns: number,
  value: (row: number, column: number) => number,
  repeatRows = false,
): Matrix {
  const [rowStep, columnStep] = {
    vector: [columns + 3, 1],
    scalar: [2, 0],
    strided: [1, rows + 2],
  }[mode] as [number, number];
  const step = repeatRows ? 0 : rowStep;
  const length = 1 + Math.max(0, rows - 1) * step + Math.max(0, columns - 1) * columnStep + 2 * guard;
  const start = memory.scratch(4 * length) / 4;
  memory.float32.fill(untouched, start, start + length);
  const position = (row: number, column: number) => start + guard + row * step + column * columnStep;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) memory.float32[position(i, j)] = value(i, j);
  }
  return {
    operand: { address: 4 * position(0, 0), rowStride: 4 * step, columnStride: 4 * columnStep },
    at: (i, j) => memory.float32[position(i, j)]!,
  };
}

/** A number for every position that is not the same anywhere near. */
const varied = (seed: number) => (row: number, column: number) =>
  Math.fround(Math.sin(17 * seed + 3 * row + 0.7 * column * (row + 1)) * 3);

/** Runs a kernel over inputs made here; returns what it left, with the shapes of its outputs. */
function runSpec(
  spec: MapSpec,
  rows: number,
  columns: number,
  { repeated = [], values = varied }: { repeated?: readonly number[]; values?: typeof varied } = {},
): { inputs: Matrix[]; outputs: Matrix[]; extents: [number, number][] } {
  memory.resetScratch();
  // Memory that is there is not moved by what is placed later.
  const kernel = mapKernel(library, spec, { fused: false });
  const inputs = spec.inputs.map((mode, k) => place(mode, rows, columns, values(k), repeated.includes(k)));
  const extents = spec.outputs.map((output): [number, number] => {
    if (output.kind === 'store') return [rows, columns];
    return { columns: [rows, 1], rows: [1, columns], all: [1, 1] }[output.over] as [number, number];
  });
  const outputs = extents.map(([height, width]) => place('vector', height, width, () => untouched));
  const workspace = memory.scratch(kernel.workspaceBytes(rows, columns));
  const operands = (matrices: readonly Matrix[]) => matrices.map(({ operand }) => operand);
  kernel.run(rows, columns, operands(inputs), operands(outputs), workspace);
  outputs.forEach((output, k) => {
    expectGuarded(output, ...extents[k]!);
  });
  return { inputs, outputs, extents };
}

/** Fails if anything was written beside the rows. */
function expectGuarded({ operand }: Matrix, rows: number, columns: number): void {
  const [start, step] = [operand.address / 4, operand.rowStride / 4];
  for (let k = 1; k <= guard; k++) expect(memory.float32[start - k]).toBe(untouched);
  for (let i = 0; i < rows; i++) {
    for (let j = columns; j < step && i < rows - 1; j++)
      expect(memory.float32[start + i * step + j]).toBe(untouched);
  }
  const end = start + Math.max(0, rows - 1) * step + columns;
  for (let k = 0; k < guard; k++) expect(memory.float32[end + k]).toBe(untouched);
}

/** The value of a formula at a position, in double precision, by the reference backend. */
function referenceAt(expression: Expression, inputs: readonly Matrix[], row: number, column: number): number {
  const out = new Float64Array(1);
  const arrays = inputs.map((matrix) => Float64Array.of(matrix.at(row, column)));
  const zeros = inputs.map(() => 0);
  generateMapKernel(expression)(1, out, 0, arrays, zeros, zeros);
  return out[0]!;
}

const store = (expression: Expression): MapOutput => ({ kind: 'store', expression });

describe('every function, over rows with every kind of rest', () => {
  test.each(Object.entries(vectorFunctions))('%s', (name, { ulp }) => {
    const build = (f as unknown as Record<string, (...operands: Expression[]) => Expression>)[name]!;
    const expression = build(x, y, z);
    const arity = expression.kind === 'call' ? expression.operands.length : 0;
    const modes: readonly InputMode[] = ['vector', 'strided', 'scalar'];
    for (const columns of sizes) {
      for (const rotation of [0, 1, 2]) {
        const inputs = modes.map((_, k) => modes[(k + rotation) % 3]!).slice(0, arity);
        const { inputs: read, outputs } = runSpec({ inputs, outputs: [store(expression)] }, 3, columns);
        for (let i = 0; i < 3; i++) {
          for (let j = 0; j < columns; j++) {
            const exact = referenceAt(expression, read, i, j);
            const error = ulpError(outputs[0]!.at(i, j), exact);
            expect(error, `row ${i}, column ${j} of ${columns}`).toBeLessThanOrEqual(ulp);
          }
        }
      }
    }
  });
});

test('inputs may repeat one row, and no rows or columns are no trouble', () => {
  const spec: MapSpec = { inputs: ['vector', 'scalar'], outputs: [store(f.add(x, y))] };
  for (const repeated of [[0], [1], [0, 1]]) {
    const { inputs, outputs } = runSpec(spec, 4, 9, { repeated });
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 9; j++) {
        expect(outputs[0]!.at(i, j)).toBe(Math.fround(inputs[0]!.at(i, j) + inputs[1]!.at(i, j)));
      }
    }
  }
  runSpec(spec, 0, 9);
  runSpec(spec, 4, 0);
});

test('an output may be an input, also one that later outputs read', () => {
  memory.resetScratch();
  const spec: MapSpec = {
    inputs: ['vector', 'vector'],
    outputs: [store(f.subtract(x, y)), store(f.multiply(x, y))],
  };
  for (const columns of sizes) {
    const [a, b] = [place('vector', 3, columns, varied(0)), place('vector', 3, columns, varied(1))];
    const before = [0, 1, 2].map((i) => sizes.map((_, j) => [a.at(i, j), b.at(i, j)] as const));
    const operands = [a.operand, b.operand];
    mapKernel(library, spec, { fused: false }).run(3, columns, operands, operands, 0);
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < Math.min(columns, sizes.length); j++) {
        const [p, q] = before[i]![j]!;
        expect(a.at(i, j)).toBe(Math.fround(p - q));
        expect(b.at(i, j)).toBe(Math.fround(p * q));
      }
    }
  }
});

const shared = f.exp(f.multiply(x, constant(0.25)));
const reduced = f.add(f.multiply(shared, shared), y);

/** What reductions should give, by plain loops over float64. */
function reduceNaively(
  { kind, over }: { kind: string; over: string },
  rows: number,
  columns: number,
  value: (row: number, column: number) => number,
): number[][] {
  const height = over === 'columns' ? rows : 1;
  const width = over === 'rows' ? columns : 1;
  const start = { sum: 0, maximum: -Infinity, minimum: Infinity }[kind]!;
  const totals = Array.from({ length: height }, () => new Array<number>(width).fill(start));
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const row = totals[over === 'columns' ? i : 0]!;
      const k = over === 'rows' ? j : 0;
      const next = value(i, j);
      if (kind === 'sum') row[k]! += next;
      else row[k] = kind === 'maximum' ? Math.max(row[k]!, next) : Math.min(row[k]!, next);
    }
  }
  return totals;
}

const kinds = ['sum', 'maximum', 'minimum'] as const;
const ranges = ['columns', 'rows', 'all'] as const;

describe.each(ranges)('reductions over %s', (over) => {
  test.each(kinds)('%s', (kind) => {
    const spec: MapSpec = {
      inputs: ['vector', 'scalar'],
      outputs: [{ kind, over, expression: reduced }, store(reduced)],
    };
    for (const [rows, columns] of [
      ...sizes.map((size) => [5, size] as const),
      ...sizes.map((size) => [size, 6] as const),
      [129, 65],
      [3, 33000],
      [9000, 9],
    ] as const) {
      const { outputs, extents } = runSpec(spec, rows, columns);
      const [result, stored] = outputs;
      // Of what is reduced, as it was rounded: the reduction's own error is what is measured.
      const expected = reduceNaively({ kind, over }, rows, columns, (i, j) => stored!.at(i, j));
      const sums = reduceNaively({ kind: 'sum', over }, rows, columns, (i, j) => Math.abs(stored!.at(i, j)));
      for (let i = 0; i < extents[0]![0]; i++) {
        for (let j = 0; j < extents[0]![1]; j++) {
          const exact = expected[i]![j]!;
          if (kind !== 'sum') expect(result!.at(i, j)).toBe(exact);
          // The bounds that the accumulators state, and half a unit for rounding the result.
          else {
            const bound = 7.5 * 2 ** -24 * sums[i]![j]!;
            expect(Math.abs(result!.at(i, j) - exact), `${rows}×${columns}`).toBeLessThanOrEqual(bound);
          }
        }
      }
    }
  });
});

test('NaN reaches every extreme, −0 is below 0, and infinite sums are infinite', () => {
  const outputs = ranges
    .filter((over) => over !== 'rows')
    .flatMap((over) => kinds.map((kind): MapOutput => ({ kind, over, expression: x })));
  const at = (value: number) => () => (i: number, j: number) => (i === 1 && j === 5 ? value : -0);
  const nan = runSpec({ inputs: ['vector'], outputs }, 3, 7, { values: at(Number.NaN) });
  expect(nan.outputs.slice(0, 3).map((output) => output.at(1, 0))).toEqual([
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ]);
  expect(nan.outputs.slice(3).map((output) => output.at(0, 0))).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  const zero = runSpec({ inputs: ['vector'], outputs }, 3, 7, { values: at(0) });
  expect(zero.outputs.slice(1, 3).map((output) => output.at(1, 0))).toEqual([0, -0]);
  const infinite = runSpec({ inputs: ['vector'], outputs }, 3, 7, { values: at(Infinity) });
  expect(infinite.outputs[3]!.at(0, 0)).toBe(Infinity);
});

test('every tile reads and writes its own part, of inputs of all modes', () => {
  const sum = f.add(f.add(x, y), z);
  const inputs: readonly InputMode[] = ['vector', 'scalar', 'strided'];
  // Whole numbers, whose sums are exact.
  const values = (seed: number) => (i: number, j: number) => ((seed + 1) * 31 * i + 7 * j) % 1021;
  for (const extra of [[], [{ kind: 'maximum', over: 'rows', expression: sum }]] as const) {
    for (const [rows, columns] of [
      [3, 33_000],
      [1100, 33],
      [70, 1100],
    ] as const) {
      const run = runSpec({ inputs, outputs: [store(sum), ...extra] }, rows, columns, { values });
      let wrong = 0;
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          const expected = run.inputs.reduce((total, matrix) => total + matrix.at(i, j), 0);
          if (run.outputs[0]!.at(i, j) !== expected) wrong++;
        }
      }
      expect(wrong, `${rows}×${columns}`).toBe(0);
    }
  }
});

test('the order in which tiles are computed does not show', () => {
  const spec: MapSpec = {
    inputs: ['vector', 'scalar'],
    outputs: [
      store(reduced),
      { kind: 'sum', over: 'rows', expression: reduced },
      { kind: 'sum', over: 'all', expression: f.sin(x) },
    ],
  };
  const [rows, columns] = [700, 130];
  const { inputs, outputs } = runSpec(spec, rows, columns);
  const bytes = (matrix: Matrix, length: number) =>
    memory.bytes.slice(matrix.operand.address, matrix.operand.address + 4 * length);
  const lengths = [rows * columns, columns, 1];
  const first = outputs.map((output, k) => bytes(output, lengths[k]!));
  const kernel = mapKernel(library, spec, { fused: false });
  const workspace = memory.scratch(kernel.workspaceBytes(rows, columns));
  const operands = (matrices: readonly Matrix[]) => matrices.map(({ operand }) => operand);
  const phases = kernel.plan(rows, columns, operands(inputs), operands(outputs), workspace);
  expect(phases.map((phase) => phase.length)).toEqual([3, 2]);
  for (const phase of phases) runCalls(phase.toReversed());
  expect(outputs.map((output, k) => bytes(output, lengths[k]!))).toEqual(first);
});

const leaves = fc.constantFrom(x, y, z, constant(0.5), constant(-2), constant(0));
const randomFormula = fc.letrec<{ formula: Expression }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 4 },
    leaves,
    fc.tuple(tie('formula'), tie('formula')).map(([a, b]) => f.add(a, b)),
    fc.tuple(tie('formula'), tie('formula')).map(([a, b]) => f.maximum(a, b)),
    fc.tuple(tie('formula'), tie('formula')).map(([a, b]) => f.minimum(f.negate(a), b)),
    fc
      .tuple(tie('formula'), tie('formula'), tie('formula'))
      .map(([a, b, c]) => f.select(f.less(a, b), c, f.subtract(a, b))),
    fc.tuple(tie('formula'), tie('formula')).map(([a, b]) => f.subtract(f.floor(a), f.sign(b))),
  ),
})).formula;

test('random formulas of exact operations give exactly the reference', () => {
  const mode = fc.constantFrom<InputMode>('vector', 'scalar', 'strided');
  fc.assert(
    fc.property(
      fc.tuple(mode, mode, mode),
      fc.array(randomFormula, { minLength: 1, maxLength: 3 }),
      fc.nat(4),
      fc.nat(20),
      fc.boolean(),
      (inputs, expressions, rows, columns, columnMajor) => {
        const outputs: MapOutput[] = expressions.map(store);
        if (columnMajor) outputs.push({ kind: 'maximum', over: 'rows', expression: expressions[0]! });
        // Small multiples of ¼: nothing is rounded.
        const values = (seed: number) => (i: number, j: number) =>
          ((7 * seed + 5 * i + 3 * j * (i + 1)) % 17) / 4 - 2;
        const run = runSpec({ inputs, outputs }, rows, columns, { values });
        expressions.forEach((expression, k) => {
          for (let i = 0; i < rows; i++) {
            for (let j = 0; j < columns; j++) {
              expect(run.outputs[k]!.at(i, j)).toBe(referenceAt(expression, run.inputs, i, j));
            }
          }
        });
      },
    ),
    { numRuns: 150 },
  );
});

test('a kernel is made once for each memory', () => {
  const spec = (): MapSpec => ({ inputs: ['vector'], outputs: [store(f.cosh(x))] });
  const kernel = mapKernel(library, spec(), { fused: false });
  expect(mapKernel(library, spec(), { fused: false })).toBe(kernel);
  expect(mapKernel(new KernelLibrary(memory), spec(), { fused: false })).not.toBe(kernel);
});

test.skipIf(!features().relaxedSimd)('fused kernels are others, and as exact', () => {
  const spec: MapSpec = { inputs: ['vector'], outputs: [store(f.exp(x))] };
  const fused = mapKernel(library, spec, { fused: true });
  expect(fused).not.toBe(mapKernel(library, spec, { fused: false }));
  memory.resetScratch();
  const [a, b] = [place('vector', 1, 33, varied(0)), place('vector', 1, 33, varied(0))];
  fused.run(1, 33, [a.operand], [b.operand], 0);
  for (let j = 0; j < 33; j++) expect(ulpError(b.at(0, j), Math.exp(a.at(0, j)))).toBeLessThanOrEqual(1.5);
});
