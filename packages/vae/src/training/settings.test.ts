import { ArgumentError } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { requireTrainingSettings, type TrainingSettings, trainingSettings } from './settings.ts';

const valid = trainingSettings({ epochs: 1, batchSize: 1, seed: 0 });

describe('requireTrainingSettings', () => {
  test.each<[string, Partial<TrainingSettings>]>([
    ['the least of everything', {}],
    ['β = 0', { beta: 0 }],
    ['a fraction of an epoch of annealing', { annealing: { kind: 'linear', epochs: 0.5 } }],
    ['an objective with options', { objective: { kind: 'renyi', alpha: 0.2, samples: 3 } }],
    ['a schedule', { schedule: { kind: 'cosine', warmUp: 2 } }],
    ['variational inference', { optimizer: 'variational' }],
    ['no patience, or much', { patience: 1000 }],
    ['a negative seed', { seed: -7 }],
    ['other choices', { optimizer: 'sgd', binarization: 'dynamic' }],
  ])('accepts %s', (_, change) => {
    expect(() => requireTrainingSettings({ ...valid, ...change })).not.toThrow();
  });

  // What a file may hold in place of settings, so the types are not those of the interface.
  test.each<[Record<string, unknown>, string]>([
    [{ epochs: 0 }, 'epochs is 0; it must be a whole number above 0.'],
    [{ epochs: Infinity }, 'epochs is Infinity; it must be a whole number above 0.'],
    [{ batchSize: 2.5 }, 'batchSize is 2.5; it must be a whole number above 0.'],
    [{ learningRate: 0 }, 'learningRate is 0; it must be a number above 0.'],
    [{ learningRate: '0.1' }, 'learningRate is 0.1; it must be a number above 0.'],
    [{ learningRate: Number.NaN }, 'learningRate is NaN; it must be a number above 0.'],
    [{ beta: -1 }, 'beta is -1; it must be a number ≥ 0.'],
    [{ patience: 1.5 }, 'patience is 1.5; it must be a whole number ≥ 0.'],
    [{ freeBits: -0.1 }, 'freeBits is -0.1; it must be a number ≥ 0.'],
    [{ clipNorm: undefined }, 'clipNorm is undefined; it must be a number ≥ 0.'],
    [{ seed: 0.5 }, 'seed is 0.5; it must be a whole number.'],
    [
      { optimizer: 'lion' },
      'there is no optimizer "lion"; there are adagrad, adam, adamax, adamw, rmsprop, sgd, variational.',
    ],
    [{ optimizer: 'toString' }, 'there is no optimizer "toString"'],
    [{ binarization: true }, 'there is no binarization "true"; there are dynamic, threshold, none.'],
  ])('refuses %o', (change, message) => {
    const settings = { ...valid, ...change } as TrainingSettings;
    expect(() => requireTrainingSettings(settings)).toThrow(ArgumentError);
    expect(() => requireTrainingSettings(settings)).toThrow(`training settings: ${message}`);
  });

  test.each<[Record<string, unknown>, string]>([
    [
      { annealing: null },
      'annealing: the annealing is not given as { kind, … }; there are none, linear, cosine, cyclical.',
    ],
    [{ annealing: 'linear' }, 'annealing: the annealing is not given as { kind, … }'],
    [{ annealing: { kind: 'sine' } }, 'annealing: there is no annealing "sine"; there are none, linear,'],
    [
      { annealing: { kind: 'linear', epochs: -1 } },
      'annealing: epochs of linear is -1; it must be a number ≥ 0.',
    ],
    [{ schedule: { kind: 'step' } }, 'schedule: there is no schedule "step"; there are constant, cosine,'],
    [
      { schedule: { kind: 'plateau', factor: 1 } },
      'schedule: factor of plateau is 1; it must be a number ≥ 0.01 and ≤ 0.99.',
    ],
    [{ objective: undefined }, 'objective: the objective is not given as { kind, … }; there are elbo, stl,'],
    [
      { objective: { kind: 'iwae', draws: 5 } },
      'objective: iwae has no option "draws"; it has samples (a whole number ≥ 1).',
    ],
  ])('refuses %o by the table it is chosen from', (change, message) => {
    const settings = { ...valid, ...change } as TrainingSettings;
    expect(() => requireTrainingSettings(settings)).toThrow(ArgumentError);
    expect(() => requireTrainingSettings(settings)).toThrow(message);
  });

  test('as they are usual are valid', () => {
    expect(() => requireTrainingSettings(trainingSettings())).not.toThrow();
  });
});
