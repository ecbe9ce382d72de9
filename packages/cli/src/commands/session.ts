import { ArgumentError } from '@reparam/tensor';
import {
  createTrainingRun,
  type Dataset,
  requireTrainable,
  stepsPerEpoch,
  type TrainingRun,
} from '@reparam/vae';
import { withoutOperation } from '../data/explain-format.ts';
import { standardDeviation } from '../data/standard-deviation.ts';
import { UserError } from '../files/user-error.ts';
import { toTrainingSettings, toVaeSettings } from '../options/settings.ts';
import type { IsGiven, TrainOptions } from '../options/train-options.ts';
import type { EpochRow } from '../report/contents.ts';
import { requireSensibleCombination } from './check-options.ts';
import { requireModelSize } from './model-size.ts';
import { movedData, requireSameOptions, requireSameSource } from './resume-options.ts';
import { RunFolder } from './run-folder.ts';
import { annotateStages } from './second-stage.ts';
import { annotate, type OpenedData, openData, reopenData, sourceOf } from './source.ts';

/** A run on its data, about to be trained from where it stands. */
export interface Session {
  readonly folder: RunFolder;
  readonly run: TrainingRun;
  readonly data: OpenedData;
  /** Epochs that ended before this session. */
  readonly history: EpochRow[];
}

/** A new run. @throws UserError before anything is written when it cannot be trained or saved. */
export async function startSession(options: TrainOptions): Promise<Session> {
  if (options.out !== undefined) await new RunFolder(options.out).requireFree(options.data);
  const { digits, heldOut } = options;
  const data = await openData({ data: options.data ?? null, digits, heldOut });
  const { examples } = data.train;
  const { name, imageShape } = data.source;
  const shape = { name, features: examples.shape[1]!, imageShape, spread: standardDeviation(examples) };
  const settings = toVaeSettings(options, shape);
  const training = toTrainingSettings(options);
  requireModelSize(settings);
  requireSensibleCombination(settings, training);
  const run = createTrainingRun(settings, training, {
    ...annotate(data.source),
    ...annotateStages(options.twoStage ?? false),
  });
  requireLikelihood(run, data.dataset);
  const folder = options.out === undefined ? RunFolder.unused(data.source.name) : new RunFolder(options.out);
  await folder.create();
  return { folder, run, data, history: [] };
}

/** @throws UserError when the values of the data are not what the likelihood is about. */
function requireLikelihood(run: TrainingRun, dataset: Dataset): void {
  try {
    requireTrainable(run, dataset);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new UserError(`${withoutOperation(error)} The option for that is --likelihood gaussian.`, {
      cause: error,
    });
  }
}

/** The run in --out, with the epochs that the options ask for. @throws UserError when they ask for another run. */
export async function resumeSession(options: TrainOptions, isGiven: IsGiven): Promise<Session> {
  if (options.out === undefined) {
    throw new UserError('--resume needs the folder of the run to go on with: --out FOLDER.');
  }
  const folder = new RunFolder(options.out);
  const saved = await folder.load();
  const source = sourceOf(saved, folder.pathOf('checkpoint'));
  requireSameOptions(saved, source, options, isGiven);
  requireSameSource(source, options, isGiven);
  const data = await reopenData(source, movedData(source, options));
  const epochs = isGiven('epochs') ? options.epochs : saved.settings.epochs;
  const trained = Math.ceil(saved.step / stepsPerEpoch(saved.settings, data.train.examples.shape[0]!));
  if (epochs < trained) {
    throw new UserError(
      `The run in "${folder.path}" is already in epoch ${trained}, so it cannot end after ${epochs}: give --epochs ` +
        `${trained} or more.`,
    );
  }
  const run = {
    ...saved,
    settings: { ...saved.settings, epochs },
    annotations: {
      ...saved.annotations,
      ...annotate(data.source),
      ...annotateStages(options.twoStage ?? false),
    },
  };
  return { folder, run, data, history: await folder.readMetrics(run.step) };
}
