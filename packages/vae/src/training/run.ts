import { optimizers, type PlateauSchedule } from '@reparam/nn';
import { RandomKey, type Tensor } from '@reparam/tensor';
import {
  type ParameterOptimizer,
  VariationalOptimizer,
  variationalInference,
} from '../inference/variational-optimizer.ts';
import type { VaeSettings } from '../models/settings.ts';
import { Vae } from '../models/vae.ts';
import { RunningMeanBaseline } from '../objectives/running-mean-baseline.ts';
import { requireCombination } from './combination.ts';
import { createPlateau } from './learning-rates.ts';
import { requireTrainingSettings, type TrainingSettings, trainingSettings } from './settings.ts';

/** Sums over the examples of the epoch under way, in nats. */
export interface EpochTotals {
  readonly examples: number;
  readonly reconstruction: number;
  readonly kl: number;
}

export const noTotals: EpochTotals = { examples: 0, reconstruction: 0, kl: 0 };

/** The epoch with the best held-out bound so far, of runs that end when it is not bettered. */
export interface BestEpoch {
  readonly epoch: number;
  readonly elbo: number;
  /** The model's parameters and buffers then. */
  readonly state: Readonly<Record<string, Tensor>>;
  /** The optimiser's state then, where the run stands for what is in it: of variational inference. */
  readonly optimizer?: Readonly<Record<string, Tensor>>;
}

/** A training run: everything that decides how it goes on. `train` changes it, checkpoints hold it. */
export interface TrainingRun {
  readonly model: Vae;
  optimizer: ParameterOptimizer;
  readonly settings: TrainingSettings;
  /** All randomness of the run is derived from this key and the step. */
  readonly key: RandomKey;
  /** Facts about the run that its owner wants kept with it, such as where the data came from. */
  readonly annotations: Readonly<Record<string, string>>;
  /** The mean of what score-function objectives rest on, for their baseline of that name. */
  readonly baseline: RunningMeanBaseline;
  /** Watches the held-out bound, where the learning rate depends on it. */
  readonly plateau: PlateauSchedule | undefined;
  /** Steps taken so far. */
  step: number;
  totals: EpochTotals;
  best: BestEpoch | undefined;
  /** Whether it ended before its last epoch, because the bound was not bettered. */
  stoppedEarly: boolean;
}

/** What moves as a run goes on, at its beginning. */
export const start = { step: 0, totals: noTotals, best: undefined, stoppedEarly: false } as const;

/** Parts of a run's randomness that must not meet. */
const streams = {
  model: 0,
  shuffle: 1,
  step: 2,
  evaluation: 3,
  initialize: 4,
  inference: 5,
  codes: 6,
} as const;

export function streamKey(key: RandomKey, stream: keyof typeof streams): RandomKey {
  return key.foldIn(streams[stream]);
}

/**
 * A run at its beginning; what is not given is as {@link vaeSettings} and {@link trainingSettings} have it.
 * @throws ArgumentError on settings out of range, and on those that make no sense together.
 */
export function createTrainingRun(
  model: Partial<VaeSettings> & Pick<VaeSettings, 'features'>,
  training: Partial<TrainingSettings> = {},
  annotations: Readonly<Record<string, string>> = {},
): TrainingRun {
  const settings = trainingSettings(training);
  requireTrainingSettings(settings);
  const key = RandomKey.fromSeed(settings.seed);
  const vae = new Vae(model, streamKey(key, 'model'));
  requireCombination(vae.settings, settings);
  return { ...partsOf(vae, settings, key), model: vae, settings, key, annotations, ...start };
}

/** What a run has beside its model, as it is at the beginning. */
export function partsOf(
  model: Vae,
  settings: TrainingSettings,
  key: RandomKey,
): Pick<TrainingRun, 'optimizer' | 'baseline' | 'plateau'> {
  return {
    optimizer: createOptimizer(model, settings, key),
    baseline: new RunningMeanBaseline(),
    plateau: createPlateau(settings.schedule, settings.learningRate),
  };
}

export function createOptimizer(
  model: Vae,
  { optimizer, learningRate }: TrainingSettings,
  key: RandomKey,
): ParameterOptimizer {
  const parameters = model.namedParameters();
  if (optimizer !== 'variational') return optimizers[optimizer](parameters, { learningRate });
  // How many examples there are is known when training begins, and set then.
  return variationalInference(parameters, { learningRate, dataCount: 1, key: streamKey(key, 'inference') });
}

/**
 * Runs `fn` with the parameters that a run stands for: of variational inference the means rather than the draw that
 * the next step is about to use. `fn` must not be asynchronous.
 */
export function withSettledParameters<T>({ optimizer }: TrainingRun, fn: () => T): T {
  return optimizer instanceof VariationalOptimizer ? optimizer.withMeans(fn) : fn();
}
