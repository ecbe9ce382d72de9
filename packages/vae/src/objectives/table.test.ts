import { gradients, parameter } from '@reparam/autograd';
import { ArgumentError, normal, RandomKey, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import { betaTc } from './beta-tc.ts';
import { elbo } from './elbo.ts';
import { infoVae } from './info-vae.ts';
import { iwae } from './iwae.ts';
import { renyi } from './renyi.ts';
import {
  createObjective,
  type ObjectiveEntry,
  type ObjectiveInputs,
  type ObjectiveName,
  objectives,
} from './table.ts';
import type { ObjectiveTerms } from './terms.ts';

const key = RandomKey.fromSeed(107);
const location = parameter(normal(key, [6, 2], { dtype: 'float64' }));
const weight = parameter(tensor([0.7, -1.2], { dtype: 'float64' }));
const inputs: ObjectiveInputs = {
  x: normal(key.foldIn(1), [6, 2], { dtype: 'float64' }),
  posterior: DiagonalNormal.fromScale(location, 0.7),
  prior: DiagonalNormal.standard(2, 'float64'),
  decode: (z) => DiagonalNormal.fromScale(z.mul(weight), 1),
  key,
  datasetSize: 20,
  klWeight: 0.4,
};
const entries: [ObjectiveName, ObjectiveEntry][] = Object.entries(objectives) as [
  ObjectiveName,
  ObjectiveEntry,
][];

describe.each(entries)('%s', (name, entry) => {
  test('has named terms, and a loss that all parameters have a gradient of', () => {
    const terms = createObjective(name)(inputs);
    for (const term of ['reconstruction', 'kl', 'elbo', 'loss'] as const) {
      expect(terms[term].shape).toEqual([]);
      expect(Number.isFinite(terms[term].item())).toBe(true);
    }
    expect(terms.elbo.item()).toBeCloseTo(terms.reconstruction.item() - terms.kl.item(), 12);
    for (const { value } of gradients(terms.loss, [location, weight])) {
      expect(value.toTypedArray().every((slope) => Number.isFinite(slope) && slope !== 0)).toBe(true);
    }
  });

  test('takes up its klWeight', () => {
    const objective = createObjective(name);
    const change = objective(inputs).loss.item() - objective({ ...inputs, klWeight: 0.8 }).loss.item();
    expect(Math.abs(change)).toBeGreaterThan(1e-3);
  });

  test('accepts its own defaults, and nothing that is of another type', () => {
    for (const [option, { default: usual, accepts, wanted, description }] of Object.entries(entry.options)) {
      expect(accepts(usual)).toBe(true);
      expect(description.length).toBeGreaterThan(5);
      for (const wrong of [null, {}, 'no such choice', Number.NaN]) {
        expect(accepts(wrong)).toBe(false);
        if (wrong === null) continue;
        expect(() => createObjective(name, { [option]: wrong })).toThrow(ArgumentError);
        expect(() => createObjective(name, { [option]: wrong })).toThrow(
          `objective: ${option} of ${name} is ${String(wrong)}; it must be ${wanted}.`,
        );
      }
    }
  });

  test('takes free bits, or refuses them with the reason', () => {
    const objective = createObjective(name);
    const build = (): unknown => objective({ ...inputs, freeBits: 5 });
    if (entry.takesFreeBits) {
      expect(objective({ ...inputs, freeBits: 5 }).loss.item()).toBeGreaterThan(
        objective(inputs).loss.item(),
      );
      return;
    }
    expect(build).toThrow(ArgumentError);
    expect(build).toThrow(
      `${name}: freeBits is 5, but ${name} (${entry.description}) has no term to compare it with`,
    );
    expect(objective({ ...inputs, freeBits: 0 }).loss.item()).toBe(objective(inputs).loss.item());
  });
});

test.each<[ObjectiveName, Record<string, unknown>, ObjectiveTerms]>([
  ['elbo', { samples: 3 }, elbo({ ...inputs, samples: 3 })],
  ['stl', { samples: 2 }, elbo({ ...inputs, samples: 2, estimator: 'sticking-the-landing' })],
  ['score', {}, elbo({ ...inputs, samples: 4, estimator: 'score', baseline: 'leave-one-out' })],
  ['score', { baseline: 'running-mean' }, elbo({ ...inputs, samples: 4, estimator: 'score', baseline: -3 })],
  ['iwae', { samples: 7 }, iwae({ ...inputs, samples: 7 })],
  ['dreg', { samples: 7 }, iwae({ ...inputs, samples: 7, estimator: 'doubly-reparameterized' })],
  ['vimco', { samples: 7 }, iwae({ ...inputs, samples: 7, estimator: 'score' })],
  ['renyi', { alpha: 2, samples: 3 }, renyi({ ...inputs, alpha: 2, samples: 3 })],
  ['beta-tc', { sampling: 'stratified' }, betaTc({ ...inputs, sampling: 'stratified' })],
  ['info-vae', { lambda: 5, kernel: 'rbf' }, infoVae({ ...inputs, lambda: 5, kernel: 'rbf' })],
])('%s with %o is the function of that name', (name, options, expected) => {
  const found = createObjective(name, options)({ ...inputs, runningMean: -3 });
  expect(found.loss.item()).toBe(expected.loss.item());
  const [slopes, expectedSlopes] = [found, expected].map(({ loss }) =>
    gradients(loss, [location])[0]!.toArray(),
  );
  expect(slopes).toEqual(expectedSlopes);
});

test.each<[string, Record<string, unknown>, string]>([
  ['elob', {}, 'objective: there is no objective "elob"; there are elbo, stl, score, iwae, dreg'],
  ['toString', {}, 'objective: there is no objective "toString"'],
  ['iwae', { draws: 5 }, 'objective: iwae has no option "draws"; it has samples (a whole number ≥ 1).'],
  ['vimco', { samples: 1 }, 'objective: samples of vimco is 1; it must be a whole number ≥ 2.'],
  ['info-vae', { alpha: 1.5 }, 'objective: alpha of info-vae is 1.5; it must be a number ≤ 1.'],
  [
    'beta-tc',
    { sampling: 'all' },
    'objective: sampling of beta-tc is all; it must be one of weighted, stratified.',
  ],
])('refuses %s with %o', (name, options, message) => {
  expect(() => createObjective(name, options)).toThrow(ArgumentError);
  expect(() => createObjective(name, options)).toThrow(message);
});
