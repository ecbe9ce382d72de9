import { ArgumentError } from '@reparam/tensor';
import type { Options, ValuesOf } from './option.ts';

/** Something that is chosen by name: a prior, a flow, an objective. */
export interface Kind {
  readonly description: string;
  readonly options: Options;
}

/** All there is to choose from, by name: what checks settings, reads command lines, and explains itself. */
export type Kinds = Readonly<Record<string, Kind>>;

/** A kind with those of its options that are not left at their defaults. */
export type Choice<Table extends Kinds> = {
  readonly [Name in keyof Table & string]: { readonly kind: Name } & Partial<
    ValuesOf<Table[Name]['options']>
  >;
}[keyof Table & string];

/** What is chosen among, for messages: `prior`. */
export interface Question<Table extends Kinds> {
  readonly name: string;
  readonly kinds: Table;
}

/** A choice as a file may hold it. */
export interface RawChoice {
  readonly kind: string;
  readonly [option: string]: unknown;
}

/**
 * The values of a choice's options, defaults filled in. The choice may come from a file.
 * @throws ArgumentError on a name or an option that there is not, and on a value out of range.
 */
export function valuesOf(
  { name: question, kinds }: Question<Kinds>,
  choice: unknown,
): Record<string, number | string> {
  const { kind, ...given } = Object(choice) as RawChoice;
  const { options } = kindOf({ name: question, kinds }, kind);
  for (const option of Object.keys(given)) {
    if (Object.hasOwn(options, option)) continue;
    throw unknownOption({ name: question }, kind, option, given[option], options);
  }
  return Object.fromEntries(
    Object.entries(options).map(([option, { default: usual, wanted, accepts }]) => {
      const value = given[option] ?? usual;
      if (accepts(value)) return [option, value];
      throw new ArgumentError(
        question,
        option,
        value,
        `${option} of ${kind} is ${String(value)}; it must be ${wanted}.`,
      );
    }),
  );
}

/** The entry of a table. @throws ArgumentError naming those there are. */
export function kindOf<Table extends Kinds>({ name, kinds }: Question<Table>, kind: unknown): Kind {
  if (typeof kind === 'string' && Object.hasOwn(kinds, kind)) return kinds[kind]!;
  const known = Object.keys(kinds).join(', ');
  throw new ArgumentError(
    name,
    'kind',
    kind,
    typeof kind === 'string'
      ? `there is no ${name} "${kind}"; there are ${known}.`
      : `the ${name} is not given as { kind, … }; there are ${known}.`,
  );
}

/**
 * Reads `kind:value:value`, as in `mixture:10:full`: each value belongs to the next option that takes it, or to one
 * by name, `renyi:alpha=0.5`. @throws ArgumentError as {@link valuesOf} does, on values that nothing takes, and on
 * options that are given twice.
 */
export function parseChoice<Table extends Kinds>(question: Question<Table>, text: string): Choice<Table> {
  const [kind, ...parts] = text.split(':') as [string, ...string[]];
  const { options } = kindOf(question, kind);
  const given = new Map<string, number | string>();
  let waiting = Object.keys(options);
  for (const part of parts) {
    const equals = part.indexOf('=');
    const value = numberOrWord(part.slice(equals + 1));
    const option = equals < 0 ? waiting.find((name) => options[name]!.accepts(value)) : part.slice(0, equals);
    if (option === undefined) {
      throw new ArgumentError(
        question.name,
        'value',
        part,
        waiting.length === 0
          ? `there is nothing for "${part}" to mean in "${text}"; ${listOptions(options)}.`
          : `"${part}" in "${text}" fits no option of ${kind}; ${listOptions(options)}.`,
      );
    }
    if (!Object.hasOwn(options, option)) throw unknownOption(question, kind, option, value, options);
    if (given.has(option)) {
      throw new ArgumentError(
        question.name,
        option,
        value,
        `"${text}" gives ${option} of ${kind} twice, ${given.get(option)} and ${value}; leave one out.`,
      );
    }
    given.set(option, value);
    // Values come in the order of the options; one that has a name comes anywhere.
    waiting =
      equals < 0 ? waiting.slice(waiting.indexOf(option) + 1) : waiting.filter((name) => name !== option);
  }
  const choice = { kind, ...Object.fromEntries(given) };
  valuesOf(question, choice);
  return choice as unknown as Choice<Table>;
}

/** The text that {@link parseChoice} reads back, without options at their defaults. */
export function formatChoice<Table extends Kinds>(
  question: Question<Table>,
  { kind, ...given }: RawChoice,
): string {
  const { options } = kindOf(question, kind);
  const changed = Object.entries(given).filter(([name, value]) => value !== options[name]?.default);
  return [kind, ...changed.map(([name, value]) => `${name}=${String(value)}`)].join(':');
}

function unknownOption(
  { name }: Pick<Question<Kinds>, 'name'>,
  kind: string,
  option: string,
  value: unknown,
  options: Options,
): ArgumentError {
  return new ArgumentError(
    name,
    option,
    value,
    `${kind} has no option "${option}"; ${listOptions(options)}.`,
  );
}

function listOptions(options: Options): string {
  const entries = Object.entries(options);
  if (entries.length === 0) return 'it has no options';
  return `it has ${entries.map(([name, { wanted }]) => `${name} (${wanted})`).join(', ')}`;
}

function numberOrWord(text: string): number | string {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : text;
}
