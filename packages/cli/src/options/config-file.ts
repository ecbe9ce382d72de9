import { readFile } from 'node:fs/promises';
import { ReparamError } from '@reparam/tensor';
import {
  formatChoice,
  type Kinds,
  modelChoices,
  type Question,
  type RawChoice,
  trainingChoices,
} from '@reparam/vae';
import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { withoutOperation } from '../data/explain-format.ts';
import { systemErrorCode, UserError } from '../files/user-error.ts';
import { nearestName } from './nearest.ts';
import { optionName, type RunOption, type RunOptions, runOptions } from './run-options.ts';

const questions: Partial<Record<keyof RunOptions, Question<Kinds>>> = { ...modelChoices, ...trainingChoices };
const keys = Object.keys(runOptions) as (keyof RunOptions)[];
const keysByName = new Map(keys.map((key) => [optionName(key), key]));

/** A value of JSON as the text that the command line would have. */
const asText = z.union([
  z.string(),
  z.number().transform(String),
  z.boolean().transform(String),
  z.array(z.number()).transform((values) => (values.length === 0 ? 'none' : values.join(','))),
]);

/** A choice may be an object too, `{ "kind": "mixture", "components": 10 }`. */
function choiceAsText(question: Question<Kinds>) {
  return z.looseObject({ kind: z.string() }).transform((choice, context) => {
    try {
      return formatChoice(question, choice as RawChoice);
    } catch (error) {
      if (!(error instanceof ReparamError)) throw error;
      context.addIssue(withoutOperation(error));
      return z.NEVER;
    }
  });
}

/** The value of an option, read by the option's own reader. */
function schemaOf(key: keyof RunOptions) {
  const { parse } = runOptions[key] as RunOption<unknown>;
  const question = questions[key];
  const text = question ? z.union([asText, choiceAsText(question)]) : asText;
  return text.transform((words, context) => {
    try {
      return parse(words);
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      context.addIssue(`${JSON.stringify(words)} does not do. ${error.message}`);
      return z.NEVER;
    }
  });
}

/** What a config file may hold: every option of a run by its name, with the values that the command line takes. */
const schema = z.strictObject(
  Object.fromEntries(keys.map((key) => [optionName(key), schemaOf(key).optional()])),
);

/**
 * The options that a file of JSON gives, by their names in {@link RunOptions}.
 * @throws UserError naming `path` and what is wrong with it.
 */
export function parseConfig(text: string, path: string): Partial<RunOptions> {
  const result = schema.safeParse(readJson(text, path));
  if (!result.success) throw new UserError(`"${path}": ${explain(result.error.issues[0]!)}`);
  return Object.fromEntries(
    Object.entries(result.data).map(([name, value]) => [keysByName.get(name), value]),
  );
}

/** @throws UserError when the file cannot be read, too. */
export async function loadConfig(path: string): Promise<Partial<RunOptions>> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UserError(`The config file "${path}" cannot be opened (${systemErrorCode(error)}).`, {
      cause: error,
    });
  });
  return parseConfig(text, path);
}

/** The file that gives such options, by the names of the command line. */
export function encodeConfig(options: Readonly<Record<string, string>>): string {
  const values = Object.entries(options).map(([name, text]) => {
    const number = Number(text);
    return [name, text === 'true' ? true : String(number) === text ? number : text] as const;
  });
  return `${JSON.stringify(Object.fromEntries(values), null, 2)}\n`;
}

function readJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`"${path}" is not JSON: ${reason}.`, { cause: error });
  }
}

function explain(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const [unknown] = issue.keys;
    const nearest = nearestName(unknown!, [...keysByName.keys()]);
    return `there is no option "${unknown}"; did you mean "${nearest}"? reparam train --help lists them all.`;
  }
  // Of a value that may be several things, none fits: the deepest explanation is about the nearest one.
  const deepest =
    issue.code === 'invalid_union' ? issue.errors.flat().find(({ code }) => code === 'custom') : undefined;
  const place = issue.path.length === 0 ? 'it' : `"${issue.path.join('.')}"`;
  if (deepest) return `${place}: ${deepest.message}`;
  if (issue.code === 'custom') return `${place}: ${issue.message}`;
  return `${place} is no value that an option has: give a text as on the command line, or a number.`;
}
