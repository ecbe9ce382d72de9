import { CsvError, parse } from 'csv-parse/sync';
import { UserError } from '../files/user-error.ts';
import { classNumbers } from './class-numbers.ts';
import { CsvTable } from './csv-table.ts';
import { interpretValues } from './interpret-values.ts';
import { type DataFile, type LoadedDataset, toDataset } from './loaded.ts';

/** A longer line is no table of numbers. */
const maximumRecordCharacters = 2 ** 24;

const problems: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quotation mark is opened but never closed',
  CSV_INVALID_CLOSING_QUOTE: 'there is text right after a closing quotation mark',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'there is text right after a closing quotation mark',
  INVALID_OPENING_QUOTE: 'there is a quotation mark in the middle of a cell',
  CSV_MAX_RECORD_SIZE: 'a line is longer than 16 million characters',
};

/**
 * A table of numbers, one example a line, cells separated by commas, semicolons or tabs. An optional first line names the
 * columns; a column named label, class, target or y holds the class.
 * @throws UserError naming line and column of what is wrong.
 */
export function loadCsv({ path, name, bytes }: DataFile): LoadedDataset {
  const notes: string[] = [];
  const table = new CsvTable(path, notes);
  try {
    parse(bytes, {
      bom: true,
      delimiter: guessDelimiter(bytes),
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: maximumRecordCharacters,
      // Rows are taken over one by one and not collected: a table of strings takes many times the memory of its numbers.
      on_record: (cells: string[], { lines }) => {
        table.add(cells, lines);
        return null;
      },
    });
  } catch (error) {
    throw error instanceof CsvError ? malformed(path, error) : error;
  }
  const { values, features, classNames } = table.finish();
  const classes = classNames && classNumbers(classNames);
  const imageShape = interpretValues(values, features, { wholeNumberType: false }, notes);
  return { ...toDataset({ name, values, features, classes, imageShape }), notes };
}

/** The candidate that the first line has most of; a comma when it has none. */
function guessDelimiter(bytes: Uint8Array): string {
  const lineEnd = bytes.indexOf(0x0a);
  const firstLine = new TextDecoder().decode(bytes.subarray(0, lineEnd < 0 ? bytes.length : lineEnd));
  const counted = [',', ';', '\t'].map((delimiter) => ({
    delimiter,
    count: firstLine.split(delimiter).length,
  }));
  return counted.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
}

function malformed(path: string, error: CsvError): UserError {
  const problem = problems[error.code] ?? error.message;
  const line = typeof error.lines === 'number' ? `, near line ${error.lines}` : '';
  return new UserError(`"${path}" is not a sound table: ${problem}${line}.`, { cause: error });
}
