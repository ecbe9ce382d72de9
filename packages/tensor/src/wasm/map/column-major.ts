import { f64, i32 } from '../assembler/scalar.ts';
import type { Local } from '../assembler/value.ts';
import { i32x4, v128 } from '../assembler/vector.ts';
import { createAccumulator } from './accumulators.ts';
import { type ColumnAccumulator, columnAccumulator, rowBlock } from './column-accumulators.ts';
import { compute, type NodeValues } from './formulas.ts';
import { type KernelParts, laneNumbers } from './kernel-parts.ts';
import { advanceColumns, loadColumns, loadVector, storeColumns, vectorBytes } from './operands.ts';

/** A few columns at a time, down all rows: for kernels that reduce every column to a value. */
export function writeColumnMajor(parts: KernelParts): void {
  const { m, formulas, rows, columns, inputs, stores, unroll } = parts;
  const { f } = m;
  const ofColumn = parts.reductions.filter(({ over }) => over === 'rows');
  const ofAll = parts.reductions
    .filter(({ over }) => over === 'all')
    .map((cursor) => ({ cursor, sum: createAccumulator(m, cursor.kind) }));
  const lanes = ofAll.length > 0 ? laneNumbers(m) : undefined;
  const [rowsLeft, rowsOfBlock] = [f.local('i32'), f.local('i32')];

  for (const { sum } of ofAll) sum.reset();
  f.while(
    () => i32.geS(columns, 4 * unroll),
    () => {
      writeStrip(unroll);
    },
  );
  f.while(
    () => i32.gtS(columns, 0),
    () => {
      writeStrip(1, columns);
    },
  );
  for (const { cursor, sum } of ofAll) f.emit(f64.store(cursor.start, sum.result()));

  /** Goes down all rows with `width` vectors, or with one that has as many columns as `rest` says, if fewer than four. */
  function writeStrip(width: number, rest?: Local<'i32'>): void {
    const columnSums = ofColumn.map((cursor) => columnAccumulator(m, cursor, width));
    for (const { pointer, start } of [...inputs, ...stores]) f.set(pointer, start);
    for (const sum of columnSums) sum.reset();
    f.set(rowsLeft, rows);
    f.while(
      () => rowsLeft,
      () => {
        f.set(rowsOfBlock, rowBlock);
        f.if(i32.ltU(rowsLeft, rowBlock), () => f.set(rowsOfBlock, rowsLeft));
        f.set(rowsLeft, i32.sub(rowsLeft, rowsOfBlock));
        f.repeat(rowsOfBlock, () => {
          writeRow(width, rest, columnSums);
        });
        for (const sum of columnSums) sum.endBlock();
      },
    );
    for (const sum of columnSums) sum.store();
    for (const input of inputs) advanceColumns(f, input, input.start, 4 * width);
    for (const { start } of stores) f.increment(start, vectorBytes * width);
    for (const { start } of ofColumn) f.increment(start, 2 * vectorBytes * width);
    f.increment(columns, -4 * width);
  }

  function writeRow(
    width: number,
    rest: Local<'i32'> | undefined,
    columnSums: readonly ColumnAccumulator[],
  ): void {
    const nodes = Array.from({ length: width }, (_, u): NodeValues => {
      const vectors = rest ? loadColumns(f, inputs, rest) : inputs.map((input) => loadVector(f, input, u));
      return compute(m, [...formulas.ofRow, ...formulas.ofElement], formulas.kept, new Map(), (index) => {
        return vectors[inputs.findIndex((input) => input.index === index)]!;
      });
    });
    for (const { pointer, expression } of stores) {
      if (rest) storeColumns(f, [{ pointer, value: nodes[0]!.get(expression)! }], rest);
      else {
        nodes.forEach((values, u) => {
          f.emit(v128.store(pointer, values.get(expression)!, vectorBytes * u));
        });
      }
    }
    ofColumn.forEach(({ expression }, k) => {
      columnSums[k]!.add(nodes.map((values) => values.get(expression)!));
    });
    const mask = rest && lanes && f.let(i32x4.gtS(i32x4.splat(rest), lanes));
    for (const { cursor, sum } of ofAll) {
      sum.add(
        nodes.map((values) => values.get(cursor.expression)!),
        mask,
      );
    }
    for (const { pointer, rowStride } of [...inputs, ...stores]) f.increment(pointer, rowStride);
  }
}
