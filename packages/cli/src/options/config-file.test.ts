import { describe, expect, test } from 'vitest';
import { encodeConfig, parseConfig } from './config-file.ts';

const parse = (value: unknown) => parseConfig(JSON.stringify(value), 'my.json');

describe('a config file', () => {
  test('gives options by the names of the command line, as text, numbers, lists or objects', () => {
    expect(
      parse({
        data: 'digits.npy',
        'held-out': 0.2,
        latent: '4',
        hidden: [64, 32],
        prior: { kind: 'mixture', components: 10, covariance: 'full' },
        flow: 'iaf:2',
        objective: { kind: 'iwae', samples: 5 },
        'free-bits': 0.5,
      }),
    ).toEqual({
      data: 'digits.npy',
      heldOut: 0.2,
      latent: 4,
      hidden: [64, 32],
      prior: { kind: 'mixture', covariance: 'full' },
      flow: { kind: 'iaf', layers: 2 },
      objective: { kind: 'iwae' },
      freeBits: 0.5,
    });
    expect(parse({ hidden: [] })).toEqual({ hidden: [] });
    expect(parse({})).toEqual({});
  });

  test('that was written reads back', () => {
    const text = encodeConfig({ latent: '4', hidden: '64,32', prior: 'vamp:20', 'held-out': '0.1' });
    expect(JSON.parse(text)).toEqual({ latent: 4, hidden: '64,32', prior: 'vamp:20', 'held-out': 0.1 });
    expect(parseConfig(text, 'my.json')).toEqual({
      latent: 4,
      hidden: [64, 32],
      prior: { kind: 'vamp', components: 20 },
      heldOut: 0.1,
    });
  });

  test.each([
    [{ latents: 3 }, 'there is no option "latents"; did you mean "latent"?'],
    [{ freeBits: 3 }, 'there is no option "freeBits"; did you mean "free-bits"?'],
    [{ latent: 2.5 }, '"latent": "2.5" does not do. It must be a whole number above 0.'],
    [{ latent: null }, '"latent" is no value that an option has'],
    [{ prior: 'uniform' }, '"prior": "uniform" does not do. There is no prior "uniform"; there are normal,'],
    [{ prior: { kind: 'uniform' } }, '"prior": there is no prior "uniform"; there are normal,'],
    [
      { prior: { kind: 'mixture', components: 0 } },
      'Components of mixture is 0; it must be a whole number ≥ 1.',
    ],
    [{ prior: { kind: 'mixture', count: 3 } }, 'Mixture has no option "count"; it has components'],
    [{ optimizer: 'lion' }, '"lion" does not do. It must be one of adagrad,'],
    [{ hidden: ['a'] }, '"hidden" is no value that an option has'],
    [[], 'it is no value'],
  ])('refuses %j', (value, message) => {
    expect(() => parse(value)).toThrow(message);
    expect(() => parse(value)).toThrow(/^"my.json": /);
  });

  test('that is no JSON says so', () => {
    expect(() => parseConfig('{ latent: 3 }', 'my.json')).toThrow('"my.json" is not JSON: ');
  });
});
