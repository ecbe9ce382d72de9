export { Module } from './module.ts';

// Layers
export { Linear, type LinearOptions } from './layers/linear.ts';
export { type Layer, type PerceptronOptions, perceptron, Sequential } from './layers/sequential.ts';
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
export { Optimizer, type UpdateRule } from './optimizers/optimizer.ts';
export {
  type AdamOptions,
  adam,
  type OptimizerName,
  optimizers,
  type RmspropOptions,
  rmsprop,
  type SgdOptions,
  sgd,
} from './optimizers/rules.ts';
export { clipByGlobalNorm, globalNorm } from './optimizers/clip.ts';
export { constantSchedule, linearSchedule, type Schedule } from './schedule.ts';
