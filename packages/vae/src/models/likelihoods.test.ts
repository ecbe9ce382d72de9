import { type Variable, variable } from '@reparam/autograd';
import { RandomKey, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { checkModuleGradients } from '../../../../test/support/check-module-gradients.ts';
import { tinyModel } from '../../../../test/support/tiny-run.ts';
import { inverseSoftplus } from './inverse-softplus.ts';
import { type LikelihoodName, type LikelihoodSettings, likelihoodOf, likelihoods } from './likelihoods.ts';
import type { VaeSettings } from './settings.ts';
import { Vae } from './vae.ts';

const key = RandomKey.fromSeed(41);
const plain: VaeSettings = { ...tinyModel, latent: 2, hidden: [4], activation: 'tanh', dtype: 'float64' };

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
/** The scale that a number of the network stands for. */
const positive = (raw: number): number => Math.log1p(Math.exp(raw)) + 1e-6;
/** The number of the network that stands for a scale. */
const rawOf = (scale: number): number => inverseSoftplus(scale - 1e-6);
const logNormal = (x: number, scale: number): number =>
  -0.5 * (x / scale) ** 2 - Math.log(scale) - 0.5 * Math.log(2 * Math.PI);
const logLogistic = (x: number): number => -x - 2 * Math.log1p(Math.exp(-x));
/** Student's t with 4 degrees of freedom: Γ(5/2)/(Γ(2)·√(4π)) = 3/8. */
const logStudent = (t: number): number => Math.log(3 / 8) - 2.5 * Math.log1p((t * t) / 4);

interface Example {
  readonly settings: LikelihoodSettings;
  /** Numbers of one feature, as the network gives them. */
  readonly locations: readonly number[];
  readonly spreads?: readonly number[];
  readonly logScale?: number;
  readonly x: number;
  /** ln p(x), by hand. */
  readonly logProb: number;
}

const examples: Example[] = [
  {
    settings: { kind: 'bernoulli' },
    locations: [0.7],
    x: 1,
    logProb: Math.log(sigmoid(0.7)),
  },
  {
    settings: { kind: 'continuous-bernoulli' },
    locations: [0.7],
    x: 0.2,
    // C = 2 artanh(1 − 2λ)/(1 − 2λ) (Loaiza-Ganem & Cunningham 2019, eq. 7), and 2 artanh(1 − 2λ) = −logit λ.
    logProb:
      0.2 * Math.log(sigmoid(0.7)) + 0.8 * Math.log(sigmoid(-0.7)) + Math.log(-0.7 / (1 - 2 * sigmoid(0.7))),
  },
  { settings: { kind: 'gaussian', scale: 0.5 }, locations: [0.7], x: 1, logProb: logNormal(0.3, 0.5) },
  {
    settings: { kind: 'gaussian' },
    locations: [0.7],
    logScale: Math.log(0.4),
    x: 1,
    logProb: logNormal(0.3, 0.4),
  },
  {
    settings: { kind: 'gaussian', scale: 'network' },
    locations: [0.7],
    spreads: [-0.3],
    x: 1,
    logProb: logNormal(0.3, positive(-0.3)),
  },
  {
    settings: { kind: 'laplace', scale: 0.5 },
    locations: [0.7],
    x: 1,
    logProb: -0.3 / 0.5 - Math.log(2 * 0.5),
  },
  {
    settings: { kind: 'laplace' },
    locations: [0.7],
    logScale: Math.log(0.4),
    x: 0.1,
    logProb: -0.6 / 0.4 - Math.log(2 * 0.4),
  },
  {
    settings: { kind: 'logistic', scale: 'network' },
    locations: [0.7],
    spreads: [-0.3],
    x: 1,
    logProb: logLogistic(0.3 / positive(-0.3)) - Math.log(positive(-0.3)),
  },
  {
    settings: { kind: 'student-t', scale: 0.5 },
    locations: [0.7],
    x: 1.9,
    logProb: logStudent(1.2 / 0.5) - Math.log(0.5),
  },
  {
    settings: { kind: 'student-t', scale: 'network' },
    locations: [0.7],
    spreads: [-0.3],
    x: 1.9,
    logProb: logStudent(1.2 / positive(-0.3)) - Math.log(positive(-0.3)),
  },
  {
    settings: { kind: 'log-normal' },
    locations: [0.7],
    spreads: [-0.3],
    x: 3,
    logProb: logNormal(Math.log(3) - 0.7, positive(-0.3)) - Math.log(3),
  },
  {
    // β²x·e^(−βx) for α = 2, Γ(2) = 1.
    settings: { kind: 'gamma' },
    locations: [rawOf(2)],
    spreads: [rawOf(3)],
    x: 0.7,
    logProb: Math.log(9 * 0.7) - 3 * 0.7,
  },
  {
    // x(1 − x)²/B(2, 3), B(2, 3) = 1/12.
    settings: { kind: 'beta' },
    locations: [rawOf(2), rawOf(3)],
    x: 0.3,
    logProb: Math.log(12 * 0.3 * 0.7 ** 2),
  },
  { settings: { kind: 'poisson' }, locations: [0.7], x: 3, logProb: 3 * 0.7 - Math.exp(0.7) - Math.log(6) },
  {
    // (k + 1)·p^k·(1 − p)² for r = 2.
    settings: { kind: 'negative-binomial' },
    locations: [0.7],
    spreads: [rawOf(2)],
    x: 3,
    logProb: Math.log(4 * sigmoid(0.7) ** 3 * sigmoid(-0.7) ** 2),
  },
  {
    // Levels 0, ⅓, ⅔ and 1: the bin around ⅓ is from 1/6 to 1/2.
    settings: { kind: 'discretized-logistic', components: 2, levels: 4 },
    locations: [0.2, 0.9],
    spreads: [-1, -2, 0.5, -0.5],
    x: 1 / 3,
    logProb: Math.log(
      [
        [0.2, -1, sigmoid(1)],
        [0.9, -2, sigmoid(-1)],
      ].reduce((sum, [mean, logScale, weight]) => {
        const cumulative = (edge: number): number => sigmoid((edge - mean!) / Math.exp(logScale!));
        return sum + weight! * (cumulative(1 / 2) - cumulative(1 / 6));
      }, 0),
    ),
  },
];

function nameOf({ kind, ...options }: LikelihoodSettings): string {
  return [kind, ...Object.values(options)].join(' ');
}

/** Numbers of a feature as variables [1, 1]. */
function variables(numbers: readonly number[] = []): Variable[] {
  return numbers.map((value) => variable(tensor([[value]], { dtype: 'float64' })));
}

describe.each(examples.map((example) => [nameOf(example.settings), example] as const))('%s', (_, example) => {
  const { kind, values } = likelihoodOf(example.settings);

  test('has the density of the numbers of its network', () => {
    const { logScale, locations, spreads } = example;
    const shared = logScale === undefined ? undefined : variable(tensor([logScale], { dtype: 'float64' }));
    const likelihood = kind.create(
      { locations: variables(locations), spreads: variables(spreads), logScale: shared },
      values,
    );
    expect([likelihood.batchShape, likelihood.eventShape]).toEqual([[1], [1]]);
    const got = likelihood.logProb(tensor([[example.x]], { dtype: 'float64' })).item();
    expect(Math.abs(got - example.logProb)).toBeLessThan(1e-12);
  });

  test('asks for as many numbers as it takes, and says at least how many', () => {
    const numbers = kind.numbers(values);
    expect(numbers.locations).toHaveLength(example.locations.length);
    expect(numbers.spreads).toHaveLength(example.spreads?.length ?? 0);
    expect(numbers.logScale !== undefined).toBe(example.logScale !== undefined);
    expect(kind.size(values)).toBeGreaterThan(0);
    expect(kind.size(values)).toBeLessThanOrEqual(numbers.locations.length + numbers.spreads.length);
  });
});

/** Data that fit, and the expected values of a decoder before it has learned anything. */
const data: Record<LikelihoodName, { x: number[][]; mean: number }> = {
  bernoulli: { x: [[0, 1, 1]], mean: 0.5 },
  'continuous-bernoulli': { x: [[0, 0.3, 1]], mean: 0.5 },
  gaussian: { x: [[-1, 0.3, 2]], mean: 0 },
  laplace: { x: [[-1, 0.3, 2]], mean: 0 },
  logistic: { x: [[-1, 0.3, 2]], mean: 0 },
  'student-t': { x: [[-1, 0.3, 2]], mean: 0 },
  // e^(½) for ln x ~ N(0, 1)
  'log-normal': { x: [[0.2, 1, 7]], mean: Math.exp(0.5) },
  gamma: { x: [[0.2, 1, 7]], mean: 1 },
  beta: { x: [[0.2, 0.5, 0.9]], mean: 0.5 },
  poisson: { x: [[0, 1, 7]], mean: 1 },
  'negative-binomial': { x: [[0, 1, 7]], mean: 1 },
  categorical: { x: [[0, 1, 0]], mean: 1 / 3 },
  'discretized-logistic': { x: [[0, 51 / 255, 1]], mean: 0.5 },
};

const settingsOf: LikelihoodSettings[] = [
  ...(Object.keys(likelihoods) as LikelihoodName[]).map((kind) => ({ kind }) as LikelihoodSettings),
  ...(['gaussian', 'laplace', 'logistic', 'student-t'] as const).flatMap((kind) => [
    { kind, scale: 'network' } as const,
    { kind, scale: 0.3 } as const,
  ]),
];

describe.each(settingsOf.map((settings) => [nameOf(settings), settings] as const))(
  'a decoder of %s',
  (_, likelihood) => {
    const { x, mean } = data[likelihood.kind];
    const model = new Vae({ ...plain, likelihood }, key);

    test('accepts what it is about', () => {
      expect(x.flat().every(likelihoods[likelihood.kind].support.accepts)).toBe(true);
      const logProb = model
        .decode(tensor([[0.4, -1]], { dtype: 'float64' }))
        .logProb(tensor(x, { dtype: 'float64' }));
      expect(logProb.shape).toEqual([1]);
      expect(Number.isFinite(logProb.item())).toBe(true);
    });

    test('is a batch over the features, and draws what it is about', () => {
      const decoded = model.decode(zeros([5, 2], { dtype: 'float64' }));
      expect([decoded.batchShape, decoded.eventShape]).toEqual([[5], [3]]);
      const draws = decoded.sample(key, [20]).value;
      expect(draws.shape).toEqual([20, 5, 3]);
      expect(draws.toTypedArray().every(likelihoods[likelihood.kind].support.accepts)).toBe(true);
    });

    test('starts where it is documented to', () => {
      // With z = 0 and no hidden layers, only the biases of the network speak.
      const linear = new Vae({ ...plain, hidden: [], likelihood }, key);
      for (const value of linear
        .decode(zeros([1, 2], { dtype: 'float64' }))
        .mean()
        .value.toTypedArray()) {
        expect(value).toBeCloseTo(mean, 2);
      }
    });

    test('derivatives of ln p(x|z) by z and every parameter agree with differences', () => {
      const { comparisons } = checkModuleGradients(
        model.decoder,
        (z) =>
          model
            .decode(z!)
            .logProb(tensor(x, { dtype: 'float64' }))
            .sum(),
        [[[0.4, -1]]],
      );
      expect(comparisons).toBeGreaterThan(0);
    });
  },
);

describe('what likelihoods are about', () => {
  test.each<[LikelihoodName, number[]]>([
    ['bernoulli', [-0.1, 1.1, Number.NaN]],
    ['continuous-bernoulli', [-0.1, 1.1, Number.NaN]],
    ['gaussian', [Infinity, -Infinity, Number.NaN]],
    ['student-t', [Infinity, Number.NaN]],
    ['log-normal', [0, -1, Infinity, Number.NaN]],
    ['gamma', [0, -1, Infinity, Number.NaN]],
    ['beta', [0, 1, -0.5, Number.NaN]],
    ['poisson', [-1, 0.5, Infinity, Number.NaN]],
    ['negative-binomial', [-1, 0.5, Infinity, Number.NaN]],
    ['categorical', [0.5, 2, -1, Number.NaN]],
    ['discretized-logistic', [-0.1, 1.1, Number.NaN]],
  ])('%s: not %j', (kind, values) => {
    const { accepts } = likelihoods[kind].support;
    for (const value of values) expect(accepts(value)).toBe(false);
  });
});
