import { adagrad } from './adagrad.ts';
import { adam, adamax, adamW } from './adam.ts';
import type { Optimizer, Parameters } from './optimizer.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

export { type AdagradOptions, adagrad } from './adagrad.ts';
export { type AdamOptions, type AdamWOptions, adam, adamax, adamW } from './adam.ts';
export { type RmspropOptions, rmsprop } from './rmsprop.ts';
export { type SgdOptions, sgd } from './sgd.ts';
export type { WeightDecayOptions } from './weight-decay.ts';

type CreateOptimizer = (parameters: Parameters, options?: { readonly learningRate?: number }) => Optimizer;

/** Optimisers by name, as settings and command lines write them. */
export const optimizers = { adagrad, adam, adamax, adamw: adamW, rmsprop, sgd } as const satisfies Readonly<
  Record<string, CreateOptimizer>
>;

export type OptimizerName = keyof typeof optimizers;
