import { type OptimizerName, optimizers } from '@reparam/nn';
import { ArgumentError } from '@reparam/tensor';
import { type Kinds, type Question, type RawChoice, valuesOf } from '../choices/choice.ts';
import { type ObjectiveName, objectiveChoice } from '../objectives/table.ts';
import { annealingChoice, type KlAnnealingSettings } from './annealing.ts';
import { type LearningRateSettings, learningRateChoice } from './learning-rates.ts';

/**
 * How grey values become the zeros and ones that a Bernoulli likelihood is about: drawn anew each time they
 * are seen with P(1) = value, cut at ½, or left as they are (then the bound is no log-likelihood).
 */
export const binarizations = ['dynamic', 'threshold', 'none'] as const;

export type Binarization = (typeof binarizations)[number];

/** What moves the parameters: an update rule of nn, or variational inference over them (Blundell et al. 2015). */
export const trainers = [...(Object.keys(optimizers) as OptimizerName[]), 'variational'] as const;

export type Trainer = (typeof trainers)[number];

/** An objective of the table, with those of its options that are not left at their defaults. */
export interface ObjectiveSettings extends RawChoice {
  readonly kind: ObjectiveName;
}

/** How a model is trained. All of it is kept in checkpoints. */
export interface TrainingSettings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly objective: ObjectiveSettings;
  readonly optimizer: Trainer;
  readonly learningRate: number;
  /** How the learning rate changes. */
  readonly schedule: LearningRateSettings;
  /** β, the weight of the KL once annealed. */
  readonly beta: number;
  /** How the weight of the KL grows from 0 to β. */
  readonly annealing: KlAnnealingSettings;
  /** Nats of KL for each latent that cost nothing. */
  readonly freeBits: number;
  /** Largest joint norm of a step's gradients; longer ones are scaled down. 0 for no limit. */
  readonly clipNorm: number;
  /**
   * Epochs without a better held-out bound after which the training ends, with the parameters of the best one; they
   * count once the KL has its full weight. 0 to train to the last epoch.
   */
  readonly patience: number;
  readonly binarization: Binarization;
  readonly seed: number;
}

/** Settings with usual values for what is not given. */
export function trainingSettings(given: Partial<TrainingSettings> = {}): TrainingSettings {
  return {
    epochs: 20,
    batchSize: 64,
    objective: { kind: 'elbo' },
    optimizer: 'adam',
    learningRate: 1e-3,
    schedule: { kind: 'constant' },
    beta: 1,
    annealing: { kind: 'none' },
    freeBits: 0,
    clipNorm: 0,
    patience: 0,
    binarization: 'none',
    seed: 1,
    ...given,
  };
}

interface Limit {
  readonly allowed: (value: number) => boolean;
  readonly wanted: string;
}

const wholePositive: Limit = {
  allowed: (value) => Number.isSafeInteger(value) && value > 0,
  wanted: 'a whole number above 0',
};
const whole: Limit = {
  allowed: (value) => Number.isSafeInteger(value) && value >= 0,
  wanted: 'a whole number ≥ 0',
};
const positive: Limit = { allowed: (value) => value > 0 && value < Infinity, wanted: 'a number above 0' };
const nonNegative: Limit = { allowed: (value) => value >= 0 && value < Infinity, wanted: 'a number ≥ 0' };

const limits = {
  epochs: wholePositive,
  batchSize: wholePositive,
  learningRate: positive,
  beta: nonNegative,
  freeBits: nonNegative,
  clipNorm: nonNegative,
  patience: whole,
  seed: { allowed: Number.isSafeInteger, wanted: 'a whole number' },
} as const satisfies Partial<Record<keyof TrainingSettings, Limit>>;

/** The parts of a training that are chosen from tables, by their names in the settings. */
export const trainingChoices = {
  objective: objectiveChoice,
  annealing: annealingChoice,
  schedule: learningRateChoice,
} as const satisfies Partial<Record<keyof TrainingSettings, Question<Kinds>>>;

/** @throws ArgumentError naming the first setting that is out of range. */
export function requireTrainingSettings(settings: TrainingSettings): void {
  for (const name of Object.keys(limits) as (keyof typeof limits)[]) {
    const value = settings[name];
    const { allowed, wanted } = limits[name];
    if (typeof value !== 'number' || !allowed(value)) {
      throw new ArgumentError('training settings', name, value, `${name} is ${value}; it must be ${wanted}.`);
    }
  }
  requireWord('optimizer', settings.optimizer, trainers);
  requireWord('binarization', settings.binarization, binarizations);
  for (const name of Object.keys(trainingChoices) as (keyof typeof trainingChoices)[]) {
    valuesOf(trainingChoices[name], settings[name]);
  }
}

function requireWord(name: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) {
    const known = choices.join(', ');
    throw new ArgumentError(
      'training settings',
      name,
      value,
      `there is no ${name} "${value}"; there are ${known}.`,
    );
  }
}
