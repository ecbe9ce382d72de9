import { type Check, passes } from '@reparam/vae';
import { formatCount } from '../terminal/format.ts';
import { wrapBeside } from '../terminal/wrap.ts';
import type { TruthOutcome } from './outcome.ts';

/** A number in six significant digits, without zeros that say nothing. */
export function formatFigure(value: number): string {
  return String(Number(value.toPrecision(6))).replace('-', '−');
}

/** The interval of accepted values: `0.1 … 0.2`, `≤ 0.2`, or the only one. */
export function formatAccepted({ accepted: { from, to } }: Check): string {
  if (from === to) return formatFigure(to);
  if (from === -Infinity) return `≤ ${formatFigure(to)}`;
  if (to === Infinity) return `≥ ${formatFigure(from)}`;
  return `${formatFigure(from)} … ${formatFigure(to)}`;
}

export function formatMark(holds: boolean): string {
  return holds ? '✓' : '✗';
}

/** What came of a ground truth: a line, then one for each of its checks. */
export function renderOutcome(outcome: TruthOutcome, columns = 100): string {
  const { name, title, seconds, checks, error, holds } = outcome;
  const cells = checks.map((check) => [
    check.quantity,
    `target ${formatFigure(check.target)}`,
    `reached ${formatFigure(check.reached)}`,
    `accepted ${formatAccepted(check)}`,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]!.length)));
  return [
    `${formatMark(holds)} ${name}  ${title} (${seconds.toFixed(1)} s)`,
    ...cells.map((row, index) => {
      const padded = row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ');
      return `    ${formatMark(passes(checks[index]!))} ${padded}`.trimEnd();
    }),
    ...(error === undefined ? [] : [wrapBeside('    ✗ ', error, 6, columns)]),
  ].join('\n');
}

/** The last line: how many hold, and how long it took on the clock. */
export function renderConclusion(outcomes: readonly TruthOutcome[], seconds: number): string {
  const checks = outcomes.flatMap((outcome) => outcome.checks);
  const held = outcomes.filter(({ holds }) => holds).length;
  const failed = outcomes.filter(({ holds }) => !holds).map(({ name }) => name);
  return (
    `${held} of ${formatCount(outcomes.length, 'ground truth')} ${held === 1 ? 'holds' : 'hold'}, ` +
    `${checks.filter(passes).length} of ${formatCount(checks.length, 'check')}, in ${Math.round(seconds)} s.` +
    (failed.length > 0 ? ` Not so: ${failed.join(', ')}.` : '')
  );
}
