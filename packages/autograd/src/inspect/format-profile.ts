import { formatBytes } from './format-bytes.ts';
import type { ProfileReport, ProfileRow } from './profile.ts';

const titles = ['operation', 'calls', 'forward ms', 'backward ms', 'allocated', 'on the tape'];
/** Names longer than this, as those of derived formulas may be, are cut short: the table stays within 80 columns. */
const longestName = 23;

function cells({ operation, calls, forward, backward, allocated, kept }: ProfileRow): string[] {
  const name = operation.length > longestName ? `${operation.slice(0, longestName - 1)}…` : operation;
  return [
    name,
    String(calls),
    forward.toFixed(2),
    backward === 0 ? '' : backward.toFixed(2),
    formatBytes(allocated),
    formatBytes(kept),
  ];
}

/** A profile as an aligned table, the slowest operations first. */
export function formatProfile({ rows, withinBackward, total, elapsed }: ProfileReport): string {
  const body = rows.map(cells);
  const within = withinBackward.map(cells);
  const sum = cells({ operation: 'total', ...total });
  const widths = titles.map((_, column) =>
    Math.max(...[titles, sum, ...body, ...within].map((row) => row[column]!.length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd();
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [
    line(titles),
    rule,
    ...body.map(line),
    ...(within.length > 0 ? ['', 'within the backward pass, in its time above'] : []),
    ...within.map(line),
    rule,
    line(sum),
    `${elapsed.toFixed(2)} ms in all`,
  ].join('\n');
}
