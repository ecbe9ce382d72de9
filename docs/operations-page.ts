import { type OperationRecord, operationTable } from '@reparam/autograd';

const columns: readonly { readonly title: string; readonly cell: (operation: OperationRecord) => string }[] =
  [
    { title: 'operation', cell: ({ name }) => `\`${name}\`` },
    { title: 'formula', cell: ({ formula }) => `\`${formula.replaceAll('|', '\\|')}\`` },
    { title: 'domain', cell: ({ domain }) => domain },
    { title: 'promised at kinks', cell: ({ kinks }) => kinks.map(formatKink).join('; ') },
  ];

function formatKink({ at, cotangents }: OperationRecord['kinks'][number]): string {
  return `at ${at}: ${cotangents.map((each) => JSON.stringify(each)).join(', ')}`;
}

/** The reference page of all operations, from their records. */
export function renderOperations(): string {
  const kinds = [...new Set(operationTable.map(({ kind }) => kind))];
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const sections = kinds.map((kind) =>
    [
      `## ${kind[0]!.toUpperCase()}${kind.slice(1)}`,
      '',
      row(columns.map(({ title }) => title)),
      row(columns.map(() => '---')),
      ...operationTable
        .filter((each) => each.kind === kind)
        .map((each) => row(columns.map(({ cell }) => cell(each)))),
    ].join('\n'),
  );
  return [
    '# Operations',
    '',
    'Made by `npm run docs` from the table of operations; the same table drives the gradient checks',
    '(`npm run check:gradients`). Cotangents at kinks are for an output cotangent of ones.',
    '',
    sections.join('\n\n'),
    '',
  ].join('\n');
}
