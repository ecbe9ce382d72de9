import { gradients, parameter, toVariable, type Variable } from '@reparam/autograd';
import { ArgumentError, full, RandomKey, ShapeError, type Tensor, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { estimate } from '../../../../test/support/sample-moments.ts';
import { Bernoulli } from '../distributions/bernoulli.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import { type ExpectationOptions, expectation } from './expectation.ts';
import { RunningMeanBaseline } from './running-mean-baseline.ts';
import { scoreFunctionTerm } from './score-function.ts';

const key = RandomKey.fromSeed(41);
const float64 = { dtype: 'float64' } as const;
const squaredNorm = (z: Variable): Variable => z.square().sum({ axes: -1 });

type Choice = Pick<ExpectationOptions, 'samples' | 'estimator'> & {
  readonly baseline?: number | 'none' | 'leave-one-out' | 'optimal';
};

/** Independent estimates of the gradient of E‖z‖² by μ at z ~ N(μ, σ² I): [replicas · D]. */
function gradientsByMean(
  {
    mean,
    scale,
    dimensions = 1,
    replicas,
  }: Record<'mean' | 'scale' | 'replicas', number> & { dimensions?: number },
  { baseline = 'none', ...choice }: Choice,
): ArrayLike<number> {
  const location = parameter(full([replicas, dimensions], mean, float64));
  const value = expectation({
    distribution: DiagonalNormal.fromScale(location, scale),
    integrand: squaredNorm,
    key,
    ...choice,
    baseline: baseline === 'optimal' ? { optimalFor: [location] } : baseline,
  });
  expect(value.shape).toEqual([replicas]);
  return gradients(value.sum(), [location])[0]!.value.toTypedArray();
}

/** The standard error of a variance from n values is about √(2/n)·variance for normal ones; more with heavy tails. */
function expectVariance(measured: ArrayLike<number>, variance: number, relativeError: number): void {
  expect(estimate(measured).variance / variance).toBeGreaterThan(1 - relativeError);
  expect(estimate(measured).variance / variance).toBeLessThan(1 + relativeError);
}

describe('the gradient of E z² by μ at N(μ, σ²), which is 2μ', () => {
  const [mean, scale, replicas] = [0.7, 1.3, 200_000];
  const best = mean ** 2 + 3 * scale ** 2;

  // 4σ², μ⁴/σ² + 14μ² + 15σ², and 8μ² + 6σ² with the optimal baseline μ² + 3σ².
  test.each<[string, Choice, number]>([
    ['pathwise', {}, 6.76],
    ['score', { estimator: 'score' }, 32.352],
    ['score with the optimal constant', { estimator: 'score', baseline: best }, 14.06],
  ])('%s: without bias, with the exact variance', (_, choice, variance) => {
    const measured = gradientsByMean({ mean, scale, replicas }, choice);
    const { mean: average, standardError } = estimate(measured);
    expect(Math.abs(average - 2 * mean)).toBeLessThan(4 * standardError);
    expectVariance(measured, variance, 0.05);
  });

  test('a mean over draws divides the variance by their number', () => {
    const measured = gradientsByMean({ mean, scale, replicas: 25_000 }, { samples: 8 });
    expectVariance(measured, 6.76 / 8, 0.05);
  });

  test.each(['leave-one-out', 'optimal'] as const)('the baseline %s has no bias and helps', (baseline) => {
    const samples = 64;
    const measured = gradientsByMean(
      { mean, scale, replicas: 3000 },
      { estimator: 'score', samples, baseline },
    );
    const { mean: average, standardError } = estimate(measured);
    expect(Math.abs(average - 2 * mean)).toBeLessThan(4 * standardError);
    // With b = E f = μ² + σ² it is E(f − b)²s² = 8μ² + 10σ²; what the others say of b adds a share of order 1/samples.
    const exact = baseline === 'optimal' ? 14.06 : 8 * mean ** 2 + 10 * scale ** 2;
    expectVariance(measured, exact / samples, 0.2);
  });
});

test('in 100 dimensions the score function is 2652 times as noisy as the path', () => {
  const dimensions = 100;
  const at = { mean: 0, scale: 1, dimensions, replicas: 1500 };
  expectVariance(gradientsByMean(at, {}), 4, 0.03);
  expectVariance(gradientsByMean(at, { estimator: 'score' }), 102 * 104, 0.06);
  expectVariance(gradientsByMean(at, { estimator: 'score', baseline: 102 }), 204, 0.06);
});

describe('of coins', () => {
  const replicas = 100_000;
  // E(b − .45)² at θ = ½; the gradient by the logit is θ(1 − θ) = ¼ of that by θ, which is .1.
  const byLogit = (choice: Choice): ArrayLike<number> => {
    const logits = parameter(full([replicas, 1], 0, float64));
    const value = expectation({
      distribution: new Bernoulli(logits),
      integrand: (b) => b.sub(0.45).square().sum({ axes: -1 }),
      key,
      estimator: 'score',
      baseline: choice.baseline as number | 'none',
    });
    return gradients(value.sum(), [logits])[0]!.value.toTypedArray();
  };

  test('REINFORCE has variance .255025 by θ, and the optimal baseline none', () => {
    const measured = Array.from(byLogit({ baseline: 'none' }), (value) => value * 4);
    const { mean, standardError } = estimate(measured);
    expect(Math.abs(mean - 0.1)).toBeLessThan(4 * standardError);
    expectVariance(measured, 0.255025, 0.01);
    // b = E f s²/E s² = ½(.45² + .55²)
    const exact = Array.from(byLogit({ baseline: 0.2525 }), (value) => value * 4);
    for (const value of exact) expect(value).toBeCloseTo(0.1, 12);
  });

  test('are refused a path, and told of the score', () => {
    const build = (): unknown =>
      expectation({ distribution: new Bernoulli(tensor([0])), integrand: squaredNorm, key });
    expect(build).toThrow(ArgumentError);
    expect(build).toThrow(
      "expectation: draws of Bernoulli are not reparameterised, so the gradient by the posterior's parameters would be " +
        "wrong. Use { estimator: 'score' }.",
    );
  });
});

describe('the value', () => {
  test('is the mean of f over the draws, whatever the estimator adds', () => {
    const location = parameter(tensor([[0.3, -1]], float64));
    const distribution = DiagonalNormal.fromScale(location, 0.5);
    const draws = Array.from(distribution.sample(key, [5]).value.toTypedArray());
    const byHand = draws.reduce((sum, each) => sum + each ** 2 / 5, 0);
    for (const choice of [
      {},
      { estimator: 'score' },
      { estimator: 'score', baseline: 'leave-one-out' },
      { estimator: 'score', baseline: { optimalFor: [location] } },
    ] as const) {
      const value = expectation({ distribution, integrand: squaredNorm, key, samples: 5, ...choice });
      expect(value.toArray()).toEqual([expect.closeTo(byHand, 12)]);
    }
  });

  test('keeps the gradient of what f itself depends on', () => {
    const [location, slope] = [parameter(tensor([0.4], float64)), parameter(tensor(3, float64))];
    const distribution = DiagonalNormal.fromScale(location, 1);
    const value = expectation({
      distribution,
      integrand: (z) => squaredNorm(z).mul(slope),
      key,
      samples: 4,
      estimator: 'score',
    });
    const mean = squaredNorm(distribution.sample(key, [4]))
      .mean()
      .item();
    expect(gradients(value, [slope])[0]!.item()).toBeCloseTo(mean, 12);
  });
});

describe('baselines', () => {
  test('the gradient is the mean of (f − b)·∂ln q, written out', () => {
    // ln q = l·c with slopes c: the scores of three draws.
    const f = [3, -1, 4];
    const c = [0.5, 2, -1];
    const l = parameter(tensor([0.7], float64));
    const column = (values: number[]): Tensor =>
      tensor(
        values.map((each) => [each]),
        float64,
      );
    const gradientWith = (baseline: Parameters<typeof scoreFunctionTerm>[0]['baseline']): number => {
      const logProb = l.mul(column(c));
      const term = scoreFunctionTerm({
        signal: toVariable(column(f)),
        logProb,
        ...(baseline !== undefined && { baseline }),
      });
      expect(term.toArray()).toEqual([0]);
      return gradients(term.sum(), [l])[0]!.item();
    };
    const meanOf = (b: (i: number) => number): number =>
      [0, 1, 2].reduce((sum, i) => sum + ((f[i]! - b(i)) * c[i]!) / 3, 0);
    const others = (i: number): number[] => [0, 1, 2].filter((j) => j !== i);
    const total = (i: number, of: (j: number) => number): number =>
      others(i).reduce((sum, j) => sum + of(j), 0);
    expect(gradientWith(undefined)).toBeCloseTo(
      meanOf(() => 0),
      14,
    );
    expect(gradientWith(1.5)).toBeCloseTo(
      meanOf(() => 1.5),
      14,
    );
    expect(gradientWith('leave-one-out')).toBeCloseTo(
      meanOf((i) => total(i, (j) => f[j]!) / 2),
      14,
    );
    expect(gradientWith({ optimalFor: [l] })).toBeCloseTo(
      meanOf((i) => total(i, (j) => f[j]! * c[j]! ** 2) / total(i, (j) => c[j]! ** 2)),
      14,
    );
  });

  test('draws whose score is 0 leave the others without a baseline, not with NaN', () => {
    const l = parameter(tensor([0.7], float64));
    const logProb = l.mul(tensor([[2], [0], [0]], float64));
    const signal = logProb.stopGradient().add(1);
    const term = scoreFunctionTerm({ signal, logProb, baseline: { optimalFor: [l] } });
    expect(gradients(term.sum(), [l])[0]!.toArray()).toEqual([expect.closeTo((2.4 * 2) / 3, 14)]);
  });

  test('that compare draws need two, and signal and ln q one shape', () => {
    const one = parameter(tensor([[0.5]], float64));
    expect(() => scoreFunctionTerm({ signal: one, logProb: one, baseline: 'leave-one-out' })).toThrow(
      'there is one draw: take samples ≥ 2',
    );
    expect(() => scoreFunctionTerm({ signal: one, logProb: one.reshape([1]) })).toThrow(ShapeError);
    expect(() => scoreFunctionTerm({ signal: one, logProb: one.reshape([1]) })).toThrow(
      'scoreFunctionTerm: the signal is [1, 1] but ln q is [1]; both must be [samples, ...batch].',
    );
  });

  test('a running mean follows the signals from the first one on, and is saved', () => {
    const baseline = new RunningMeanBaseline({ decay: 0.5 });
    expect(baseline.value).toBe(0);
    baseline.update(-8);
    expect(baseline.value).toBe(-8);
    baseline.update(-2);
    // (½·(−8) − 2)/(½ + 1)
    expect(baseline.value).toBeCloseTo(-4, 14);
    const other = new RunningMeanBaseline({ decay: 0.5 });
    other.restore(baseline.state());
    expect(other.value).toBe(baseline.value);
    expect(baseline.parameters()).toEqual([]);
  });

  test.each([1, -0.1, Number.NaN])('a running mean refuses a decay of %s', (decay) => {
    expect(() => new RunningMeanBaseline({ decay })).toThrow(
      `RunningMeanBaseline: decay is ${decay}; it must be at least 0 and below 1.`,
    );
  });

  test('a running mean refuses a signal that is not finite, and keeps what it had', () => {
    const baseline = new RunningMeanBaseline();
    baseline.update(3);
    expect(() => baseline.update(Number.NaN)).toThrow('the signal is NaN; it must be finite.');
    expect(baseline.value).toBe(3);
  });
});

test('expectation refuses samples that are no count', () => {
  const distribution = DiagonalNormal.standard(1);
  expect(() => expectation({ distribution, integrand: squaredNorm, key, samples: 0 })).toThrow(
    'expectation: samples is 0; it must be a whole number ≥ 1.',
  );
});
