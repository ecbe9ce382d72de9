import {
  createTrainingRun,
  type TrainingRun,
  type TrainingSettings,
  trainingSettings,
  type VaeSettings,
  vaeSettings,
} from '@reparam/vae';

/** The smallest settings of each kind, for tests that need a run but not what it learns. */
export const tinyModel: VaeSettings = vaeSettings({ features: 3, latent: 1, hidden: [] });
export const tinyTraining: TrainingSettings = trainingSettings({
  epochs: 1,
  batchSize: 4,
  optimizer: 'sgd',
  learningRate: 0.1,
  seed: 5,
});

export function tinyRun(
  model: Partial<VaeSettings> = {},
  training: Partial<TrainingSettings> = {},
  annotations?: Readonly<Record<string, string>>,
): TrainingRun {
  return createTrainingRun({ ...tinyModel, ...model }, { ...tinyTraining, ...training }, annotations);
}
