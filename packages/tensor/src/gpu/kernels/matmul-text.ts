import { coordinateTexts, sumText } from '../source/positions.ts';
import type { MatmulLayout, MatrixLayout } from './matmul-layout.ts';

/** JavaScript for the entries that the thread of one element of the product reads. */
export interface MatmulText {
  /** What is the same for all terms. */
  readonly statements: readonly string[];
  /** aᵢₖ·bₖⱼ of the product's element i, j, with the text of k. */
  term(k: string): string;
}

/** Variables of gpu.js are float32, which has all whole numbers up to here. */
const mostExact = 2 ** 24;

export function matmulText(layout: MatmulLayout): MatmulText {
  const { batch, rows, columns, inner, a, b } = layout;
  const thread = 'this.thread.x';
  const row = `remainder(quotient(${thread}, ${columns}), ${rows})`;
  const column = `remainder(${thread}, ${columns})`;
  const matrices = coordinateTexts(batch, `quotient(${thread}, ${rows * columns})`);
  const start = ({ offset, batchStrides }: MatrixLayout, line: string, lineStride: number): string =>
    sumText(offset, [
      ...matrices.map((text, axis) => ({ text, factor: batchStrides[axis]! })),
      { text: line, factor: lineStride },
    ]);
  const starts = [start(a, row, a.rowStride), start(b, column, b.columnStride)] as const;
  const steps = [a.columnStride, b.rowStride] as const;
  const furthest = Math.max(reach(a, batch, rows, inner), reach(b, batch, inner, columns));
  // Larger indices have to be put together as whole numbers, which no variable holds.
  const names = furthest < mostExact ? (['startA', 'startB'] as const) : starts;
  const entry = (operand: 0 | 1, k: string): string => {
    const along = sumText(0, [{ text: k, factor: steps[operand] }]);
    return `operand${operand}[${names[operand]} + ${along}]`;
  };
  return {
    statements: names === starts ? [] : starts.map((text, i) => `const ${names[i]} = ${text};`),
    term: (k) => `${entry(0, k)} * ${entry(1, k)}`,
  };
}

/** No index of a matrix is larger. */
function reach(
  { offset, batchStrides, rowStride, columnStride }: MatrixLayout,
  batch: readonly number[],
  rows: number,
  columns: number,
): number {
  const along = (length: number, stride: number): number => Math.max(0, length - 1) * Math.abs(stride);
  const between = batch.reduce((sum, length, axis) => sum + along(length, batchStrides[axis]!), 0);
  return offset + between + along(rows, rowStride) + along(columns, columnStride);
}
