import { UserError } from '../files/user-error.ts';
import { type CsvColumns, isNumber, readColumns } from './csv-columns.ts';

/** A table read through: row-major numbers, and the class of each row where there is one. */
export interface CsvNumbers {
  readonly values: Float32Array<ArrayBuffer>;
  readonly features: number;
  readonly classNames: readonly string[] | undefined;
}

/** Takes the lines of a table one by one and keeps their numbers. Its errors name line and column. */
export class CsvTable {
  private readonly path: string;
  private readonly notes: string[];
  private columns: CsvColumns | undefined;
  private values = new Float32Array(2 ** 16);
  private size = 0;
  private readonly classNames: string[] = [];

  /** @param notes gets what the columns were taken for. */
  constructor(path: string, notes: string[]) {
    this.path = path;
    this.notes = notes;
  }

  /** @throws UserError when a cell is no finite number, or the line has another length than the first. */
  add(cells: readonly string[], line: number): void {
    if (this.columns === undefined) {
      this.columns = readColumns(cells, this.path, this.notes);
      if (this.columns.hasHeader) return;
    }
    const { count, features, label } = this.columns;
    if (cells.length !== count) {
      throw new UserError(
        `"${this.path}", line ${line} has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, but the first line has ` +
          `${count}: every line needs the same number.`,
      );
    }
    if (this.size + features.length > this.values.length) this.grow(features.length);
    for (const column of features) this.values[this.size++] = this.readNumber(cells[column]!, line, column);
    if (label !== undefined) this.classNames.push(this.readClass(cells[label]!, line, label));
  }

  /** @throws UserError when there was no line of numbers. */
  finish(): CsvNumbers {
    const { columns } = this;
    if (columns === undefined || this.size === 0) {
      throw new UserError(`"${this.path}" has no line of numbers: give a table with one example a line.`);
    }
    const features = columns.features.length;
    const values = this.values.slice(0, this.size);
    const { label } = columns;
    if (label === undefined) return { values, features, classNames: undefined };
    if (!isMeasurement(this.classNames)) return { values, features, classNames: this.classNames };
    this.notes.push(
      `The numbers in ${columns.describe(label)} are not whole; they were taken for data, not for classes.`,
    );
    const before = columns.features.filter((column) => column < label).length;
    return {
      values: insertColumn(values, features, before, this.classNames.map(Number)),
      features: features + 1,
      classNames: undefined,
    };
  }

  private grow(least: number): void {
    const larger = new Float32Array(Math.max(2 * this.values.length, this.size + least));
    larger.set(this.values);
    this.values = larger;
  }

  private readNumber(cell: string, line: number, column: number): number {
    const value = Number(cell);
    if (isNumber(cell) && Number.isFinite(Math.fround(value))) return value;
    throw new UserError(`${this.place(line, column)} ${describeCell(cell)}`);
  }

  private readClass(cell: string, line: number, column: number): string {
    const name = cell.trim();
    if (name === '') {
      throw new UserError(
        `${this.place(line, column)} is empty: give every line its class, or remove the line.`,
      );
    }
    // It may turn out to be data: see isMeasurement.
    if (isNumber(name)) this.readNumber(name, line, column);
    return name;
  }

  private place(line: number, column: number): string {
    return `"${this.path}", line ${line}, ${this.columns!.describe(column)}`;
  }
}

/** What is wrong with a cell, and the way out. */
function describeCell(cell: string): string {
  const text = cell.trim();
  if (text === '') return 'is empty: fill it, or remove the line.';
  if (isNumber(text)) return `is ${text}, too large for float32: scale the column.`;
  if (/^[+-]?(nan|inf(inity)?)$/i.test(text))
    return `is ${text}, not a finite number: fill it, or remove the line.`;
  const shown = text.length > 24 ? `${text.slice(0, 24)}…` : text;
  return (
    `is ${JSON.stringify(shown)}, not a number: write a number there, remove the column, or name it "label" in a header ` +
    'line if it is the class.'
  );
}

/** Numbers with a fraction are data, such as the y of a point, and no classes. */
function isMeasurement(classNames: readonly string[]): boolean {
  return classNames.every(isNumber) && !classNames.every((name) => Number.isInteger(Number(name)));
}

function insertColumn(
  values: Float32Array,
  features: number,
  position: number,
  column: readonly number[],
): Float32Array<ArrayBuffer> {
  const widened = new Float32Array(column.length * (features + 1));
  column.forEach((value, row) => {
    const cells = values.subarray(row * features, (row + 1) * features);
    const start = row * (features + 1);
    widened.set(cells.subarray(0, position), start);
    widened[start + position] = value;
    widened.set(cells.subarray(position), start + position + 1);
  });
  return widened;
}
