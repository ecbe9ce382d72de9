import type { VaeSettings } from '@reparam/vae';
import { describe, expect, test } from 'vitest';
import { tinyModel, tinyRun } from '../../../../test/support/tiny-run.ts';
import { UserError } from '../files/user-error.ts';
import { countParameters, requireModelSize } from './model-size.ts';

const linear: VaeSettings = { ...tinyModel, features: 5, latent: 2 };

describe('countParameters', () => {
  test('of a linear model, by hand', () => {
    // Encoder: 2 heads of 5·2 weights and 2 biases; decoder: 2·5 weights and 5 biases.
    expect(countParameters(linear)).toBe(2 * 12 + 15);
  });

  test.each<[string, Partial<VaeSettings>]>([
    ['linear', {}],
    ['hidden layers', { hidden: [7, 3] }],
    ['a mixture prior', { prior: { kind: 'mixture', components: 4 } }],
    ['flows', { hidden: [6], flow: { kind: 'planar', layers: 3 } }],
    ['a learned scale', { likelihood: { kind: 'gaussian', scale: 'learned' } }],
    ['a scale of the network', { hidden: [4], likelihood: { kind: 'gaussian', scale: 'network' } }],
    ['a fixed scale', { likelihood: { kind: 'gaussian', scale: 0.5 } }],
  ])('agrees with the model itself: %s', (_, changes) => {
    const settings = { ...linear, ...changes };
    const { model } = tinyRun(settings);
    expect(countParameters(settings)).toBe(model.parameters().reduce((total, { size }) => total + size, 0));
  });
});

describe('requireModelSize', () => {
  test('lets models of a common size pass', () => {
    requireModelSize({ ...linear, features: 784, latent: 200, hidden: [4096, 4096] });
  });

  test.each<[string, Partial<VaeSettings>]>([
    ['hidden layers', { hidden: [1e9] }],
    ['latents', { latent: 1e9 }],
    ['components', { prior: { kind: 'mixture', components: 1e9 } }],
    ['flows', { flow: { kind: 'planar', layers: 1e9 } }],
  ])('refuses too many %s before anything is allocated', (_, changes) => {
    expect(() => requireModelSize({ ...linear, ...changes })).toThrow(UserError);
    expect(() => requireModelSize({ ...linear, ...changes })).toThrow(/would have [\d,]+ parameters/);
  });
});
