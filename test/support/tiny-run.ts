import { createTrainingRun, type TrainingRun, type TrainingSettings, type VaeSettings } from '@reparam/vae';

/** The smallest settings of each kind, for tests that need a run but not what it learns. */
export const tinyModel: VaeSettings = {
  features: 3,
  latent: 1,
  hidden: [],
  activation: 'relu',
  prior: { kind: 'normal' },
  flow: { kind: 'none' },
  likelihood: { kind: 'bernoulli' },
  dtype: 'float32',
};
export const tinyTraining: TrainingSettings = {
  epochs: 1,
  batchSize: 4,
  optimizer: 'sgd',
  learningRate: 0.1,
  beta: 1,
  annealEpochs: 0,
  freeBits: 0,
  clipNorm: 0,
  binarization: 'none',
  seed: 5,
};

export function tinyRun(
  model: Partial<VaeSettings> = {},
  training: Partial<TrainingSettings> = {},
  annotations?: Readonly<Record<string, string>>,
): TrainingRun {
  return createTrainingRun({ ...tinyModel, ...model }, { ...tinyTraining, ...training }, annotations);
}
