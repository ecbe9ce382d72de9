import { FileFormatError } from '../errors.ts';
import type { Shape } from '../shape.ts';
import { quote } from './text.ts';

export const format = 'npy';

export interface NpyHeader {
  /** NumPy's name of the element type, such as `<f4`. */
  readonly descr: string;
  /** Whether the first axis varies fastest. */
  readonly fortranOrder: boolean;
  readonly shape: Shape;
}

/**
 * Reads the Python dictionary literal of a header, such as
 * `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`: these three keys, each once, in any order.
 * Nothing is evaluated, and nothing else of Python is understood. `start` is where the text lies in the file.
 * @throws FileFormatError.
 */
export function parseNpyHeader(text: string, start: number): NpyHeader {
  const reader: LiteralReader = new LiteralReader(text, start);
  let descr: string | undefined;
  let fortranOrder: boolean | undefined;
  let shape: Shape | undefined;
  reader.expect('{');
  while (!reader.accept('}')) {
    const key = reader.string('a key');
    reader.expect(':');
    if (key === 'descr' && descr === undefined) descr = readDescr(reader);
    else if (key === 'fortran_order' && fortranOrder === undefined) fortranOrder = readBoolean(reader);
    else if (key === 'shape' && shape === undefined) shape = readShape(reader);
    else
      reader.fail(
        `the key ${quote(key)} is not expected here; each of descr, fortran_order, shape comes once.`,
      );
    if (!reader.accept(',')) {
      reader.expect('}');
      break;
    }
  }
  reader.expectEnd();
  if (descr === undefined || fortranOrder === undefined || shape === undefined) {
    const missing = Object.entries({ descr, fortran_order: fortranOrder, shape })
      .filter(([, value]) => value === undefined)
      .map(([key]) => key);
    reader.fail(`the header lacks ${missing.join(' and ')}.`);
  }
  return { descr, fortranOrder, shape };
}

function readDescr(reader: LiteralReader): string {
  if (reader.next === '[' || reader.next === '{' || reader.next === '(') {
    reader.fail('structured element types are not supported; save each field as an array of its own.');
  }
  return reader.string('the element type');
}

function readBoolean(reader: LiteralReader): boolean {
  if (reader.accept('True')) return true;
  if (!reader.accept('False')) reader.fail('fortran_order must be True or False.');
  return false;
}

/** A tuple: (), (2,) or (2, 3) with or without a last comma. */
function readShape(reader: LiteralReader): Shape {
  const shape: number[] = [];
  reader.expect('(');
  while (!reader.accept(')')) {
    shape.push(reader.wholeNumber());
    if (reader.accept(',')) continue;
    if (shape.length === 1) reader.fail('a tuple of one length needs a comma, as in (3,).');
    reader.expect(')');
    break;
  }
  return shape;
}

class LiteralReader {
  readonly #text: string;
  readonly #start: number;
  #position = 0;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#start = start;
    this.#skip(/[ \t\n]*/y);
  }

  get next(): string | undefined {
    return this.#text[this.#position];
  }

  accept(token: string): boolean {
    if (!this.#text.startsWith(token, this.#position)) return false;
    this.#position += token.length;
    this.#skip(/[ \t\n]*/y);
    return true;
  }

  expect(token: string): void {
    if (!this.accept(token)) this.fail(`the header needs ${token} at this place, not ${this.#found()}.`);
  }

  expectEnd(): void {
    if (this.next !== undefined) this.fail(`the header goes on after its end with ${this.#found()}.`);
  }

  /** Text in quotes of either kind. Backslashes are refused: none of our keys and element types has one. */
  string(what: string): string {
    const literal = this.#skip(/'[^'\\\n]*'|"[^"\\\n]*"/y);
    if (literal === '') this.fail(`${what} must be text in quotes, not ${this.#found()}.`);
    this.#skip(/[ \t\n]*/y);
    return literal.slice(1, -1);
  }

  wholeNumber(): number {
    const digits = this.#skip(/0|[1-9][0-9]*/y);
    if (digits === '') this.fail(`a length must be a whole number ≥ 0, not ${this.#found()}.`);
    this.#skip(/[ \t\n]*/y);
    return Number(digits);
  }

  fail(explanation: string): never {
    throw new FileFormatError(
      format,
      `${explanation} (Header character ${this.#position}.)`,
      this.#start + this.#position,
    );
  }

  /** Moves past what a sticky pattern matches here, and returns it. */
  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#position;
    const matched = pattern.exec(this.#text)?.[0] ?? '';
    this.#position += matched.length;
    return matched;
  }

  #found(): string {
    if (this.next === undefined) return 'the end of the header';
    return quote(this.#text.slice(this.#position, this.#position + 20));
  }
}
