import { expect, test } from 'vitest';
import { compareSettings } from './settings-table.ts';

test('settings that differ come apart from those that all share', () => {
  expect(
    compareSettings([
      { latent: '2', prior: 'normal', seed: '1' },
      { latent: '2', prior: 'vamp:20', seed: '1' },
      { latent: '2', prior: 'normal', seed: '1', channels: '8' },
    ]),
  ).toEqual({
    different: [
      { name: 'prior', values: ['normal', 'vamp:20', 'normal'] },
      { name: 'channels', values: [undefined, undefined, '8'] },
    ],
    same: [
      { name: 'latent', values: ['2', '2', '2'] },
      { name: 'seed', values: ['1', '1', '1'] },
    ],
  });
});
