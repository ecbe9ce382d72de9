import { describe, expect, test } from 'vitest';
import { UserError } from '../files/user-error.ts';
import { encodeSummary, parseSummary, type Summary } from './summary.ts';

const summary: Summary = {
  heldOut: { elbo: -98.5, reconstruction: -80.25, kl: 18.25 },
  activeUnits: 14,
  seed: 1,
  settings: { latent: 16, hidden: [256, 256], prior: 'normal', anneal: null, freeBits: 0.5, resumed: false },
  seconds: 101.5,
  epochs: 20,
  examples: { train: 9000, heldOut: 1000 },
  version: '0.1.0',
};

describe('summary.json', () => {
  test('is JSON with the promised fields, and reads back', () => {
    const text = encodeSummary(summary);
    expect(JSON.parse(text)).toEqual(summary);
    expect(text.endsWith('}\n')).toBe(true);
    expect(parseSummary(text)).toEqual(summary);
  });

  test('refuses numbers that JSON cannot hold', () => {
    const broken = { ...summary, heldOut: { ...summary.heldOut, kl: Number.NaN } };
    expect(() => encodeSummary(broken)).toThrow(UserError);
    expect(() => encodeSummary(broken)).toThrow('The summary of this run is not valid at heldOut.kl: ');
  });

  test.each([
    ['{"heldOut":', '"s.json" is not JSON; it was cut short or edited, so train again to write it anew.'],
    ['[]', '"s.json" is not valid at its top: '],
    [JSON.stringify({ ...summary, epochs: -1 }), '"s.json" is not valid at epochs: '],
    [JSON.stringify({ ...summary, version: undefined }), '"s.json" is not valid at version: '],
    [
      JSON.stringify({ ...summary, examples: { train: 1.5, heldOut: 1 } }),
      '"s.json" is not valid at examples.train: ',
    ],
    [JSON.stringify({ ...summary, extra: 1 }), '"s.json" is not valid at its top: '],
  ])('refuses %j', (text, message) => {
    expect(() => parseSummary(text, 's.json')).toThrow(UserError);
    expect(() => parseSummary(text, 's.json')).toThrow(message);
  });
});
