import { expect, test } from 'vitest';
import { nearestName } from './nearest.ts';

const names = ['annealing', 'latent', 'lr', 'prior'];

test.each([
  ['anealing', 'annealing'],
  ['latents', 'latent'],
  ['latnet', 'latent'],
  ['', 'lr'],
  ['prior', 'prior'],
])('%j is nearest to %s', (word, name) => {
  expect(nearestName(word, names)).toBe(name);
});
