import {
  type Kinds,
  modelChoices,
  type Question,
  type RawChoice,
  type TrainingSettings,
  trainingChoices,
  trainingSettings,
  type VaeSettings,
  vaeSettings,
  valuesOf,
} from '@reparam/vae';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { commandOptions, type RunOptions, runOptions } from '../options/run-options.ts';
import { toTrainingSettings, toVaeSettings } from '../options/settings.ts';
import { describeImages, describeModel, describeTraining } from './describe.ts';

const models: readonly VaeSettings[] = [
  vaeSettings({ features: 784 }),
  vaeSettings({
    features: 784,
    latent: 16,
    hidden: [],
    network: { kind: 'conv', image: [28, 28], channels: [8, 16] },
    activation: 'gelu',
    prior: { kind: 'mixture', covariance: 'full' },
    posterior: { kind: 'low-rank', rank: 3 },
    flow: { kind: 'iaf', layers: 2, parameters: 'shared', width: 8 },
    likelihood: { kind: 'gaussian', scale: 0.25 },
  }),
  vaeSettings({
    features: 784,
    prior: { kind: 'flow', flow: 'maf', width: 7 },
    posterior: { kind: 'diagonal', scale: 'softplus' },
    flow: { kind: 'planar', width: 9 },
    likelihood: { kind: 'student-t', scale: 'network', initialScale: 3, degrees: 2.5 },
  }),
  vaeSettings({ features: 784, prior: { kind: 'vamp' }, likelihood: { kind: 'student-t', degrees: 2 } }),
];
const trainings: readonly TrainingSettings[] = [
  trainingSettings({ binarization: 'threshold' }),
  trainingSettings({
    epochs: 7,
    batchSize: 8,
    objective: { kind: 'renyi', alpha: 0.3, samples: 5, estimator: 'doubly-reparameterized' },
    optimizer: 'variational',
    learningRate: 0.125,
    schedule: { kind: 'cosine', warmUp: 2, end: 0.5 },
    beta: 0.5,
    annealing: { kind: 'cyclical', epochs: 3, rising: 0.25 },
    freeBits: 0.25,
    clipNorm: 5,
    patience: 3,
    binarization: 'none',
    seed: -3,
  }),
];

function typedAgain(described: Readonly<Record<string, string>>): RunOptions {
  const command = new Command();
  for (const option of commandOptions(runOptions)) command.addOption(option);
  const words = Object.entries(described).flatMap(([name, value]) => [`--${name}`, value]);
  return command.parse(words, { from: 'user' }).opts();
}

/** Settings with the defaults of chosen kinds filled in, by which two ways to write one choice are equal. */
function resolved<Settings extends object>(
  settings: Settings,
  questions: Partial<Record<keyof Settings, Question<Kinds>>>,
): object {
  const choices = Object.entries(questions) as [keyof Settings, Question<Kinds>][];
  return {
    ...settings,
    ...Object.fromEntries(
      choices.map(([name, question]) => {
        const choice = settings[name] as RawChoice;
        return [name, { kind: choice.kind, ...valuesOf(question, choice) }];
      }),
    ),
  };
}

test('settings are what a person would type', () => {
  expect(describeModel(models[1]!)).toEqual({
    latent: '16',
    model: 'conv',
    hidden: 'none',
    channels: '8,16',
    activation: 'gelu',
    prior: 'mixture:10:full',
    posterior: 'low-rank:3',
    flow: 'iaf:2:shared:8',
    likelihood: 'gaussian:0.25',
  });
  expect(describeModel(models[2]!)).toMatchObject({
    prior: 'flow:maf:4:7',
    flow: 'planar:4:amortized:9',
    likelihood: 'student-t:network:3:2.5',
  });
  expect(describeModel(models[3]!).likelihood).toBe('student-t:learned:0.1:2');
  expect(describeTraining(trainings[1]!)).toMatchObject({
    objective: 'renyi:0.3:5:doubly-reparameterized',
    schedule: 'cosine:2:0.5',
    annealing: 'cyclical:3:4:0.25',
  });
});

test.each(models)('a model typed again is the same: %#', (model) => {
  const typed = toVaeSettings(typedAgain(describeModel(model)), {
    name: 'digits',
    features: 784,
    imageShape: [28, 28],
  });
  expect(resolved(typed, modelChoices)).toEqual(resolved(model, modelChoices));
});

test.each(trainings)('a training typed again is the same: %#', (training) => {
  const typed = toTrainingSettings(typedAgain(describeTraining(training)));
  expect(resolved(typed, trainingChoices)).toEqual(resolved(training, trainingChoices));
});

test('images are described width first', () => {
  expect(describeImages([24, 20])).toBe('images of 20 × 24 pixels');
});
