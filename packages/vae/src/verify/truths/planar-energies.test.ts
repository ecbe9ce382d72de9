import { sum } from '@reparam/autograd';
import { expect, test } from 'vitest';
import { wrongPlanarLayer } from '../../../../../test/support/wrong-planar-layer.ts';
import { finish } from '../../diagnostics/work.ts';
import { passes } from '../ground-truth.ts';
import { planarEnergies, verifyEnergy } from './planar-energies.ts';

/** Short enough for a test, and long enough for a flow of two layers. */
const short = { layers: 2, starts: 4, steps: 500, learningRate: 0.05 };

test('two layers on the wave, with pictures that integrate to 1', () => {
  const { checks, pictures } = finish(verifyEnergy('U2', { fits: [short] }));
  expect(checks).toHaveLength(3);
  expect(checks.filter((check) => !passes(check))).toEqual([]);
  expect(pictures.map(({ title }) => title)).toEqual(['U2: e^−U/Z', 'U2: planar flow, K = 2']);
  for (const { values } of pictures) {
    const cell = (10 / values.shape[0]!) ** 2;
    const mass = sum(values).item() * cell;
    expect(mass).toBeGreaterThan(0.95);
    expect(mass).toBeLessThan(1.01);
  }
});

test('catches layers that promise more volume than they have', () => {
  const { checks } = finish(
    verifyEnergy('U2', { fits: [short], layer: wrongPlanarLayer('norm not squared') }),
  );
  expect(checks.filter((check) => !passes(check))).not.toEqual([]);
});

test('has a part for each energy', () => {
  expect(planarEnergies.parts!.map(({ title }) => title)).toEqual(
    [1, 2, 3, 4].map((number) => `planar flows on the energy U${number}`),
  );
});
