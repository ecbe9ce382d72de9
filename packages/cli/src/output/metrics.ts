import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { UserError } from '../files/user-error.ts';
import type { EpochRow } from '../report/contents.ts';

const count = z.number().int().nonnegative();
const nats = z.number();

/** The columns of metrics.csv, in order. Writing, reading and validation all follow this table. */
const columns = {
  epoch: count,
  step: count,
  trainElbo: nats,
  trainReconstruction: nats,
  trainKl: nats,
  heldOutElbo: nats,
  heldOutReconstruction: nats,
  heldOutKl: nats,
  beta: z.number().nonnegative(),
  activeUnits: count,
  seconds: z.number().nonnegative(),
} satisfies Record<keyof EpochRow, z.ZodNumber>;

const names = Object.keys(columns) as (keyof EpochRow)[];
const rowSchema = z.object(columns);

/**
 * metrics.csv: a header line, then one line an epoch, numbers in the shortest form that reads back exactly.
 * @throws UserError on a row that could not be read back, such as one with a NaN.
 */
export function encodeMetrics(rows: readonly EpochRow[]): string {
  const lines = rows.map((row) => {
    const valid = requireRow(row, `The metrics of epoch ${row.epoch}`);
    return names.map((name) => String(valid[name])).join(',');
  });
  return [names.join(','), ...lines, ''].join('\n');
}

/** Reads metrics.csv back. @throws UserError naming `path`, the line and the column that is wrong. */
export function parseMetrics(text: string, path = 'metrics.csv'): EpochRow[] {
  const records = readRecords(text, path);
  const [header, ...body] = records;
  if (header === undefined || header.join(',') !== names.join(',')) {
    throw new UserError(
      `"${path}" does not start with the header of a metrics file, which is ${names.join(',')}: ` +
        'it was written by something else or edited; move it away, or choose another --out folder.',
    );
  }
  return body.map((cells, index) => {
    const place = `"${path}", line ${index + 2}`;
    if (cells.length !== names.length) {
      throw new UserError(`${place} has ${cells.length} cells where the header has ${names.length} columns.`);
    }
    return requireRow(Object.fromEntries(names.map((name, at) => [name, readNumber(cells[at]!)])), place);
  });
}

function readRecords(text: string, path: string): string[][] {
  try {
    return parse(text, { relax_column_count: true, skip_empty_lines: true });
  } catch (error) {
    const explanation = error instanceof Error ? error.message : String(error);
    throw new UserError(`"${path}" cannot be read as CSV: ${explanation}.`, { cause: error });
  }
}

/** The number, or the text itself for the schema to refuse. */
function readNumber(cell: string): number | string {
  const value = Number(cell);
  return cell.trim() === '' || Number.isNaN(value) ? cell : value;
}

function requireRow(row: unknown, place: string): EpochRow {
  const result = rowSchema.safeParse(row, { reportInput: true });
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new UserError(
    `${place}: the column ${issue.path.join('.')} is ${describe(issue.input)}, but has to be ` +
      `${columns[issue.path[0] as keyof EpochRow] === count ? 'a whole number ≥ 0' : 'a finite number'}.`,
  );
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
