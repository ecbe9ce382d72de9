import { arange, fromTypedArray, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { Beta } from './beta.ts';
import { Categorical } from './categorical.ts';
import { ContinuousBernoulli } from './continuous-bernoulli.ts';
import { DiscretizedLogisticMixture } from './discretized-logistic-mixture.ts';
import type { Distribution } from './distribution.ts';
import { Gamma } from './gamma.ts';
import { Laplace } from './laplace.ts';
import { LogNormal } from './log-normal.ts';
import { Logistic } from './logistic.ts';
import { NegativeBinomial } from './negative-binomial.ts';
import { Poisson } from './poisson.ts';
import { RelaxedBernoulli } from './relaxed-bernoulli.ts';
import { StudentT } from './student-t.ts';
import { Uniform } from './uniform.ts';

const one = (value: number) => tensor([value], { dtype: 'float64' });
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** ln p at every point of one distribution over [1]. */
function logProbs(distribution: Distribution, points: readonly number[]): Float64Array {
  const x = fromTypedArray(Float64Array.from(points), [points.length, 1]);
  return Float64Array.from(distribution.logProb(x).value.toTypedArray());
}

/** How the real line is laid over the support, and its derivative. */
interface Chart {
  readonly at: (t: number) => number;
  readonly slope: (t: number) => number;
}
const line: Chart = { at: (t) => t, slope: () => 1 };
const positive: Chart = { at: Math.exp, slope: Math.exp };
const unit: Chart = { at: sigmoid, slope: (t) => sigmoid(t) * sigmoid(-t) };
/** Heavy tails: the density in t falls exponentially. */
const wide: Chart = { at: Math.sinh, slope: Math.cosh };

const lambda = 0.3;
const logit = Math.log(lambda / (1 - lambda));

const continuous: [string, Distribution, Chart, (x: number) => number][] = [
  ['Laplace', new Laplace(one(0.4), 1.5), wide, (x) => Math.exp(-Math.abs(x - 0.4) / 1.5) / 3],
  [
    'Logistic',
    new Logistic(one(-0.5), 0.7),
    line,
    (x) => Math.exp(-(x + 0.5) / 0.7) / (0.7 * (1 + Math.exp(-(x + 0.5) / 0.7)) ** 2),
  ],
  // With ν = 1 it is the Cauchy distribution, with ν = 3 the constant is 2/(π√3).
  ['StudentT of 1', new StudentT(one(1), 0.5, 2), wide, (x) => 2 / (Math.PI * (4 + (x - 0.5) ** 2))],
  [
    'StudentT of 3',
    new StudentT(one(3), -1, 0.5),
    wide,
    (x) => 2 / (0.5 * Math.PI * Math.sqrt(3) * (1 + ((x + 1) / 0.5) ** 2 / 3) ** 2),
  ],
  [
    'LogNormal',
    new LogNormal(one(0.2), 0.8),
    positive,
    (x) => Math.exp(-((Math.log(x) - 0.2) ** 2) / 1.28) / (x * 0.8 * Math.sqrt(2 * Math.PI)),
  ],
  // Γ(4) = 6, Γ(½) = √π
  ['Gamma of 4', new Gamma(one(4), 1.7), positive, (x) => (1.7 ** 4 * x ** 3 * Math.exp(-1.7 * x)) / 6],
  [
    'Gamma of ½',
    new Gamma(one(0.5), 2),
    positive,
    (x) => (Math.sqrt(2) * Math.exp(-2 * x)) / Math.sqrt(Math.PI * x),
  ],
  // 1/B(2, 3) = 12, 1/B(½, ½) = 1/π
  ['Beta of 2, 3', new Beta(one(2), 3), unit, (x) => 12 * x * (1 - x) ** 2],
  ['Beta of ½, ½', new Beta(one(0.5), 0.5), unit, (x) => 1 / (Math.PI * Math.sqrt(x * (1 - x)))],
  // The constant of Loaiza-Ganem & Cunningham 2019, eq. 8: 2 artanh(1 − 2λ)/(1 − 2λ)
  [
    'ContinuousBernoulli',
    new ContinuousBernoulli(one(logit)),
    unit,
    (x) => ((2 * Math.atanh(1 - 2 * lambda)) / (1 - 2 * lambda)) * lambda ** x * (1 - lambda) ** (1 - x),
  ],
  // Maddison et al. 2017, eq. 25, with α = λ/(1 − λ)
  [
    'RelaxedBernoulli',
    new RelaxedBernoulli(one(logit), 0.6),
    unit,
    (x) => {
      const alpha = lambda / (1 - lambda);
      const [left, right] = [alpha * x ** -0.6, (1 - x) ** -0.6];
      return (0.6 * alpha * x ** -1.6 * (1 - x) ** -1.6) / (left + right) ** 2;
    },
  ],
];

describe.each(continuous)('%s', (name, distribution, chart, density) => {
  test('has the density of the textbook', () => {
    const points = [-3, -1.2, -0.1, 0.3, 0.9, 2].map(chart.at);
    logProbs(distribution, points).forEach((value, i) => {
      expect(value).toBeCloseTo(Math.log(density(points[i]!)), 12);
    });
  });

  test('integrates to 1', () => {
    const spacing = 0.01;
    const grid = Array.from({ length: 8001 }, (_, i) => spacing * (i - 4000));
    // Where sigmoid rounds to 1 there is no density left to add.
    const inside = grid.filter((t) => chart !== unit || Math.abs(t) < 36);
    const logDensities = logProbs(distribution, inside.map(chart.at));
    const total = inside.reduce((sum, t, i) => sum + Math.exp(logDensities[i]!) * chart.slope(t), 0);
    // A kink costs the trapezoidal rule the square of its spacing.
    expect(total * spacing).toBeCloseTo(1, name === 'Laplace' ? 4 : 7);
  });
});

test('Uniform is 1/(high − low) between its ends, which belong to it', () => {
  const got = logProbs(new Uniform(one(-1), 3), [-1.001, -1, 0.3, 3, 3.001]);
  const inside = expect.closeTo(-Math.log(4), 14);
  expect(Array.from(got)).toEqual([-Infinity, inside, inside, inside, -Infinity]);
});

describe('outside of the support', () => {
  test.each([
    ['LogNormal', new LogNormal(one(0), 1), [-1, 0]],
    ['Gamma', new Gamma(one(2), 1), [-1, 0]],
    ['Beta', new Beta(one(2), 2), [-0.5, 0, 1, 1.5]],
    ['ContinuousBernoulli', new ContinuousBernoulli(one(1)), [-0.01, 1.01]],
    ['RelaxedBernoulli', new RelaxedBernoulli(one(1), 1), [0, 1, -2]],
    ['Poisson', new Poisson(one(1)), [-1, 0.5]],
    ['NegativeBinomial', new NegativeBinomial(one(2), 1), [-1, 2.5]],
  ] as const)('ln p of %s is −∞', (_, distribution, points) => {
    expect(Array.from(logProbs(distribution, points))).toEqual(points.map(() => -Infinity));
  });
});

describe('counts', () => {
  const many = Array.from({ length: 400 }, (_, k) => k);

  test('Poisson is λ^k e^−λ/k!, and sums to 1', () => {
    const distribution = new Poisson(one(Math.log(3.5)));
    const got = logProbs(distribution, many);
    for (const k of [0, 1, 2, 5, 12]) {
      expect(got[k]).toBeCloseTo(Math.log((3.5 ** k * Math.exp(-3.5)) / factorial(k)), 12);
    }
    expect(got.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 12);
    expect(distribution.logProb(arange(0, 4, 1, { dtype: 'int32' }).reshape([4, 1])).toArray()).toEqual(
      Array.from(got.slice(0, 4)),
    );
  });

  test('NegativeBinomial is C(k + r − 1, k)·p^k(1 − p)^r, and sums to 1', () => {
    const p = 0.6;
    const got = logProbs(new NegativeBinomial(one(3), Math.log(p / (1 - p))), many);
    for (const k of [0, 1, 4, 9]) {
      const ways = ((k + 1) * (k + 2)) / 2;
      expect(got[k]).toBeCloseTo(Math.log(ways * p ** k * (1 - p) ** 3), 12);
    }
    expect(got.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 12);
  });

  test('NegativeBinomial of many failures is Poisson', () => {
    const got = logProbs(new NegativeBinomial(one(1e9), Math.log(2e-9)), [0, 3, 6]);
    logProbs(new Poisson(one(Math.log(2))), [0, 3, 6]).forEach((value, i) => {
      expect(got[i]).toBeCloseTo(value, 5);
    });
  });
});

describe('Categorical', () => {
  const logits = tensor([0.3, -1, 2], { dtype: 'float64' });
  const weights = [0.3, -1, 2].map(Math.exp);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const expected = weights.map((weight) => expect.closeTo(Math.log(weight / total), 14));

  test('is ln softmax, of one-hot vectors and of class numbers', () => {
    const distribution = new Categorical(logits);
    const oneHots = tensor([1, 0, 0, 0, 1, 0, 0, 0, 1], { dtype: 'float64' }).reshape([3, 3]);
    expect(distribution.logProb(oneHots).toArray()).toEqual(expected);
    expect(distribution.logProb(arange(0, 3, 1, { dtype: 'int32' })).toArray()).toEqual(expected);
  });

  test('of several variables takes a class for each', () => {
    const two = new Categorical(logits.reshape([1, 3]).expand([2, 3]), { eventAxes: 2 });
    const classes = tensor([2, 0], { dtype: 'int32' });
    expect(two.logProb(classes).item()).toBeCloseTo(
      Math.log(weights[2]! / total) + Math.log(weights[0]! / total),
      14,
    );
    expect([two.batchShape, two.eventShape]).toEqual([[], [2, 3]]);
  });

  test('refuses class numbers that are none, and events without classes', () => {
    expect(() => new Categorical(logits).logProb(tensor([3], { dtype: 'int32' }))).toThrow('oneHot');
    expect(() => new Categorical(logits, { eventAxes: 0 })).toThrow(
      'Categorical: eventAxes is 0, but the axis of classes is part of the event; it must be ≥ 1.',
    );
  });
});

describe('ContinuousBernoulli near λ = ½', () => {
  test('goes over into its series without a step, in value, mean and variance', () => {
    // Series of A(l) in the paper’s supplement, to terms far below double precision at |l| ≤ 0.06.
    for (const l of [0, 1e-9, -0.01, 0.0499, 0.0501, -0.0499, -0.0501, 0.06]) {
      const distribution = new ContinuousBernoulli(one(l));
      const normalizer = l / 2 + l ** 2 / 24 - l ** 4 / 2880 + l ** 6 / 181440 - l ** 8 / 9676800;
      expect(distribution.logProb(one(0.3)).item()).toBeCloseTo(0.3 * l - normalizer, 13);
      const mean = 0.5 + l / 12 - l ** 3 / 720 + l ** 5 / 30240;
      expect(distribution.mean().item()).toBeCloseTo(mean, 13);
      const variance = 1 / 12 - l ** 2 / 240 + l ** 4 / 6048;
      expect(Math.abs(distribution.variance().item() - variance)).toBeLessThan(1e-11);
    }
  });

  test.each(['float32', 'float64'] as const)('and far from it stays finite in %s', (dtype) => {
    const distribution = new ContinuousBernoulli(tensor([[-500], [500]], { dtype }));
    const expected = expect.closeTo(Math.log(500), 4);
    expect(distribution.logProb(tensor([[0], [1]], { dtype })).toArray()).toEqual([expected, expected]);
    expect(distribution.mean().toArray()).toEqual([[expect.closeTo(0.002, 6)], [expect.closeTo(0.998, 6)]]);
  });
});

describe('DiscretizedLogisticMixture', () => {
  const levels = Array.from({ length: 256 }, (_, i) => i / 255);
  const logits = [0.4, -0.6];
  const [locations, scales] = [
    [0.2, 0.9],
    [0.03, 0.2],
  ];
  const weights = logits.map((each) => Math.exp(each) / logits.reduce((sum, l) => sum + Math.exp(l), 0));
  const row = (values: readonly number[]) => tensor([[...values]], { dtype: 'float64' });
  const mixture = new DiscretizedLogisticMixture(row(logits), row(locations!), row(scales!.map(Math.log)));

  test('gives each level the mass of its bin, the ends with their tails', () => {
    const got = logProbs(mixture, levels);
    levels.forEach((level, i) => {
      const mass = weights.reduce((sum, weight, k) => {
        const below = i === 0 ? 0 : sigmoid((level - 0.5 / 255 - locations![k]!) / scales![k]!);
        const above = i === 255 ? 1 : sigmoid((level + 0.5 / 255 - locations![k]!) / scales![k]!);
        return sum + weight * (above - below);
      }, 0);
      expect(Math.exp(got[i]!)).toBeCloseTo(mass, 14);
    });
    expect(got.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 12);
  });

  test.each(['float32', 'float64'] as const)('is finite far from a sharp component in %s', (dtype) => {
    const sharp = new DiscretizedLogisticMixture(
      tensor([[0]], { dtype }),
      tensor([[0.1]], { dtype }),
      tensor([[-7]], { dtype }),
    );
    const far = sharp.logProb(tensor([0.9], { dtype })).item();
    // The nearer edge of the bin is 0.8 − ½/255 away: ln σ(−t) ≈ −t.
    expect(far / (-(0.8 - 0.5 / 255) * Math.exp(7))).toBeCloseTo(1, 3);
  });

  test('of two levels is a coin', () => {
    const coin = new DiscretizedLogisticMixture(row([0]), row([0.7]), row([Math.log(0.3)]), { levels: 2 });
    const got = logProbs(coin, [0, 1]);
    expect(got[0]).toBeCloseTo(Math.log(sigmoid((0.5 - 0.7) / 0.3)), 13);
    expect(got[1]).toBeCloseTo(Math.log(sigmoid((0.7 - 0.5) / 0.3)), 13);
  });

  test('refuses parameters without components, and fewer than two levels', () => {
    expect(() => new DiscretizedLogisticMixture(0, 0, 0)).toThrow(
      'DiscretizedLogisticMixture: the parameters have no components; give them a last axis of K ≥ 1, [..., K].',
    );
    expect(() => new DiscretizedLogisticMixture(row([0]), row([0]), row([0]), { levels: 1 })).toThrow(
      'DiscretizedLogisticMixture: levels is 1; it must be a whole number ≥ 2.',
    );
  });
});
