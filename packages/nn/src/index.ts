export { Module, ModuleBuffer } from './module.ts';
export { requireSameState } from './saved-state.ts';

// Layers
export { Linear, type LinearOptions } from './layers/linear.ts';
export { type Layer, type PerceptronOptions, perceptron, Sequential } from './layers/sequential.ts';
export {
  Conv1d,
  Conv2d,
  ConvTranspose1d,
  ConvTranspose2d,
  type ConvolutionLayerOptions,
  type KernelOptions,
  type TransposedConvolutionLayerOptions,
} from './layers/convolution.ts';
export { type ForwardOptions, optionsOfPart } from './layers/forward-options.ts';
export { Embedding, type EmbeddingOptions } from './layers/embedding.ts';
export { LayerNorm, type LayerNormOptions } from './layers/layer-norm.ts';
export { BatchNorm, type BatchNormOptions } from './layers/batch-norm.ts';
export type { NormalizationOptions } from './layers/normalization.ts';
export { Dropout } from './layers/dropout.ts';
export { Gru } from './layers/recurrent/gru.ts';
export { Lstm } from './layers/recurrent/lstm.ts';
export type { RecurrentOptions } from './layers/recurrent/recurrent.ts';
export {
  type AttentionOptions,
  MultiHeadAttention,
  type MultiHeadAttentionOptions,
} from './layers/attention.ts';
export { type Activation, type ActivationName, activations } from './layers/activations.ts';
export {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  lecunNormal,
  lecunUniform,
  normalInitializer,
  zerosInitializer,
} from './layers/initializers.ts';

// Optimisers and schedules
export { Optimizer, type Parameters, type UpdateRule } from './optimizers/optimizer.ts';
export {
  type AdagradOptions,
  type AdamOptions,
  type AdamWOptions,
  adagrad,
  adam,
  adamax,
  adamW,
  type OptimizerName,
  optimizers,
  type RmspropOptions,
  rmsprop,
  type SgdOptions,
  sgd,
  type WeightDecayOptions,
} from './optimizers/rules.ts';
export { clipByGlobalNorm, globalNorm } from './optimizers/clip.ts';
export {
  constantSchedule,
  cosineSchedule,
  cyclicalSchedule,
  exponentialSchedule,
  linearSchedule,
  type Schedule,
  sequenceSchedule,
  stepSchedule,
  warmUpSchedule,
} from './schedule.ts';
export { type PlateauOptions, PlateauSchedule } from './plateau-schedule.ts';
export { ExponentialMovingAverage, type MovingAverageOptions } from './moving-average.ts';
