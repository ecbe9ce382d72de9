import { checkOperation, operationTable } from '@reparam/autograd';
import { checkPrecision } from '../packages/autograd/src/check/check-precision.ts';
import { mutationGate, type Verdict } from '../packages/autograd/src/check/mutation/gate.ts';

/**
 * `npm run check:gradients`: every operation of the table against finite differences and against float64, as a
 * table, then every rule corrupted on purpose, to see that these checks notice.
 */
const checks = operationTable.map((operation) => {
  const precision = checkPrecision(operation);
  const check = checkOperation(operation);
  return { ...check, precision, ok: check.ok && precision.ok };
});

type Check = (typeof checks)[number];
const columns: readonly { readonly title: string; readonly cell: (check: Check) => string }[] = [
  { title: 'operation', cell: ({ name }) => name },
  { title: 'kind', cell: ({ kind }) => kind },
  { title: 'first order', cell: ({ firstOrder }) => firstOrder.toExponential(1) },
  { title: 'second order', cell: ({ secondOrder }) => secondOrder.toExponential(1) },
  { title: 'adjointness', cell: ({ adjointness }) => adjointness.toExponential(1) },
  { title: 'kinks', cell: ({ kinks }) => (kinks.promised > 0 ? `${kinks.kept}/${kinks.promised}` : '') },
  { title: 'compared', cell: ({ comparisons }) => String(comparisons) },
  { title: 'ULPs', cell: ({ precision }) => precision.value.toFixed(1) },
  { title: 'of gradients', cell: ({ precision }) => precision.gradient.toFixed(1) },
  { title: 'allowed', cell: ({ precision }) => String(precision.bound) },
  { title: '', cell: ({ ok }) => (ok ? 'ok' : 'WRONG') },
];
const rows = [
  columns.map(({ title }) => title),
  ...checks.map((check) => columns.map(({ cell }) => cell(check))),
];
const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
const isText = (column: number): boolean => column < 2;
for (const row of rows) {
  const cells = row.map((text, column) =>
    isText(column) ? text.padEnd(widths[column]!) : text.padStart(widths[column]!),
  );
  console.log(cells.join('  ').trimEnd());
}

const compared = checks.reduce((total, { comparisons }) => total + comparisons, 0);
console.log(
  `\n${checks.length} operations, ${compared} derivatives compared with fourth-order differences in float64 ` +
    '(allowed: 1e-9 first order, 1e-7 second order, 1e-12 forward against reverse; kinks exactly; float32 within ' +
    'the ULPs above).',
);
const wrong = checks.filter(({ ok }) => !ok);
if (wrong.length > 0) console.log(`Wrong: ${wrong.map(({ name }) => name).join(', ')}`);

const verdicts = [...mutationGate(operationTable, operationTable)];
const withOutcome = (outcome: Verdict['outcome']): Verdict[] =>
  verdicts.filter((verdict) => verdict.outcome === outcome);
const [caught, equivalent, survivors] = [
  withOutcome('caught'),
  withOutcome('equivalent'),
  withOutcome('survived'),
];
console.log(
  `\nmutants: made ${verdicts.length}, equivalent ${equivalent.length}, caught ${caught.length}` +
    (survivors.length > 0 ? `, SURVIVED ${survivors.length}` : ''),
);
for (const [reason, which] of byReason(equivalent)) {
  const rules = [...new Set(which.map(({ rule }) => rule))];
  console.log(`  equivalent: ${which.length}, ${reason} (${rules.join(', ')})`);
}
for (const { operations, rule, mutation } of survivors) {
  console.log(`  survived: ${rule}: ${mutation} (samples of ${operations.join(', ')})`);
}
if (wrong.length > 0 || survivors.length > 0) process.exitCode = 1;

function byReason(verdicts: readonly Verdict[]): Map<string, Verdict[]> {
  const groups = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const group = groups.get(verdict.reason!) ?? [];
    groups.set(verdict.reason!, group);
    group.push(verdict);
  }
  return groups;
}
