import {
  createTrainingRun,
  type Dataset,
  encodeCodes,
  secondStageSettings,
  type TrainingRun,
  trainingSettings,
} from '@reparam/vae';
import { standardDeviation } from '../data/standard-deviation.ts';
import { withInitialScale } from '../options/settings.ts';
import type { RunFolder } from './run-folder.ts';
import type { OpenedData } from './source.ts';

const annotation = 'two-stage';
/** In the second stage: how many steps the first had taken when its codes were drawn. */
const basis = 'first-stage-step';

/** Whether a second model is to be trained on the codes of a run. */
export function isTwoStage({ annotations }: TrainingRun): boolean {
  return annotations[annotation] !== undefined;
}

export function annotateStages(wanted: boolean): Record<string, string> {
  return wanted ? { [annotation]: 'true' } : {};
}

/** Whether a second stage was trained on the codes that a run has now. */
export function belongsTo(second: TrainingRun, first: TrainingRun): boolean {
  return second.annotations[basis] === String(first.step);
}

/** The second stage of a run that is trained, with its data: the one in the folder, or a new one. */
export async function openSecondStage(
  folder: RunFolder,
  first: TrainingRun,
  { train, heldOut }: OpenedData,
): Promise<{
  readonly run: TrainingRun;
  readonly data: { readonly train: Dataset; readonly heldOut: Dataset };
}> {
  const { epochs, batchSize, optimizer, learningRate, schedule, clipNorm, patience, seed } = first.settings;
  const settings = trainingSettings({
    epochs,
    batchSize,
    optimizer,
    learningRate,
    schedule,
    clipNorm,
    patience,
    seed,
  });
  const data = { train: encodeCodes(first, train), heldOut: encodeCodes(first, heldOut) };
  const saved = await folder.loadSecondStage(first);
  const usual = secondStageSettings(first.model.settings);
  const likelihood = withInitialScale(usual.likelihood, standardDeviation(data.train.examples));
  const model = { ...usual, likelihood };
  return { data, run: saved ?? createTrainingRun(model, settings, { [basis]: String(first.step) }) };
}
