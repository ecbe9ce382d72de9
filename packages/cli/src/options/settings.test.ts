import { describe, expect, test } from 'vitest';
import { type RunOptions, runOptions } from './run-options.ts';
import { toTrainingSettings, toVaeSettings } from './settings.ts';

const defaults = Object.fromEntries(
  Object.entries(runOptions).map(([key, option]) => [key, option.default]),
) as unknown as RunOptions;
const table = { name: 'table.csv', features: 30 };

describe('a model', () => {
  test('is as the options say, with the widths of its layout', () => {
    expect(toVaeSettings(defaults, table)).toEqual({
      features: 30,
      latent: 10,
      network: { kind: 'mlp' },
      hidden: [256, 256],
      activation: 'relu',
      prior: { kind: 'mixture', components: 20 },
      posterior: { kind: 'diagonal' },
      flow: { kind: 'none' },
      likelihood: { kind: 'bernoulli' },
      dtype: 'float32',
    });
    expect(toVaeSettings({ ...defaults, hidden: [8] }, table).hidden).toEqual([8]);
  });

  test('of convolutions has its image from the data', () => {
    const conv = { ...defaults, model: 'conv' } as const;
    expect(toVaeSettings(conv, { ...table, imageShape: [5, 6] })).toMatchObject({
      network: { kind: 'conv', image: [5, 6], channels: [32, 64] },
      hidden: [256],
    });
    expect(() => toVaeSettings(conv, { ...table, imageShape: null })).toThrow(
      '--model conv is for images, and "table.csv" has rows of 30 numbers: leave the option out, or give images',
    );
  });

  test.each([
    [{ kind: 'gaussian' }, 5, { kind: 'gaussian', initialScale: 3 }],
    [{ kind: 'gaussian' }, 1.23456, { kind: 'gaussian', initialScale: 0.741 }],
    [{ kind: 'gaussian' }, 0, { kind: 'gaussian' }],
    [{ kind: 'gaussian' }, undefined, { kind: 'gaussian' }],
    [{ kind: 'gaussian', scale: 0.1 }, 5, { kind: 'gaussian', scale: 0.1 }],
    [{ kind: 'laplace', scale: 'network' }, 5, { kind: 'laplace', scale: 'network', initialScale: 3 }],
    [{ kind: 'gaussian', initialScale: 1 }, 5, { kind: 'gaussian', initialScale: 1 }],
    [{ kind: 'poisson' }, 5, { kind: 'poisson' }],
  ] as const)('with %j starts from data that spread by %s as %j', (likelihood, spread, started) => {
    const shape = spread === undefined ? table : { ...table, spread };
    expect(toVaeSettings({ ...defaults, likelihood }, shape).likelihood).toEqual(started);
  });
});

describe('a training', () => {
  test('takes over every option', () => {
    const options: RunOptions = {
      ...defaults,
      objective: { kind: 'iwae', samples: 7 },
      beta: 2,
      annealing: { kind: 'linear', epochs: 3 },
      freeBits: 0.25,
      optimizer: 'sgd',
      lr: 0.5,
      schedule: { kind: 'cosine' },
      clip: 7,
      binarize: 'threshold',
      epochs: 9,
      patience: 4,
      batch: 10,
      seed: 11,
    };
    expect(toTrainingSettings(options)).toEqual({
      objective: { kind: 'iwae', samples: 7 },
      beta: 2,
      annealing: { kind: 'linear', epochs: 3 },
      freeBits: 0.25,
      optimizer: 'sgd',
      learningRate: 0.5,
      schedule: { kind: 'cosine' },
      clipNorm: 7,
      binarization: 'threshold',
      epochs: 9,
      patience: 4,
      batchSize: 10,
      seed: 11,
    });
  });

  test('makes zeros and ones for coins alone, unless told', () => {
    expect(toTrainingSettings(defaults).binarization).toBe('dynamic');
    expect(toTrainingSettings({ ...defaults, likelihood: { kind: 'beta' } }).binarization).toBe('none');
    expect(toTrainingSettings({ ...defaults, binarize: 'none' }).binarization).toBe('none');
  });
});
