// Distributions
export type { Distribution, SampleWithLogProb } from './distributions/distribution.ts';
export { DiagonalNormal } from './distributions/diagonal-normal.ts';
export { Bernoulli } from './distributions/bernoulli.ts';
export { NormalMixture } from './distributions/normal-mixture.ts';

// Flows
export type { Bijector, Transformed } from './flows/bijector.ts';
export { PlanarFlow, type PlanarParameters } from './flows/planar.ts';
export { FlowDistribution } from './flows/flow-distribution.ts';

// Objectives
export { type KlDivergence, kl } from './objectives/kl.ts';
export { type ElboOptions, type ElboTerms, elbo } from './objectives/elbo.ts';

// Models
export { Vae } from './models/vae.ts';
export type {
  FlowSettings,
  GaussianSettings,
  LikelihoodSettings,
  PriorSettings,
  VaeSettings,
} from './models/settings.ts';
export { Encoder } from './models/encoder.ts';
export { Decoder } from './models/decoder.ts';
export { MixturePrior, Prior, StandardNormalPrior } from './models/prior.ts';

// Training
export { createTrainingRun, type EpochTotals, type TrainingRun } from './training/run.ts';
export {
  type BoundTerms,
  DivergedError,
  type EpochEvent,
  evaluateRun,
  klSchedule,
  requireTrainable,
  type StepEvent,
  stepsPerEpoch,
  type TrainingEvent,
  train,
} from './training/train.ts';
export { type Binarization, binarizations, type TrainingSettings } from './training/settings.ts';
export { binarize } from './training/binarize.ts';
export { activeThreshold, type Evaluation, type EvaluationOptions, evaluate } from './training/evaluate.ts';
export { decodeCheckpoint, encodeCheckpoint } from './training/checkpoint.ts';

// Data
export { type Dataset, requireFinite, splitDataset, takeExamples } from './data/dataset.ts';
export { type DigitOptions, generateDigits } from './data/digits/generate.ts';
export { gunzip, isGzip } from './data/gzip.ts';
export { decodeIdx, decodeIdxImages, decodeIdxLabels, encodeIdx, type IdxImages } from './data/idx.ts';
