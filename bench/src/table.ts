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
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('   '),
  );
  return [measurements[0]!.group, ...lines.map((line) => `  ${line}`)].join('\n');
}
