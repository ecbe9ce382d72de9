import { ArgumentError } from '@reparam/tensor';
import { type Choice, type Kinds, parseChoice, type Question, valuesOf } from '@reparam/vae';
import { InvalidArgumentError } from 'commander';
import { withoutOperation } from '../data/explain-format.ts';

/** How the value of an option is read from words, and written so that it reads back. */
export interface Reader<Value> {
  /** @throws InvalidArgumentError saying what it must be. */
  readonly parse: (text: string) => Value;
  readonly format: (value: Value) => string;
}

function number(allowed: (value: number) => boolean, wanted: string): Reader<number> {
  return {
    parse: (text) => {
      const value = text.trim() === '' ? Number.NaN : Number(text);
      if (!Number.isFinite(value) || !allowed(value)) throw new InvalidArgumentError(`It must be ${wanted}.`);
      return value;
    },
    format: String,
  };
}

export const count = number((value) => Number.isSafeInteger(value) && value > 0, 'a whole number above 0');
export const positive = number((value) => value > 0, 'a number above 0');
export const nonNegative = number((value) => value >= 0, 'a number of at least 0');
export const whole = number(Number.isSafeInteger, 'a whole number');
export const wholeNonNegative = number(
  (value) => Number.isSafeInteger(value) && value >= 0,
  'a whole number of at least 0',
);
export const fraction = number((value) => value > 0 && value < 1, 'a number between 0 and 1');

/** Whole numbers with commas between them, or none of them where that means something. */
function counts(wanted: string, mayBeNone: boolean): Reader<readonly number[]> {
  return {
    parse: (text) => {
      if (mayBeNone && text === 'none') return [];
      try {
        return text.split(',').map(count.parse);
      } catch {
        throw new InvalidArgumentError(`It must be ${wanted}.`);
      }
    },
    format: (values) => (values.length === 0 ? 'none' : values.join(',')),
  };
}

export const widths = counts('widths such as 256,256, or none for a linear model', true);
export const channels = counts('numbers of channels such as 32,64', false);

/** Empty where a variable of a shell script was. */
export const path: Reader<string> = {
  parse: (text) => {
    if (text === '') throw new InvalidArgumentError('It must be the path of a file or folder.');
    return text;
  },
  format: (text) => text,
};

export const flag: Reader<boolean> = {
  parse: (text) => {
    if (text !== 'true' && text !== 'false') throw new InvalidArgumentError('It must be true or false.');
    return text === 'true';
  },
  format: String,
};

export function word<Name extends string>(names: readonly Name[]): Reader<Name> {
  return {
    parse: (text) => {
      const name = names.find((each) => each === text);
      if (name === undefined) throw new InvalidArgumentError(`It must be one of ${names.join(', ')}.`);
      return name;
    },
    format: (name) => name,
  };
}

/** `mixture:10:full`: a kind of a table, then values of its options. */
export function choice<Table extends Kinds>(question: Question<Table>): Reader<Choice<Table>> {
  return {
    parse: (text) => {
      try {
        return withoutDefaults(question, parseChoice(question, text));
      } catch (error) {
        if (!(error instanceof ArgumentError)) throw error;
        const [first, ...rest] = withoutOperation(error);
        throw new InvalidArgumentError(
          `${first!.toUpperCase()}${rest.join('')} Try reparam choices ${question.name}.`,
        );
      }
    },
    format: (value) => formatInOrder(question, value),
  };
}

/** The same choice in one way of writing it: options in the order of the table, those left at their defaults left out. */
export function withoutDefaults<Table extends Kinds>(
  question: Question<Table>,
  choice: Choice<Table>,
): Choice<Table> {
  const { options } = question.kinds[choice.kind]!;
  const changed = Object.entries(valuesOf(question, choice)).filter(
    ([name, value]) => value !== options[name]!.default,
  );
  return { kind: choice.kind, ...Object.fromEntries(changed) } as Choice<Table>;
}

/** As a person would type it: the values of its options in order, up to the last that is not what it usually is. */
function formatInOrder<Table extends Kinds>(question: Question<Table>, value: Choice<Table>): string {
  const { options } = question.kinds[value.kind]!;
  const values = valuesOf(question, value);
  const names = Object.keys(options);
  const changed = names.findLastIndex((name) => values[name] !== options[name]!.default);
  return [value.kind, ...names.slice(0, changed + 1).map((name) => values[name])].join(':');
}
