/** A setting of something that was chosen by name, as files and command lines give it. */
export interface Option<Value> {
  readonly description: string;
  readonly default: Value;
  /** What values it takes, in words. */
  readonly wanted: string;
  readonly accepts: (value: unknown) => value is Value;
}

export type Options = Readonly<Record<string, Option<number | string>>>;

/** The values of a table of options. */
export type ValuesOf<Table extends Options> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer Value> ? Value : never;
};

export function countOption(description: string, value: number, minimum = 1): Option<number> {
  return {
    description,
    default: value,
    wanted: `a whole number ≥ ${minimum}`,
    accepts: (given): given is number => Number.isSafeInteger(given) && (given as number) >= minimum,
  };
}

/** A finite number, in a range where one is given. */
export function numberOption(
  description: string,
  value: number,
  { minimum = -Infinity, maximum = Infinity }: { readonly minimum?: number; readonly maximum?: number } = {},
): Option<number> {
  const limits = [
    ...(minimum > -Infinity ? [`≥ ${minimum}`] : []),
    ...(maximum < Infinity ? [`≤ ${maximum}`] : []),
  ];
  return {
    description,
    default: value,
    wanted: ['a number', limits.join(' and ')].filter(Boolean).join(' '),
    accepts: (given): given is number =>
      Number.isFinite(given) && (given as number) >= minimum && (given as number) <= maximum,
  };
}

export function choiceOption<Choice extends string>(
  description: string,
  value: Choice,
  choices: readonly Choice[],
): Option<Choice> {
  return {
    description,
    default: value,
    wanted: `one of ${choices.join(', ')}`,
    accepts: (given): given is Choice => (choices as readonly unknown[]).includes(given),
  };
}

/** A number above 0, or one of a few words. */
export function positiveOrWordOption<Word extends string>(
  description: string,
  value: number | Word,
  words: readonly Word[],
): Option<number | Word> {
  return {
    description,
    default: value,
    wanted: `a number above 0${words.map((word) => ` or "${word}"`).join('')}`,
    accepts: (given): given is number | Word =>
      typeof given === 'number'
        ? given > 0 && Number.isFinite(given)
        : (words as readonly unknown[]).includes(given),
  };
}
