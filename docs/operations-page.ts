import { derivativeOf, type OperationRecord, operationTable } from '@reparam/autograd';

/** What checking an operation found, as the page shows it. */
export type Accuracy = ReadonlyMap<string, string>;

const columns: readonly {
  readonly title: string;
  readonly cell: (operation: OperationRecord, accuracy: Accuracy) => string;
}[] = [
  { title: 'operation', cell: ({ name }) => `\`${name}\`` },
  { title: 'formula', cell: ({ formula }) => code(formula) },
  { title: 'derivative', cell: formatDerivative },
  { title: 'domain', cell: ({ domain }) => domain },
  { title: 'promised at kinks', cell: ({ kinks }) => kinks.map(formatKink).join('; ') },
  { title: 'measured error', cell: ({ name }, accuracy) => accuracy.get(name) ?? '' },
];

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

function formatDerivative({ rules }: OperationRecord): string {
  if (rules === undefined) return 'of its parts';
  const derivative = derivativeOf(rules);
  if (derivative === undefined) {
    throw new Error(`${rules.name}: its record has rules of its own, and no derivative to tell.`);
  }
  return rules.linear ? derivative : code(derivative);
}

function formatKink({ at, cotangents }: OperationRecord['kinks'][number]): string {
  return `at ${at}: ${cotangents.map((each) => JSON.stringify(each)).join(', ')}`;
}

/** The reference page of all operations, from their records. */
export function renderOperations(accuracy: Accuracy): string {
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
        .map((each) => row(columns.map(({ cell }) => cell(each, accuracy)))),
    ].join('\n'),
  );
  return [
    '# Operations',
    '',
    'Made by `npm run docs` from the table of operations; the same table drives the gradient checks',
    '(`npm run check:gradients`). Cotangents at kinks are for an output cotangent of ones. The measured error is the',
    'worst relative difference between our first and second derivatives and fourth-order differences in float64, which',
    'are themselves good for ten or eleven digits.',
    '',
    sections.join('\n\n'),
    '',
  ].join('\n');
}
