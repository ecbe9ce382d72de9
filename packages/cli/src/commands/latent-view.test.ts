import { fromTypedArray, RandomKey, tensor } from '@reparam/tensor';
import { Vae } from '@reparam/vae';
import { describe, expect, test } from 'vitest';
import { tinyModel } from '../../../../test/support/tiny-run.ts';
import { viewLatents } from './latent-view.ts';

const key = RandomKey.fromSeed(3);

/** A linear model whose posterior means are the examples themselves. */
function identity(latent: number): Vae {
  const model = new Vae({ ...tinyModel, features: latent, latent }, key);
  const ones = Float32Array.from({ length: latent * latent }, (_, i) => (i % (latent + 1) === 0 ? 1 : 0));
  model.encoder.location.weight.assign(fromTypedArray(ones, [latent, latent]));
  return model;
}

describe('viewLatents', () => {
  test('shows two latents as they are', () => {
    const { points, axisNames, standardDeviations } = viewLatents(
      identity(2),
      tensor([
        [1, 2],
        [3, -4],
        [5, 6],
      ]),
    );
    expect(points).toEqual([
      [1, 2],
      [3, -4],
      [5, 6],
    ]);
    expect(axisNames).toEqual(['z1', 'z2']);
    expect(standardDeviations).toEqual([1, 2]);
  });

  test('spreads out one latent', () => {
    const { points, standardDeviations, caption } = viewLatents(identity(1), tensor([[4], [5], [6], [7]]));
    expect(points).toEqual([
      [4, -1],
      [5, -0.5],
      [6, 0],
      [7, 0.5],
    ]);
    expect(standardDeviations).toEqual([]);
    expect(caption).toContain('from bottom to top only spreads them out');
  });

  test('projects more latents on the axes of most variance, with z = 0 at the origin', () => {
    // Variance along (3, 4, 0)/5 is greatest, then along the third axis; all lie at 10 along (−4, 3, 0)/5.
    const along = [-3, -1, 1, 3];
    const up = [0.5, -0.5, -0.5, 0.5];
    const rows = along.map((t, i) => [(3 * t - 40) / 5, (4 * t + 30) / 5, up[i]!]);
    const { points, axisNames } = viewLatents(identity(3), tensor(rows));
    for (const [i, [x, y]] of points.entries()) {
      expect(Math.abs(x)).toBeCloseTo(Math.abs(along[i]!), 5);
      expect(Math.abs(y)).toBeCloseTo(Math.abs(up[i]!), 5);
    }
    expect(axisNames[0]).toContain('principal axis');
  });

  test.each([
    ['a single example', [[1, 2, 3, 4]]],
    [
      'two examples',
      [
        [1, 2, 3, 4],
        [2, 3, 4, 5],
      ],
    ],
    [
      'examples that are all alike',
      [
        [1, 2, 3, 4],
        [1, 2, 3, 4],
        [1, 2, 3, 4],
      ],
    ],
  ])('copes with %s', (_, rows) => {
    const { points } = viewLatents(identity(4), tensor(rows));
    expect(points).toHaveLength(rows.length);
    for (const point of points) expect(point.every(Number.isFinite)).toBe(true);
  });

  test('marks the components of a mixture that matter, in place of circles', () => {
    const model = new Vae(
      { ...tinyModel, features: 2, latent: 2, prior: { kind: 'mixture', components: 3 } },
      key,
    );
    const parameters = model.namedParameters();
    parameters['prior.locations']!.assign(
      tensor([
        [1, 2],
        [30, 40],
        [-3, 4],
      ]),
    );
    // The second has a weight of about e⁻⁹.
    parameters['prior.logits']!.assign(tensor([0, -9, 0]));
    const { centres, standardDeviations, caption } = viewLatents(model, tensor([[0, 0]]));
    expect(centres).toEqual([
      [1, 2],
      [-3, 4],
    ]);
    expect(standardDeviations).toEqual([]);
    expect(caption).toContain('crosses mark the centres');
  });

  test('marks the middles of normals with full covariances, and nothing of a prior without a shape', () => {
    const settings = { ...tinyModel, features: 2, latent: 2 };
    const full = new Vae({ ...settings, prior: { kind: 'mixture', components: 2, covariance: 'full' } }, key);
    full.namedParameters()['prior.locations']!.assign(
      tensor([
        [5, 6],
        [7, 8],
      ]),
    );
    expect(viewLatents(full, tensor([[0, 0]])).centres).toEqual([
      [5, 6],
      [7, 8],
    ]);
    const flow = new Vae({ ...settings, prior: { kind: 'flow' } }, key);
    const view = viewLatents(flow, tensor([[0, 0]]));
    expect(view.centres).toEqual([]);
    expect(view.standardDeviations).toEqual([]);
    expect(view.caption).toMatch(/places it\.$/);
  });
});
