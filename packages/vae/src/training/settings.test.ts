import { ArgumentError } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { requireTrainingSettings, type TrainingSettings } from './settings.ts';

const valid: TrainingSettings = {
  epochs: 1,
  batchSize: 1,
  optimizer: 'adam',
  learningRate: 1e-3,
  beta: 1,
  annealEpochs: 0,
  freeBits: 0,
  clipNorm: 0,
  binarization: 'none',
  seed: 0,
};

describe('requireTrainingSettings', () => {
  test.each<[string, Partial<TrainingSettings>]>([
    ['the least of everything', {}],
    ['β = 0', { beta: 0 }],
    ['a fraction of an epoch of annealing', { annealEpochs: 0.5 }],
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
    [{ annealEpochs: null }, 'annealEpochs is null; it must be a number ≥ 0.'],
    [{ freeBits: -0.1 }, 'freeBits is -0.1; it must be a number ≥ 0.'],
    [{ clipNorm: undefined }, 'clipNorm is undefined; it must be a number ≥ 0.'],
    [{ seed: 0.5 }, 'seed is 0.5; it must be a whole number.'],
    [
      { optimizer: 'lion' },
      'there is no optimizer "lion"; there are adagrad, adam, adamax, adamw, rmsprop, sgd.',
    ],
    [{ optimizer: 'toString' }, 'there is no optimizer "toString"'],
    [{ binarization: true }, 'there is no binarization "true"; there are dynamic, threshold, none.'],
  ])('refuses %o', (change, message) => {
    const settings = { ...valid, ...change } as TrainingSettings;
    expect(() => requireTrainingSettings(settings)).toThrow(ArgumentError);
    expect(() => requireTrainingSettings(settings)).toThrow(`training settings: ${message}`);
  });
});
