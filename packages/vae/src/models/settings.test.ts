import { ArgumentError } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { tinyModel } from '../../../../test/support/tiny-run.ts';
import type { NetworkSettings } from './networks/settings.ts';
import { requireVaeSettings, type VaeSettings, vaeSettings } from './settings.ts';

const valid: VaeSettings = { ...tinyModel, features: 4, latent: 2, hidden: [8], activation: 'tanh' };

/** Convolutions, of which the types may be wrong: settings come from files too. */
function conv(image: unknown, channels: unknown): NetworkSettings {
  return { kind: 'conv', image, channels } as NetworkSettings;
}

describe('requireVaeSettings', () => {
  test.each<[string, Partial<VaeSettings>]>([
    ['the plainest', {}],
    ['no hidden layers', { hidden: [] }],
    ['a mixture prior', { prior: { kind: 'mixture', components: 3 } }],
    ['a mixture prior as it is usual', { prior: { kind: 'mixture' } }],
    ['a flow prior', { prior: { kind: 'flow', flow: 'maf' } }],
    ['a full posterior', { posterior: { kind: 'full' } }],
    ['convolutions', { network: conv([2, 2], [8]) }],
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
    [{ network: null }, 'network is undefined; it must be one of mlp, conv.'],
    [{ network: { kind: 'rnn' } }, 'network is rnn; it must be one of mlp, conv.'],
    [
      { network: conv([2, 2], []) },
      'network.channels is ; it must be a list of at least one number of channels.',
    ],
    [{ network: conv([2, 2], 8) }, 'network.channels is 8; it must be a list'],
    [{ network: conv([2, 2], [8, 0]) }, 'network.channels is 0; it must be a whole number above 0.'],
    [{ network: conv(4, [8]) }, 'network.image is 4; it must be a height and a width.'],
    [{ network: conv([4], [8]) }, 'network.image is 4; it must be a height and a width.'],
    [{ network: conv([2, 0.5], [8]) }, 'network.image is 0.5; it must be a whole number above 0.'],
    [{ network: conv([2, 3], [8]) }, 'network.image is 2 × 3 = 6 pixels, but an example has 4 features.'],
    [
      { network: conv([2, 2], [8, 8]) },
      'network.channels asks for 2 convolutions, each of which halves the image, but 2 × 2 pixels can be halved 1 ' +
        'times: leave some out, or use { kind: "mlp" }.',
    ],
    [
      { latent: 1, flow: { kind: 'nice' } },
      'nice moves some latents by what the others are, so it needs latent ≥ 2, and latent is 1; choose another flow, ' +
        'such as planar or iaf.',
    ],
    [{ latent: 1, prior: { kind: 'flow' } }, 'realnvp moves some latents by what the others are'],
    [{ latent: 1, prior: { kind: 'flow', flow: 'glow' } }, 'glow moves some latents by what the others are'],
  ])('refuses %o', (change, message) => {
    const settings = { ...valid, ...change } as unknown as VaeSettings;
    expect(() => requireVaeSettings(settings)).toThrow(ArgumentError);
    expect(() => requireVaeSettings(settings)).toThrow(`model settings: ${message}`);
  });

  test.each<[Record<string, unknown>, string]>([
    [{ prior: null }, 'prior: the prior is not given as { kind, … }; there are normal, mixture, vamp, flow.'],
    [
      { prior: { kind: 'uniform' } },
      'prior: there is no prior "uniform"; there are normal, mixture, vamp, flow.',
    ],
    [{ prior: { kind: 'toString' } }, 'prior: there is no prior "toString"'],
    [
      { prior: { kind: 'mixture', components: 0 } },
      'prior: components of mixture is 0; it must be a whole number ≥ 1.',
    ],
    [
      { prior: { kind: 'mixture', count: 3 } },
      'prior: mixture has no option "count"; it has components (a whole number ≥ 1), covariance (one of diagonal, full).',
    ],
    [
      { posterior: { kind: 'laplace' } },
      'posterior: there is no posterior "laplace"; there are diagonal, full,',
    ],
    [{ posterior: { kind: 'full', rank: 2 } }, 'posterior: full has no option "rank"; it has no options.'],
    [{ flow: 'planar' }, 'flow: the flow is not given as { kind, … }; there are none, planar, radial,'],
    [{ flow: { kind: 'planar', layers: 0 } }, 'flow: layers of planar is 0; it must be a whole number ≥ 1.'],
    [{ likelihood: { kind: 'normal' } }, 'likelihood: there is no likelihood "normal"; there are bernoulli,'],
    [
      { likelihood: { kind: 'gaussian', scale: 0 } },
      'likelihood: scale of gaussian is 0; it must be a number above 0 or "learned" or "network".',
    ],
    [
      { likelihood: { kind: 'gaussian', scale: ['learned'] } },
      'likelihood: scale of gaussian is learned; it must be',
    ],
    [
      { likelihood: { kind: 'gaussian', initialScale: 0 } },
      'likelihood: initialScale of gaussian is 0; it must be a number above 0.',
    ],
  ])('refuses %o by the table it is chosen from', (change, message) => {
    const settings = { ...valid, ...change } as unknown as VaeSettings;
    expect(() => requireVaeSettings(settings)).toThrow(ArgumentError);
    expect(() => requireVaeSettings(settings)).toThrow(message);
  });
});

describe('vaeSettings', () => {
  test('fills in what is usual, one dense layer behind convolutions', () => {
    expect(vaeSettings({ features: 4 })).toMatchObject({
      latent: 10,
      hidden: [256, 256],
      activation: 'relu',
    });
    expect(vaeSettings({ features: 4, network: conv([2, 2], [8]) }).hidden).toEqual([256]);
    expect(() => requireVaeSettings(vaeSettings({ features: 4 }))).not.toThrow();
  });
});
