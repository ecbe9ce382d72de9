import { ArgumentError } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { tinyModel } from '../../../../test/support/tiny-run.ts';
import { requireVaeSettings, type VaeSettings } from './settings.ts';

const valid: VaeSettings = { ...tinyModel, features: 4, latent: 2, hidden: [8], activation: 'tanh' };

describe('requireVaeSettings', () => {
  test.each<[string, Partial<VaeSettings>]>([
    ['the plainest', {}],
    ['no hidden layers', { hidden: [] }],
    ['a mixture prior', { prior: { kind: 'mixture', components: 3 } }],
    ['planar flows', { flow: { kind: 'planar', layers: 2 } }],
    ['a fixed scale', { likelihood: { kind: 'gaussian', scale: 0.1 } }],
    ['a learned scale', { likelihood: { kind: 'gaussian', scale: 'learned' } }],
    ['a scale from the network', { likelihood: { kind: 'gaussian', scale: 'network' } }],
  ])('accepts %s', (_, change) => {
    expect(() => requireVaeSettings({ ...valid, ...change })).not.toThrow();
  });

  // What a file may hold in place of settings, so the types are not those of the interface.
  test.each<[Record<string, unknown>, string]>([
    [{ features: 0 }, 'features is 0; it must be a whole number above 0.'],
    [{ features: 2.5 }, 'features is 2.5; it must be a whole number above 0.'],
    [{ features: '4' }, 'features is 4; it must be a whole number above 0.'],
    [{ latent: -1 }, 'latent is -1; it must be a whole number above 0.'],
    [{ latent: 1e300 }, 'latent is 1e+300; it must be a whole number above 0.'],
    [{ latent: null }, 'latent is null; it must be a whole number above 0.'],
    [{ hidden: 8 }, 'hidden is 8; it must be a list of widths.'],
    [{ hidden: [8, 0] }, 'hidden is 0; it must be a whole number above 0.'],
    [
      { activation: 'step' },
      'activation is step; it must be one of relu, leakyRelu, gelu, silu, softplus, tanh, sigmoid.',
    ],
    [{ activation: 'constructor' }, 'activation is constructor; it must be one of relu,'],
    [{ dtype: 'int32' }, 'dtype is int32; it must be one of float32, float64.'],
    [{ prior: null }, 'prior is undefined; it must be one of normal, mixture.'],
    [{ prior: { kind: 'uniform' } }, 'prior is uniform; it must be one of normal, mixture.'],
    [{ prior: { kind: 'mixture' } }, 'prior.components is undefined; it must be a whole number above 0.'],
    [{ flow: 'planar' }, 'flow is undefined; it must be one of none, planar.'],
    [{ flow: { kind: 'planar', layers: 0 } }, 'flow.layers is 0; it must be a whole number above 0.'],
    [{ likelihood: { kind: 'poisson' } }, 'likelihood is poisson; it must be one of bernoulli, gaussian.'],
    [
      { likelihood: { kind: 'gaussian', scale: 0 } },
      'likelihood.scale is 0; it must be a number above 0, "learned" or "network".',
    ],
    [{ likelihood: { kind: 'gaussian' } }, 'likelihood.scale is undefined; it must be'],
    [
      { likelihood: { kind: 'gaussian', scale: 'learned', initialScale: 0 } },
      'likelihood.initialScale is 0; it must be a number above 0.',
    ],
    [{ likelihood: { kind: 'gaussian', scale: ['learned'] } }, 'likelihood.scale is learned; it must be'],
  ])('refuses %o', (change, message) => {
    const settings = { ...valid, ...change } as unknown as VaeSettings;
    expect(() => requireVaeSettings(settings)).toThrow(ArgumentError);
    expect(() => requireVaeSettings(settings)).toThrow(`model settings: ${message}`);
  });
});
