import { type Aspect, aspects, usualTolerance } from './case.ts';
import { cases } from './cases.ts';
import { type Comparison, compareAll } from './comparison.ts';
import { howToInstall } from './python.ts';

/** `npm run check:pytorch`: values and derivatives of every operation beside PyTorch's, as a table. */
const compared = compareAll(cases);
if (compared === undefined) console.log(`Skipped: ${howToInstall}`);
else report(compared.version, compared.comparisons);

function report(version: string, comparisons: readonly Comparison[]): void {
  const names = [...new Set(cases.map(({ operation }) => operation))].sort();
  printTable([
    ['operation', 'cases', ...aspects, ''],
    ...names.map((name) => toRow(comparisons.filter(({ subject }) => subject.operation === name))),
  ]);
  console.log();
  for (const { subject, errors } of comparisons) {
    if (subject.exception === undefined) continue;
    const { allowed, because } = subject.exception;
    const found = aspects
      .filter((aspect) => allowed[aspect] !== undefined)
      .map(
        (aspect) =>
          `${aspect} ${allowed[aspect] === Infinity ? 'not compared' : errors[aspect].toExponential(1)}`,
      );
    console.log(`${subject.operation}, ${subject.expression}: ${found.join(', ')}, as ${because}`);
  }
  for (const { subject, complaint } of comparisons) {
    if (complaint === undefined) continue;
    console.log(`WRONG: ${subject.operation}, ${subject.expression}: ${complaint}`);
    process.exitCode = 1;
  }
  const worst = Math.max(...aspects.map((aspect) => worstOf(comparisons, aspect)));
  console.log(
    `${names.length} operations compared in ${comparisons.length} cases with PyTorch ${version}: ` +
      `worst relative error ${worst.toExponential(1)} (allowed: ${usualTolerance}).`,
  );
}

/** One operation's line. */
function toRow(comparisons: readonly Comparison[]): string[] {
  const right = comparisons.every(({ complaint }) => complaint === undefined);
  return [
    comparisons[0]!.subject.operation,
    String(comparisons.length),
    ...aspects.map((aspect) => worstOf(comparisons, aspect).toExponential(1)),
    right ? 'ok' : 'WRONG',
  ];
}

/** The largest error but for exceptions. */
function worstOf(comparisons: readonly Comparison[], aspect: Aspect): number {
  const ruled = comparisons.filter(({ subject }) => subject.exception?.allowed[aspect] === undefined);
  return Math.max(0, ...ruled.map(({ errors }) => errors[aspect]));
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows) {
    const cells = row.map((text, column) =>
      column === 0 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!),
    );
    console.log(cells.join('  ').trimEnd());
  }
}
