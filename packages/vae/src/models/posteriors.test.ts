import { type Variable, variable } from '@reparam/autograd';
import { RandomKey, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { checkModuleGradients } from '../../../../test/support/check-module-gradients.ts';
import { tinyModel } from '../../../../test/support/tiny-run.ts';
import { isStratified } from '../distributions/stratified.ts';
import type { FlowSettings } from './posterior-flows.ts';
import { type PosteriorSettings, posteriorOf } from './posteriors.ts';
import type { VaeSettings } from './settings.ts';
import { Vae } from './vae.ts';

const key = RandomKey.fromSeed(42);
const plain: VaeSettings = { ...tinyModel, latent: 2, hidden: [4], activation: 'tanh', dtype: 'float64' };
const x = tensor(
  [
    [0, 1, 0.5],
    [1, 0, 0.25],
  ],
  { dtype: 'float64' },
);

type Pair = readonly [number, number];
type Covariance = readonly [Pair, Pair];

/** The scale that a number of the network stands for. */
const positive = (raw: number): number => Math.log1p(Math.exp(raw)) + 1e-6;

/** ln N(x; μ, Σ) in two dimensions, by the inverse of a 2 × 2 matrix. */
function logNormal(point: Pair, mean: Pair, [[a, b], [, c]]: Covariance): number {
  const determinant = a * c - b * b;
  const [u, v] = [point[0] - mean[0], point[1] - mean[1]];
  const square = (c * u * u - 2 * b * u * v + a * v * v) / determinant;
  return -Math.log(2 * Math.PI) - 0.5 * Math.log(determinant) - 0.5 * square;
}

const spherical: Covariance = [
  [1, 0],
  [0, 1],
];

interface Example {
  readonly settings: PosteriorSettings;
  /** Numbers of the network. */
  readonly location: readonly number[];
  readonly spread: readonly number[];
  /** The components by hand: ln q(z) = ln Σ weight·N(z; mean, covariance). */
  readonly components: readonly {
    readonly weight: number;
    readonly mean: Pair;
    readonly covariance: Covariance;
  }[];
}

const [l00, l11] = [positive(0.3), positive(-0.6)];

const examples: Example[] = [
  {
    settings: { kind: 'diagonal' },
    location: [0.3, -1],
    spread: [0.4, -0.9],
    components: [
      {
        weight: 1,
        mean: [0.3, -1],
        covariance: [
          [Math.exp(0.4), 0],
          [0, Math.exp(-0.9)],
        ],
      },
    ],
  },
  {
    settings: { kind: 'diagonal', scale: 'softplus' },
    location: [0.3, -1],
    spread: [0.4, -0.9],
    components: [
      {
        weight: 1,
        mean: [0.3, -1],
        covariance: [
          [positive(0.4) ** 2, 0],
          [0, positive(-0.9) ** 2],
        ],
      },
    ],
  },
  {
    // L = [[l₀₀, 0], [1.2, l₁₁]], row by row.
    settings: { kind: 'full' },
    location: [0.3, -1],
    spread: [0.3, 1.2, -0.6],
    components: [
      {
        weight: 1,
        mean: [0.3, -1],
        covariance: [
          [l00 ** 2, 1.2 * l00],
          [1.2 * l00, 1.2 ** 2 + l11 ** 2],
        ],
      },
    ],
  },
  {
    // Scales first, then W = [0.5, −1.5]ᵀ.
    settings: { kind: 'low-rank', rank: 1 },
    location: [0.3, -1],
    spread: [0.3, -0.6, 0.5, -1.5],
    components: [
      {
        weight: 1,
        mean: [0.3, -1],
        covariance: [
          [l00 ** 2 + 0.25, -0.75],
          [-0.75, l11 ** 2 + 2.25],
        ],
      },
    ],
  },
  {
    // Log-variances of each component, then logits: weights ¼ and ¾.
    settings: { kind: 'mixture', components: 2 },
    location: [0.3, -1, 2, 0.5],
    spread: [0.4, -0.9, 0, 0.2, 0, Math.log(3)],
    components: [
      {
        weight: 0.25,
        mean: [0.3, -1],
        covariance: [
          [Math.exp(0.4), 0],
          [0, Math.exp(-0.9)],
        ],
      },
      {
        weight: 0.75,
        mean: [2, 0.5],
        covariance: [
          [1, 0],
          [0, Math.exp(0.2)],
        ],
      },
    ],
  },
];

function nameOf({ kind, ...options }: PosteriorSettings): string {
  return [kind, ...Object.values(options)].join(' ');
}

/** Numbers of the network for one example: [1, count]. */
function row(numbers: readonly number[]): Variable {
  return variable(tensor([[...numbers]], { dtype: 'float64' }));
}

describe.each(examples.map((example) => [nameOf(example.settings), example] as const))('%s', (_, example) => {
  const { settings, location, spread, components } = example;
  const { kind, values } = posteriorOf(settings);
  const point: Pair = [0.9, -0.4];
  const z = tensor([[...point]], { dtype: 'float64' });

  test('has the density of the numbers of its network', () => {
    const posterior = kind.create(row(location), row(spread), 2, values);
    expect([posterior.batchShape, posterior.eventShape]).toEqual([[1], [2]]);
    const density = components.reduce(
      (sum, { weight, mean, covariance }) => sum + weight * Math.exp(logNormal(point, mean, covariance)),
      0,
    );
    expect(Math.abs(posterior.logProb(z).item() - Math.log(density))).toBeLessThan(1e-12);
  });

  test('starts as N(means, I)', () => {
    const starts = kind.spreads(2, values);
    const posterior = kind.create(row(location), row(starts), 2, values);
    const density = components.reduce(
      (sum, { mean }) => sum + Math.exp(logNormal(point, mean, spherical)) / components.length,
      0,
    );
    // The floor below scales is 1e-6.
    expect(Math.abs(posterior.logProb(z).item() - Math.log(density))).toBeLessThan(1e-5);
  });

  test('takes as many numbers as it says', () => {
    for (const latent of [1, 2, 7]) {
      const count = kind.means(values) * latent + kind.spreads(latent, values).length;
      expect(kind.size(latent, values)).toBe(count);
    }
  });

  test('the encoder gives it for every example, near N(means, I) at first', () => {
    const posterior = new Vae({ ...plain, posterior: settings }, key).encode(x);
    expect([posterior.batchShape, posterior.eventShape, posterior.mean().dtype]).toEqual([
      [2],
      [2],
      'float64',
    ]);
    expect(isStratified(posterior)).toBe(kind.gradients === 'strata');
    expect(posterior.reparameterized).toBe(kind.gradients !== 'strata');
    // At its mean the density of N(μ, I) is 1/2π; the means of a mixture are apart, so its density is less there.
    const atMean = posterior.logProb(posterior.mean()).value.toTypedArray();
    for (const logProb of atMean) {
      expect(logProb).toBeLessThan(-Math.log(2 * Math.PI) + 0.2);
      if (kind.gradients !== 'strata') expect(logProb).toBeGreaterThan(-Math.log(2 * Math.PI) - 0.2);
    }
  });

  const flows: FlowSettings[] = [
    { kind: 'none' },
    { kind: 'planar', layers: 2, parameters: 'shared' },
    { kind: 'iaf', layers: 1, width: 3 },
  ];
  test.each(flows)(
    'derivatives of the bound by x and every parameter agree with differences, flow $kind',
    (flow) => {
      const model = new Vae({ ...plain, posterior: settings, flow }, key);
      const { comparisons } = checkModuleGradients(
        model,
        (x) => model.elbo(x!, key, { klWeight: 0.8 }).loss,
        [x],
      );
      expect(comparisons).toBeGreaterThan(0);
    },
  );
});
