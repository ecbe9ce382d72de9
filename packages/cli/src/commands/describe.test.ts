import type { TrainingSettings, VaeSettings } from '@reparam/vae';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import {
  modelOptions,
  type TrainOptions,
  toTrainingSettings,
  toVaeSettings,
  trainingOptions,
} from '../options.ts';
import { describeImages, describeModel, describeTraining } from './describe.ts';

const model: VaeSettings = {
  features: 784,
  latent: 16,
  hidden: [256, 128],
  activation: 'relu',
  prior: { kind: 'mixture', components: 10 },
  flow: { kind: 'planar', layers: 4 },
  likelihood: { kind: 'gaussian', scale: 'learned' },
  dtype: 'float32',
};
const training: TrainingSettings = {
  epochs: 20,
  batchSize: 64,
  optimizer: 'rmsprop',
  learningRate: 0.002,
  beta: 0.5,
  annealEpochs: 3,
  freeBits: 0.1,
  clipNorm: 1,
  binarization: 'none',
  seed: 7,
};

describe('settings', () => {
  test('of a model are what a person would type', () => {
    expect(describeModel(model)).toEqual({
      latent: '16',
      hidden: '256,128',
      prior: 'mixture:10',
      flow: 'planar:4',
      likelihood: 'gaussian',
      scale: 'learned',
    });
  });

  test('that do not apply are left out', () => {
    const plain = describeModel({
      ...model,
      hidden: [],
      prior: { kind: 'normal' },
      flow: { kind: 'none' },
      likelihood: { kind: 'bernoulli' },
    });
    expect(plain).toEqual({
      latent: '16',
      hidden: 'none',
      prior: 'normal',
      flow: 'none',
      likelihood: 'bernoulli',
    });
  });

  test('typed again, give the same model and training', () => {
    const command = new Command();
    for (const option of [...modelOptions, ...trainingOptions]) command.addOption(option);
    const words = Object.entries({ ...describeModel(model), ...describeTraining(training) });
    const options = command
      .parse(
        words.flatMap(([name, value]) => [`--${name}`, value]),
        { from: 'user' },
      )
      .opts<TrainOptions>();
    expect(toVaeSettings(options, 784)).toEqual(model);
    expect(toTrainingSettings(options)).toEqual(training);
  });
});

test('images are described width first', () => {
  expect(describeImages([24, 20])).toBe('images of 20 × 24 pixels');
});
