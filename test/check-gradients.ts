import { checkOperation, type OperationCheck, operationTable } from '@reparam/autograd';

/** `npm run check:gradients`: every operation of the table against finite differences, as a table. */
const columns: readonly { readonly title: string; readonly cell: (check: OperationCheck) => string }[] = [
  { title: 'operation', cell: ({ name }) => name },
  { title: 'kind', cell: ({ kind }) => kind },
  { title: 'first order', cell: ({ firstOrder }) => firstOrder.toExponential(1) },
  { title: 'second order', cell: ({ secondOrder }) => secondOrder.toExponential(1) },
  { title: 'adjointness', cell: ({ adjointness }) => adjointness.toExponential(1) },
  { title: 'kinks', cell: ({ kinks }) => (kinks.promised > 0 ? `${kinks.kept}/${kinks.promised}` : '') },
  { title: 'compared', cell: ({ comparisons }) => String(comparisons) },
  { title: '', cell: ({ ok }) => (ok ? 'ok' : 'WRONG') },
];

const checks = operationTable.map(checkOperation);
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

const wrong = checks.filter(({ ok }) => !ok);
const compared = checks.reduce((total, { comparisons }) => total + comparisons, 0);
console.log(
  `\n${checks.length} operations, ${compared} derivatives compared with fourth-order differences in float64 ` +
    '(allowed: 1e-9 first order, 1e-7 second order, 1e-12 forward against reverse; kinks exactly).',
);
if (wrong.length > 0) {
  console.log(`Wrong: ${wrong.map(({ name }) => name).join(', ')}`);
  process.exitCode = 1;
}
