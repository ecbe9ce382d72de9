import {
  type LikelihoodSettings,
  likelihoods,
  modelChoices,
  type NetworkSettings,
  type TrainingSettings,
  trainingSettings,
  type VaeSettings,
  vaeSettings,
} from '@reparam/vae';
import { UserError } from '../files/user-error.ts';
import { withoutDefaults } from './readers.ts';
import type { RunOptions } from './run-options.ts';

/** What the options are about. */
export interface DataShape {
  readonly name: string;
  readonly features: number;
  /** Height and width, of data that are images. */
  readonly imageShape?: readonly [number, number] | null | undefined;
  /** The standard deviation, below which a learned scale starts. */
  readonly spread?: number;
}

/** @throws UserError when the model is one for images, and the data are none. */
export function toVaeSettings(options: RunOptions, shape: DataShape): VaeSettings {
  const { latent, hidden, activation, prior, posterior, flow } = options;
  return vaeSettings({
    features: shape.features,
    latent,
    network: toNetwork(options, shape),
    ...(hidden && { hidden }),
    activation,
    prior,
    posterior,
    flow,
    likelihood: withInitialScale(options.likelihood, shape.spread),
  });
}

function toNetwork(
  { model, channels }: RunOptions,
  { name, features, imageShape }: DataShape,
): NetworkSettings {
  if (model === 'mlp') return { kind: 'mlp' };
  if (!imageShape) {
    throw new UserError(
      `--model conv is for images, and "${name}" has rows of ${features} numbers: leave the option out, or give ` +
        'images as a folder of PNGs, an IDX file, or a .npy array of [count, height, width].',
    );
  }
  return { kind: 'conv', image: imageShape, channels };
}

/** Share of the data's standard deviation that a learned scale starts at. */
const initialShare = 0.6;

/** A scale that is learned starts from the data's, in three digits, unless it is told where. */
export function withInitialScale(likelihood: LikelihoodSettings, spread = 0): LikelihoodSettings {
  const isLearned = 'initialScale' in likelihoods[likelihood.kind].options;
  const { scale, initialScale } = likelihood as { readonly scale?: unknown; readonly initialScale?: number };
  if (!isLearned || typeof scale === 'number' || initialScale !== undefined || !(spread > 0))
    return likelihood;
  const started = { ...likelihood, initialScale: Number((initialShare * spread).toPrecision(3)) };
  return withoutDefaults(modelChoices.likelihood, started as LikelihoodSettings);
}

export function toTrainingSettings(options: RunOptions): TrainingSettings {
  const { epochs, objective, optimizer, schedule, beta, annealing, freeBits, patience, seed } = options;
  return trainingSettings({
    epochs,
    batchSize: options.batch,
    objective,
    optimizer,
    learningRate: options.lr,
    schedule,
    beta,
    annealing,
    freeBits,
    clipNorm: options.clip,
    patience,
    // Only coins need zeros and ones; other likelihoods are about the values as they are.
    binarization: options.binarize ?? (options.likelihood.kind === 'bernoulli' ? 'dynamic' : 'none'),
    seed,
  });
}
