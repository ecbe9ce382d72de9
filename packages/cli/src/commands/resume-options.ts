import { resolve } from 'node:path';
import type { TrainingRun } from '@reparam/vae';
import { UserError } from '../files/user-error.ts';
import {
  type IsGiven,
  modelOptions,
  type TrainOptions,
  toTrainingSettings,
  toVaeSettings,
  trainingOptions,
} from '../options.ts';
import { describeModel, describeTraining } from './describe.ts';
import type { Source } from './source.ts';

/**
 * A resumed run keeps its settings and its data; only the number of epochs may grow. Options that say what holds
 * anyway are welcome: adding --resume to the command that began the run goes on with it.
 * @throws UserError naming the first option that says something else.
 */
export function requireSameOptions(run: TrainingRun, options: TrainOptions, isGiven: IsGiven): void {
  const saved: Readonly<Record<string, string>> = {
    ...describeModel(run.model.settings),
    ...describeTraining(run.settings),
  };
  // The kind of the likelihood decides what other options mean: without the option, it is the run's.
  const { kind } = run.model.settings.likelihood;
  const meant = isGiven('likelihood') ? options : { ...options, likelihood: kind };
  const asked: Readonly<Record<string, string>> = {
    ...describeModel(toVaeSettings(meant, run.model.settings.features)),
    ...describeTraining(toTrainingSettings(meant)),
  };
  for (const option of [...modelOptions, ...trainingOptions]) {
    const name = option.name();
    const given = isGiven(option.attributeName() as keyof TrainOptions);
    if (!given || name === 'epochs' || saved[name] === asked[name]) continue;
    throw differs(options, name, saved[name] ?? '(none)', asked[name] ?? '(none)');
  }
}

/** @throws UserError when the options ask for other data than the run's. Whether --data is the same, its contents tell. */
export function requireSameSource(source: Source, options: TrainOptions, isGiven: IsGiven): void {
  for (const [name, key] of [
    ['digits', 'digits'],
    ['held-out', 'heldOut'],
  ] as const) {
    if (isGiven(key) && options[key] !== source[key]) {
      throw differs(options, name, String(source[key]), String(options[key]));
    }
  }
  if (options.data !== undefined && source.data === null) {
    throw new UserError(
      `The run in "${options.out}" was trained on the built-in digits, and a resumed run keeps its data: leave ` +
        '--data out, or start a new run in another folder.',
    );
  }
}

/** Where the data of a resumed run lies now, when the options tell another place. */
export function movedData(source: Source, { data }: TrainOptions): string | undefined {
  return data === undefined || resolve(data) === source.data ? undefined : data;
}

function differs({ out }: TrainOptions, name: string, saved: string, asked: string): UserError {
  return new UserError(
    `The run in "${out}" was started with --${name} ${saved}, so it cannot go on with ${asked}; leave the option out, ` +
      'or start a new run in another folder.',
  );
}
