import type { Measurement } from './suite.ts';

/** A group's measurements as aligned columns. */
export function formatGroup(measurements: readonly Measurement[]): string {
  const rows = measurements.map(({ name, milliseconds, marginPercent, rate, rateUnit, ratio }) => [
    name,
    `${milliseconds.toFixed(3)} ms`,
    `±${marginPercent.toFixed(1)} %`,
    `${rate.toFixed(2)} ${rateUnit}`,
    `${ratio.toFixed(2)}×`,
  ]);
  return `${measurements[0]!.group}\n${alignColumns(rows, [1, 2, 3, 4])}`;
}

/** Rows of cells as lines; the columns named in `right` end where their neighbours begin. */
export function alignColumns(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      // The last cell of a row may be as long as it likes.
      const width = column === row.length - 1 ? 0 : cell.length;
      widths[column] = Math.max(widths[column] ?? 0, width);
    });
  }
  const align = (cell: string, column: number): string =>
    right.includes(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!);
  return rows.map((row) => `  ${row.map(align).join('   ').trimEnd()}`).join('\n');
}
