import { type OptimizerName, optimizers } from '@reparam/nn';
import { ArgumentError } from '@reparam/tensor';

/**
 * How grey values become the zeros and ones that a Bernoulli likelihood is about: drawn anew each time they
 * are seen with P(1) = value, cut at ½, or left as they are (then the bound is no log-likelihood).
 */
export const binarizations = ['dynamic', 'threshold', 'none'] as const;

export type Binarization = (typeof binarizations)[number];

/** How a model is trained. All of it is kept in checkpoints. */
export interface TrainingSettings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  /** β, the weight of the KL once annealed. */
  readonly beta: number;
  /** Epochs over which the weight of the KL grows from 0 to β in a straight line; 0 for no annealing. */
  readonly annealEpochs: number;
  /** Nats of KL for each latent that cost nothing. */
  readonly freeBits: number;
  /** Largest joint norm of a step's gradients; longer ones are scaled down. 0 for no limit. */
  readonly clipNorm: number;
  readonly binarization: Binarization;
  readonly seed: number;
}

interface Limit {
  readonly allowed: (value: number) => boolean;
  readonly wanted: string;
}

const wholePositive: Limit = {
  allowed: (value) => Number.isSafeInteger(value) && value > 0,
  wanted: 'a whole number above 0',
};
const positive: Limit = { allowed: (value) => value > 0 && value < Infinity, wanted: 'a number above 0' };
const nonNegative: Limit = { allowed: (value) => value >= 0 && value < Infinity, wanted: 'a number ≥ 0' };

const limits = {
  epochs: wholePositive,
  batchSize: wholePositive,
  learningRate: positive,
  beta: nonNegative,
  annealEpochs: nonNegative,
  freeBits: nonNegative,
  clipNorm: nonNegative,
  seed: { allowed: Number.isSafeInteger, wanted: 'a whole number' },
} as const satisfies Partial<Record<keyof TrainingSettings, Limit>>;

/** @throws ArgumentError naming the first setting that is out of range. */
export function requireTrainingSettings(settings: TrainingSettings): void {
  for (const name of Object.keys(limits) as (keyof typeof limits)[]) {
    const value = settings[name];
    const { allowed, wanted } = limits[name];
    if (typeof value !== 'number' || !allowed(value)) {
      throw new ArgumentError('training settings', name, value, `${name} is ${value}; it must be ${wanted}.`);
    }
  }
  requireChoice('optimizer', settings.optimizer, Object.keys(optimizers));
  requireChoice('binarization', settings.binarization, binarizations);
}

function requireChoice(name: string, value: string, choices: readonly string[]): void {
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
