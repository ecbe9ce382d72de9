import { ArgumentError } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { tinyModel, tinyTraining } from '../../../../test/support/tiny-run.ts';
import type { VaeSettings } from '../models/settings.ts';
import { combinationProblem, posteriorGradients, requireCombination } from './combination.ts';
import { createTrainingRun } from './run.ts';
import type { TrainingSettings } from './settings.ts';

type Settings = readonly [model: Partial<VaeSettings>, training: Partial<TrainingSettings>];

describe('combinationProblem', () => {
  test.each<Settings>([
    [{}, {}],
    [{ posterior: { kind: 'mixture' } }, { objective: { kind: 'elbo', samples: 3 }, freeBits: 0.1 }],
    [{ posterior: { kind: 'mixture' }, flow: { kind: 'planar' } }, { objective: { kind: 'vimco' } }],
    [{ posterior: { kind: 'full' }, flow: { kind: 'iaf' } }, { objective: { kind: 'dreg' } }],
    [{}, { objective: { kind: 'beta-tc' }, batchSize: 2 }],
    [{}, { objective: { kind: 'stl' }, freeBits: 1 }],
    [{ likelihood: { kind: 'gaussian' } }, {}],
    [{}, { binarization: 'threshold' }],
  ])('finds nothing wrong with %o and %o', (model, training) => {
    const [whole, settings] = [
      { ...tinyModel, ...model },
      { ...tinyTraining, ...training },
    ];
    expect(combinationProblem(whole, settings)).toBeUndefined();
    expect(() => requireCombination(whole, settings)).not.toThrow();
  });

  test.each<readonly [...Settings, setting: string, reason: string]>([
    [
      { posterior: { kind: 'full' } },
      { objective: { kind: 'beta-tc' } },
      'objective',
      'beta-tc takes q(z|x) apart latent by latent, and a full posterior has latents that depend on each other; use ' +
        'the posterior diagonal without a flow.',
    ],
    [
      { flow: { kind: 'planar' } },
      { objective: { kind: 'beta-tc' } },
      'objective',
      'beta-tc takes q(z|x) apart latent by latent, and a diagonal planar-flow posterior has latents',
    ],
    [
      { posterior: { kind: 'mixture' } },
      { objective: { kind: 'iwae' } },
      'objective',
      'iwae differentiates through draws of q(z|x), and those of a mixture do not carry the gradient of its weights; ' +
        'use the objective elbo, score or vimco, or another posterior.',
    ],
    [
      {},
      { objective: { kind: 'info-vae' }, batchSize: 1 },
      'batchSize',
      'info-vae compares the examples of a batch, so it needs at least 2, and batchSize is 1.',
    ],
    [
      {},
      { objective: { kind: 'score' }, freeBits: 0.5 },
      'freeBits',
      'freeBits is 0.5, but score has no KL of its own to compare it with; use 0, or the objective elbo.',
    ],
    [
      { likelihood: { kind: 'poisson' } },
      { binarization: 'dynamic' },
      'binarization',
      'binarization is dynamic, which makes zeros and ones, but the likelihood poisson is about whole numbers from 0 ' +
        'as they are; use none, or the likelihood bernoulli.',
    ],
  ])('tells what is wrong with %o and %o', (model, training, setting, reason) => {
    const [whole, settings] = [
      { ...tinyModel, ...model },
      { ...tinyTraining, ...training },
    ];
    const problem = combinationProblem(whole, settings);
    expect(problem?.setting).toBe(setting);
    expect(problem?.reason).toContain(reason);
    expect(() => createTrainingRun(whole, settings)).toThrow(ArgumentError);
    expect(() => createTrainingRun(whole, settings)).toThrow(`train: ${reason}`);
  });
});

test.each<[Partial<VaeSettings>, string]>([
  [{}, 'factorized'],
  [{ flow: { kind: 'radial' } }, 'reparameterized'],
  [{ posterior: { kind: 'low-rank' } }, 'reparameterized'],
  [{ posterior: { kind: 'full' }, flow: { kind: 'radial' } }, 'reparameterized'],
  [{ posterior: { kind: 'mixture' } }, 'strata'],
  [{ posterior: { kind: 'mixture' }, flow: { kind: 'radial' } }, 'strata'],
])('the draws of %o are %s', (model, gradients) => {
  expect(posteriorGradients({ ...tinyModel, ...model })).toBe(gradients);
});
