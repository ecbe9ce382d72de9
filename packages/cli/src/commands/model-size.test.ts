import type { VaeSettings } from '@reparam/vae';
import { describe, expect, test } from 'vitest';
import { tinyModel, tinyRun } from '../../../../test/support/tiny-run.ts';
import { UserError } from '../files/user-error.ts';
import { countParameters, requireModelSize } from './model-size.ts';

const linear: VaeSettings = { ...tinyModel, features: 5, latent: 2 };

test('parameters of a linear model, counted by hand', () => {
  // Encoder: 2 heads of 5·2 weights and 2 biases; decoder: 2·5 weights and 5 biases.
  expect(countParameters(tinyRun(linear).model)).toBe(String(2 * 12 + 15));
  // 400 components of a weight, 2 means and 2 scales.
  const mixture = tinyRun({ ...linear, prior: { kind: 'mixture', components: 400 } });
  expect(countParameters(mixture.model)).toBe('2,039');
});

describe('requireModelSize', () => {
  test('lets models of a common size pass', () => {
    requireModelSize({ ...linear, features: 784, latent: 200, hidden: [4096, 4096] });
  });

  test.each<[string, Partial<VaeSettings>]>([
    ['hidden layers', { hidden: [1e9] }],
    ['latents', { latent: 1e9 }],
    ['components', { prior: { kind: 'mixture', components: 1e9 } }],
    ['pseudo-inputs', { prior: { kind: 'vamp', components: 1e9 } }],
    ['flows', { flow: { kind: 'planar', layers: 1e9 } }],
    ['correlations', { latent: 1e5, posterior: { kind: 'full' } }],
    ['channels', { features: 64, network: { kind: 'conv', image: [8, 8], channels: [1e6, 1e6] } }],
  ])('refuses too many %s before anything is allocated', (_, changes) => {
    expect(() => requireModelSize({ ...linear, ...changes })).toThrow(UserError);
    expect(() => requireModelSize({ ...linear, ...changes })).toThrow(
      /would have more than [\d,]+ parameters/,
    );
  });

  test('refuses settings out of range', () => {
    const network = { kind: 'conv', image: [1, 5], channels: [4] } as const;
    expect(() => requireModelSize({ ...linear, network })).toThrow('can be halved 0 times');
  });
});
