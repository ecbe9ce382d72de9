import { f32, f64, i32 } from '../assembler/scalar.ts';
import { f32x4, i32x4, v128 } from '../assembler/vector.ts';
import type { LaneMath, Vector } from '../math/lane-math.ts';
import { createAccumulator } from './accumulators.ts';
import { compute, type NodeValues } from './formulas.ts';
import { type KernelParts, laneNumbers } from './kernel-parts.ts';
import { advanceColumns, loadColumns, loadVector, storeColumns, vectorBytes } from './operands.ts';

/** Row by row: for kernels that store, reduce every row to a value, or reduce all. */
export function writeRowMajor(parts: KernelParts): void {
  const { m, formulas, rows, columns, inputs, stores, unroll } = parts;
  const { f } = m;
  const reductions = parts.reductions.map((cursor) => ({ cursor, sum: createAccumulator(m, cursor.kind) }));
  const ofRow = reductions.filter(({ cursor }) => cursor.over === 'columns');
  const ofAll = reductions.filter(({ cursor }) => cursor.over === 'all');
  const moving = inputs.filter(({ mode }) => mode !== 'scalar');
  const lanes = reductions.length > 0 ? laneNumbers(m) : undefined;
  const remaining = f.local('i32');
  const step = 4 * unroll;

  const advance = (count: number): void => {
    for (const input of moving) advanceColumns(f, input, input.pointer, count);
    for (const { pointer } of stores) f.increment(pointer, 4 * count);
  };

  for (const { sum } of ofAll) sum.reset();
  f.repeat(rows, () => {
    for (const { pointer, start } of [...inputs, ...stores]) f.set(pointer, start);
    for (const { sum } of ofRow) sum.reset();
    const rowValues = compute(m, formulas.ofRow, formulas.kept, new Map(), (index) =>
      loadVector(f, inputs.find((input) => input.index === index)!),
    );
    for (const node of formulas.handedOn) {
      if (node.kind === 'call') rowValues.set(node, splatAgain(m, rowValues.get(node)!));
    }
    const computeFrom = (vectors: readonly Vector[]): NodeValues =>
      compute(m, formulas.ofElement, formulas.kept, rowValues, (index) => {
        return vectors[moving.findIndex((input) => input.index === index)]!;
      });

    f.set(remaining, i32.shrU(columns, Math.log2(step)));
    f.repeat(remaining, () => {
      const nodes = Array.from({ length: unroll }, (_, u) =>
        computeFrom(moving.map((input) => loadVector(f, input, u))),
      );
      for (const { pointer, expression } of stores) {
        nodes.forEach((values, u) => {
          f.emit(v128.store(pointer, values.get(expression)!, vectorBytes * u));
        });
      }
      for (const { cursor, sum } of reductions) {
        sum.add(nodes.map((values) => values.get(cursor.expression)!));
      }
      advance(step);
    });

    // What is left, up to four columns at a time.
    f.set(remaining, i32.and(columns, step - 1));
    f.while(
      () => i32.gtS(remaining, 0),
      () => {
        const values = computeFrom(loadColumns(f, moving, remaining));
        const stored = stores.map(({ pointer, expression }) => ({ pointer, value: values.get(expression)! }));
        storeColumns(f, stored, remaining);
        if (lanes !== undefined) {
          const mask = f.let(i32x4.gtS(i32x4.splat(remaining), lanes));
          for (const { cursor, sum } of reductions) sum.add([values.get(cursor.expression)!], mask);
        }
        advance(4);
        f.increment(remaining, -4);
      },
    );

    for (const { cursor, sum } of ofRow) {
      f.emit(f32.store(cursor.start, f32.demoteF64(sum.result())));
      f.increment(cursor.start, cursor.rowStride!);
    }
    for (const { start, rowStride } of [...inputs, ...stores]) f.increment(start, rowStride);
  });
  for (const { cursor, sum } of ofAll) f.emit(f64.store(cursor.start, sum.result()));
}

/** The vector, whose lanes are equal, made from one of them: V8's revectoriser widens splats, but nothing else. */
function splatAgain(m: LaneMath, vector: Vector): Vector {
  return m.let(f32x4.splat(f32x4.extractLane(vector, 0)));
}
