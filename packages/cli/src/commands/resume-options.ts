import { resolve } from 'node:path';
import type { LikelihoodSettings, TrainingRun } from '@reparam/vae';
import { UserError } from '../files/user-error.ts';
import { modelOptions, optionName, trainingOptions } from '../options/run-options.ts';
import { toTrainingSettings, toVaeSettings } from '../options/settings.ts';
import type { IsGiven, TrainOptions } from '../options/train-options.ts';
import { describeModel, describeTraining } from './describe.ts';
import type { Source } from './source.ts';

const kept = { ...modelOptions, ...trainingOptions };

/**
 * A resumed run keeps its settings and its data; only the number of epochs may grow. Options that say what holds
 * anyway are welcome: adding --resume to the command that began the run goes on with it.
 * @throws UserError naming the first option that says something else.
 */
export function requireSameOptions(
  { model: { settings: model }, settings: training }: TrainingRun,
  source: Source,
  options: TrainOptions,
  isGiven: IsGiven,
): void {
  const saved: Readonly<Record<string, string>> = { ...describeModel(model), ...describeTraining(training) };
  // The likelihood decides what other options mean: without the option, it is the run's.
  const likelihood = isGiven('likelihood')
    ? startingAs(model.likelihood, options.likelihood)
    : model.likelihood;
  const layout = isGiven('model') ? options.model : model.network.kind;
  const meant = { ...options, likelihood, model: layout };
  const asked: Readonly<Record<string, string>> = {
    ...describeModel(toVaeSettings(meant, { ...source, features: model.features })),
    ...describeTraining(toTrainingSettings(meant)),
  };
  for (const key of Object.keys(kept) as (keyof typeof kept)[]) {
    const name = optionName(key);
    if (!isGiven(key) || key === 'epochs' || saved[name] === asked[name]) continue;
    throw differs(options, name, saved[name] ?? '(none)', asked[name] ?? '(none)');
  }
}

/** Where a learned scale started was read off the data, unless the options say it. */
function startingAs(saved: LikelihoodSettings, asked: LikelihoodSettings): LikelihoodSettings {
  const isRead = saved.kind === asked.kind && 'initialScale' in saved && !('initialScale' in asked);
  return isRead ? ({ ...asked, initialScale: saved.initialScale } as LikelihoodSettings) : asked;
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
