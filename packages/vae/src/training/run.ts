import { type Optimizer, optimizers } from '@reparam/nn';
import { RandomKey } from '@reparam/tensor';
import type { VaeSettings } from '../models/settings.ts';
import { Vae } from '../models/vae.ts';
import { requireTrainingSettings, type TrainingSettings } from './settings.ts';

/** Sums over the examples of the epoch under way, in nats. */
export interface EpochTotals {
  readonly examples: number;
  readonly reconstruction: number;
  readonly kl: number;
}

export const noTotals: EpochTotals = { examples: 0, reconstruction: 0, kl: 0 };

/** A training run: everything that decides how it goes on. `train` changes it, checkpoints hold it. */
export interface TrainingRun {
  readonly model: Vae;
  readonly optimizer: Optimizer;
  readonly settings: TrainingSettings;
  /** All randomness of the run is derived from this key and the step. */
  readonly key: RandomKey;
  /** Facts about the run that its owner wants kept with it, such as where the data came from. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Steps taken so far. */
  step: number;
  totals: EpochTotals;
}

/** Parts of a run's randomness that must not meet. */
const streams = { model: 0, shuffle: 1, step: 2, evaluation: 3 } as const;

export function streamKey(key: RandomKey, stream: keyof typeof streams): RandomKey {
  return key.foldIn(streams[stream]);
}

/** A run at its beginning. @throws ArgumentError on settings out of range. */
export function createTrainingRun(
  model: VaeSettings,
  settings: TrainingSettings,
  annotations: Readonly<Record<string, string>> = {},
): TrainingRun {
  requireTrainingSettings(settings);
  const key = RandomKey.fromSeed(settings.seed);
  const vae = new Vae(model, streamKey(key, 'model'));
  const optimizer = createOptimizer(vae, settings);
  return { model: vae, optimizer, settings, key, annotations, step: 0, totals: noTotals };
}

export function createOptimizer(model: Vae, { optimizer, learningRate }: TrainingSettings): Optimizer {
  return optimizers[optimizer](model.namedParameters(), { learningRate });
}
