import { gradients, noGrad, parameter, Variable } from '@reparam/autograd';
import { ArgumentError, full, RandomKey, ReparamError, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { estimate } from '../../../../test/support/sample-moments.ts';
import { Beta } from './beta.ts';
import { Gamma } from './gamma.ts';
import { logStandardGamma } from './gamma-draws.ts';
import { logGammaSlope } from './gamma-slope.ts';
import { drawByRejection } from './rejection.ts';

const key = RandomKey.fromSeed(72);
const float64 = { dtype: 'float64' } as const;

function digamma(x: number): number {
  return noGrad(() => new Variable(tensor(x, float64)).digamma()).item();
}

function trigamma(x: number): number {
  const point = parameter(tensor(x, float64));
  return gradients(point.digamma(), [point])[0]!.item();
}

describe('the slope dx/dα along a quantile', () => {
  test.each([
    // −(∂P/∂α)/(∂P/∂x) by mpmath with 40 digits
    [0.001, 0.001, 6.339511118616954],
    [0.1, 5.459815003314424, 10.718110986978816],
    [0.5, 0.02, 0.16042347626224593],
    [3, 0.05494691666620254, 0.07726914335599654],
    [3, 50, 3.132415300167074],
    [20, 20, 1.008373788363406],
    [300, 340, 1.0644776634244626],
    [1e4, 9800, 0.9899491573749367],
  ])('at α = %s, x = %s is %s', (alpha, x, expected) => {
    const slope = x * logGammaSlope(alpha, Math.log(x), digamma(alpha + 1));
    expect(Math.abs(slope / expected - 1)).toBeLessThan(1e-12);
  });

  test.each([1e-3, 0.3, 1, 7, 150])(
    'at α = %s, does not step where one formula follows the other',
    (alpha) => {
      const at = (x: number) => logGammaSlope(alpha, Math.log(x), digamma(alpha + 1));
      const edge = alpha + 1;
      expect(Math.abs(at(edge * (1 - 1e-13)) / at(edge * (1 + 1e-13)) - 1)).toBeLessThan(1e-11);
    },
  );

  test('is that of differences of the quantile for α = 1, 2, where P is elementary', () => {
    // P(1, x) = 1 − e^−x; ∂P/∂α from P(α, x) = x^α Σ (−x)ⁿ/(n!(α + n))/Γ(α), differenced to fourth order.
    const lower = (alpha: number, x: number): number => {
      let [term, sum] = [1, 0];
      for (let n = 0; n < 60; n++) {
        sum += term / (alpha + n);
        term *= -x / (n + 1);
      }
      const logGamma = noGrad(() => new Variable(tensor(alpha, float64)).lgamma()).item();
      return sum * Math.exp(alpha * Math.log(x) - logGamma);
    };
    const h = 1e-3;
    for (const alpha of [1, 2]) {
      for (const x of [0.4, 1.5, 4]) {
        const derivative =
          (8 * (lower(alpha + h, x) - lower(alpha - h, x)) -
            lower(alpha + 2 * h, x) +
            lower(alpha - 2 * h, x)) /
          (12 * h);
        const density = alpha === 1 ? Math.exp(-x) : x * Math.exp(-x);
        const slope = x * logGammaSlope(alpha, Math.log(x), digamma(alpha + 1));
        expect(slope).toBeCloseTo(-derivative / density, 9);
      }
    }
  });

  test('of tiny draws of tiny α is −(ln x)/α, as x = (u·Γ(α + 1))^(1/α) has it', () => {
    // ln x = (ln u + ln Γ(α + 1))/α, so d ln x/dα = (−ln x + ψ(α + 1))/α.
    for (const logX of [-2000, -50]) {
      const expected = (-logX + digamma(1.01)) / 0.01;
      expect(logGammaSlope(0.01, logX, digamma(1.01)) / expected).toBeCloseTo(1, 12);
    }
  });
});

describe.each([0.05, 0.8, 3, 60])('draws of α = %s', (alpha) => {
  const count = 40_000;
  const concentration = parameter(full([count], alpha, float64));
  const logarithms = logStandardGamma(key, concentration);

  test('have E ln x = ψ(α) and Var ln x = ψ′(α)', () => {
    const { mean, variance, standardError } = estimate(logarithms.value.toTypedArray());
    expect(Math.abs(mean - digamma(alpha))).toBeLessThan(4 * standardError);
    expect(Math.abs(variance / trigamma(alpha) - 1)).toBeLessThan(0.1);
  });

  test('have gradients with the means d/dα E ln x = ψ′(α), E x = 1 and E x² = 2α + 1', () => {
    for (const [of, expected] of [
      [logarithms, trigamma(alpha)],
      [logarithms.exp(), 1],
      [logarithms.mul(2).exp(), 2 * alpha + 1],
    ] as const) {
      const [gradient] = gradients(of.sum(), [concentration]);
      const { mean, standardError } = estimate(gradient!.value.toTypedArray());
      expect(Math.abs(mean - expected)).toBeLessThan(4 * standardError);
    }
  });
});

test('draws of Beta have the gradients d/dα E x = β/(α + β)² and d/dβ E x = −α/(α + β)²', () => {
  const [a, b, count] = [0.7, 2.5, 40_000];
  const alpha = parameter(full([count, 1], a, float64));
  const beta = parameter(full([count, 1], b, float64));
  const byBoth = gradients(new Beta(alpha, beta).sample(key).sum(), [alpha, beta]);
  for (const [gradient, expected] of [
    [byBoth[0]!, b / (a + b) ** 2],
    [byBoth[1]!, -a / (a + b) ** 2],
  ] as const) {
    const { mean, standardError } = estimate(gradient.value.toTypedArray());
    expect(Math.abs(mean - expected)).toBeLessThan(4 * standardError);
  }
});

test('draws that underflow stay above 0, where the density exists', () => {
  for (const dtype of ['float32', 'float64'] as const) {
    const tiny = new Gamma(full([500], 1e-3, { dtype }), 1);
    const { sample, logProb } = tiny.sampleAndLogProb(key);
    expect(sample.min().item()).toBeGreaterThan(0);
    expect(Number.isFinite(logProb.item())).toBe(true);
    const extreme = new Beta(full([500], 1e-2, { dtype }), 1e-2).sampleAndLogProb(key);
    expect(extreme.sample.max().item()).toBeLessThan(1);
    expect(Number.isFinite(extreme.logProb.item())).toBe(true);
  }
});

test('there are no second derivatives of draws, and the error says so', () => {
  const alpha = parameter(tensor([2], float64));
  const draw = logStandardGamma(key, alpha);
  const [first] = gradients(draw.sum(), [alpha], { createGraph: true });
  expect(() => gradients(first!.sum(), [alpha])).toThrow(ReparamError);
  expect(() => gradients(first!.sum(), [alpha])).toThrow('no second ones');
});

test.each([0, -1, Number.NaN, Infinity])('refuses α = %s', (alpha) => {
  const draw = () => new Gamma(tensor([1, alpha], float64), 1).sample(key);
  expect(draw).toThrow(ArgumentError);
  expect(draw).toThrow(
    `logStandardGamma: a concentration is ${alpha}; draws need finite ones above 0, such as softplus gives.`,
  );
});

describe('drawByRejection', () => {
  test('gives every element its own first accepted proposal', () => {
    // Uniform on (0, ½] by rejecting the rest: mean ¼, variance 1/48.
    const draws = drawByRejection('test', key, 20_000, (_, [u]) => (u <= 0.5 ? u : undefined));
    const { mean, variance } = estimate(draws);
    expect(Math.max(...draws)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(mean - 0.25)).toBeLessThan(4 * Math.sqrt(1 / 48 / 20_000));
    expect(Math.abs(variance * 48 - 1)).toBeLessThan(0.05);
  });

  test('ends with an error when nothing is ever accepted', () => {
    expect(() => drawByRejection('test', key, 3, () => undefined)).toThrow(
      'test: no draw was accepted in 200 rounds for element 0.',
    );
  });
});
