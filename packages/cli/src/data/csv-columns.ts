import { UserError } from '../files/user-error.ts';

/** Names under which tables carry the class of a row. */
const labelNames = new Set(['label', 'class', 'target', 'y']);

const plainNumber = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** What each column of a table is for. */
export interface CsvColumns {
  readonly count: number;
  /** Whether the first line names the columns rather than holding data. */
  readonly hasHeader: boolean;
  /** Column of the class, or undefined. */
  readonly label: number | undefined;
  /** Columns of numbers, in order. */
  readonly features: readonly number[];
  /** For messages: the column's number from 1, and its name where it has one. */
  readonly describe: (column: number) => string;
}

/**
 * Reads the purpose of the columns off the first line: a header when none of its cells is a number, or when one of them
 * is a usual name of the class. A column without a name at the left is a row number, as pandas writes it,
 * and left out. Without a header, one column more than a square of 8² or more is taken for a label and an image.
 * @throws UserError when no column of numbers is left, or two columns claim the class.
 */
export function readColumns(firstLine: readonly string[], path: string, notes: string[]): CsvColumns {
  const names = firstLine.map((cell) => cell.trim());
  const labels = [...names.keys()].filter((column) => labelNames.has(names[column]!.toLowerCase()));
  const hasHeader = labels.length > 0 || !names.some(isNumber);
  if (labels.length > 1) {
    throw new UserError(
      `"${path}" has two columns for the class, "${names[labels[0]!]}" and "${names[labels[1]!]}": rename one of them.`,
    );
  }
  // A single column has to be the data, whatever its name.
  const label = names.length === 1 ? undefined : hasHeader ? labels[0] : unnamedLabel(names, notes);
  const rowNumber = hasHeader && names.length > 1 && names[0] === '' ? 0 : undefined;
  if (rowNumber !== undefined)
    notes.push('The first column has no name; it was taken for row numbers and left out.');
  const features = [...names.keys()].filter((column) => column !== label && column !== rowNumber);
  if (features.length === 0)
    throw new UserError(`"${path}" has no column of numbers to learn from: add some.`);
  return {
    count: names.length,
    hasHeader,
    label,
    features,
    describe: (column) => `column ${column + 1}${hasHeader && names[column] ? ` ("${names[column]}")` : ''}`,
  };
}

/** The tables of MNIST that have no header start each row with the label. */
function unnamedLabel(cells: readonly string[], notes: string[]): number | undefined {
  const side = Math.sqrt(cells.length - 1);
  if (side < 8 || !Number.isInteger(side) || !/^\d{1,4}$/.test(cells[0]!)) return undefined;
  notes.push(`The first of the ${cells.length} columns was taken for the label.`);
  return 0;
}

/** Decimal notation only: no hexadecimal, no words, not empty. */
export function isNumber(cell: string): boolean {
  return plainNumber.test(cell);
}
