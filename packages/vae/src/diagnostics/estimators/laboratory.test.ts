import { ArgumentError, RandomKey } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { finish } from '../work.ts';
import { importanceProblem, optimalPosteriorProblem } from './bound-problems.ts';
import { coinProblem, squaredNormProblem } from './expectation-problems.ts';
import { type EstimatorReading, estimatorLaboratory } from './laboratory.ts';
import type { EstimatorProblem } from './problem.ts';
import { standardProblems } from './standard-problems.ts';

const key = RandomKey.fromSeed(56);

function measure(problem: EstimatorProblem, estimates = 20_000): Record<string, EstimatorReading> {
  const readings = finish(estimatorLaboratory([problem], { key, estimates }));
  return Object.fromEntries(
    readings.map((reading) => [`${reading.estimator} ${reading.parameter}`, reading]),
  );
}

function expectMoments(
  { mean, variance, exact }: EstimatorReading,
  [trueMean, trueVariance]: readonly [number, number],
): void {
  // What the table claims to be exact is what the ground truth says.
  expect(exact.mean).toBeCloseTo(trueMean, 6);
  expect(exact.variance).toBeCloseTo(trueVariance, 6);
  expect(Math.abs(mean.value - trueMean)).toBeLessThan(4 * mean.standardError + 1e-12);
  expect(Math.abs(variance.value - trueVariance)).toBeLessThan(4 * variance.standardError + 1e-12);
}

test('∂/∂μ E z² at μ = .7, σ = 1.3', () => {
  const got = measure(squaredNormProblem({ dimensions: 1, location: 0.7, scale: 1.3 }));
  expectMoments(got['reparameterised μ']!, [1.4, 6.76]);
  // μ⁴/σ² + 14μ² + 15σ² and 8μ² + 6σ²
  expectMoments(got['score μ']!, [1.4, 0.2401 / 1.69 + 14 * 0.49 + 15 * 1.69]);
  expectMoments(got['score, optimal baseline μ']!, [1.4, 14.06]);
  expectMoments(got['score, leave-one-out μ']!, [1.4, 14.06]);
});

test('∂/∂μ E‖z‖² in 100 dimensions at N(0, I): 4, (D+2)(D+4) and 2(D+2)', () => {
  const got = measure(squaredNormProblem({ dimensions: 100, location: 0, scale: 1 }), 2000);
  expectMoments(got['reparameterised μ']!, [0, 4]);
  expectMoments(got['score μ']!, [0, 102 * 104]);
  expectMoments(got['score, optimal baseline μ']!, [0, 204]);
  expectMoments(got['score, leave-one-out μ']!, [0, 204]);
  expect(got['score μ']!.exact.variance! / got['reparameterised μ']!.exact.variance!).toBe(2652);
});

test('∂/∂μ E‖z‖² between the two: three dimensions away from 0', () => {
  const got = measure(squaredNormProblem({ dimensions: 3, location: -0.4, scale: 0.9 }));
  for (const { mean, variance, exact, bias } of Object.values(got)) {
    expect(Math.abs(mean.value + 0.8)).toBeLessThan(4 * mean.standardError);
    expect(bias!.value).toBeCloseTo(mean.value + 0.8, 12);
    expect(Math.abs(variance.value - exact.variance!)).toBeLessThan(4 * variance.standardError);
  }
});

describe('the coin', () => {
  test('at θ = .5: REINFORCE .255025, none with the optimal baseline', () => {
    const got = measure(coinProblem({ probability: 0.5, target: 0.45, temperature: 0.5 }));
    expectMoments(got['score θ']!, [0.1, 0.255025]);
    expectMoments(got['score, optimal baseline θ']!, [0.1, 0]);
    // Two draws differ half of the time, and then say .2.
    expectMoments(got['score, leave-one-out θ']!, [0.1, 0.01]);
    expectMoments(got['straight-through θ']!, [0.1, 1]);
  });

  test('at θ = .2: straight-through says −.5 where the truth is .1', () => {
    const got = measure(coinProblem({ probability: 0.2, target: 0.45, temperature: 0.5 }));
    const straight = got['straight-through θ']!;
    expect(straight.exactGradient).toBeCloseTo(0.1, 12);
    expect(straight.exact.mean).toBeCloseTo(-0.5, 12);
    expectMoments(straight, [-0.5, 0.64]);
    expect(Math.abs(straight.bias!.value + 0.6)).toBeLessThan(4 * straight.bias!.standardError);
    expectMoments(got['score, optimal baseline θ']!, [0.1, 0]);
    expectMoments(got['score, leave-one-out θ']!, [0.1, 0.01 * (1 / 0.32 - 1)]);
  });

  test('the relaxed coin has the moments that quadrature finds, and no bias in the limit of low temperature', () => {
    for (const temperature of [0.5, 1]) {
      const got = measure(coinProblem({ probability: 0.3, target: 0.45, temperature }));
      const { mean, variance, exact } = got[`Gumbel, temperature ${temperature} θ`]!;
      expect(Math.abs(mean.value - exact.mean!)).toBeLessThan(4 * mean.standardError);
      expect(Math.abs(variance.value - exact.variance!)).toBeLessThan(4 * variance.standardError);
    }
    const biases = [1, 0.3, 0.05].map((temperature) => {
      const { estimators } = coinProblem({ probability: 0.3, target: 0.45, temperature });
      return Math.abs(estimators.at(-1)!.exact!.θ!.mean! - 0.1);
    });
    expect(biases[0]).toBeGreaterThan(biases[1]!);
    expect(biases[1]).toBeGreaterThan(biases[2]!);
    expect(biases[2]).toBeLessThan(biases[0]! / 5);
  });
});

test('where q is the posterior: 1/σ² and 2 by plain Monte Carlo, 0 by sticking the landing', () => {
  const got = measure(optimalPosteriorProblem({ x: 2, noiseVariance: 0.5 }));
  expectMoments(got['plain Monte Carlo μ']!, [0, 3]);
  expectMoments(got['plain Monte Carlo ln σ']!, [0, 2]);
  expectMoments(got['sticking the landing μ']!, [0, 0]);
  expectMoments(got['sticking the landing ln σ']!, [0, 0]);
  // (x − z)/s has the variance σ²/s²: (1/3)/.25.
  expectMoments(got['closed KL μ']!, [0, 4 / 3]);
  // (x − μ)σε/s − σ²ε²/s with x − μ = 2/3: (4/9·1/3 + 2/9)/.25
  expectMoments(got['closed KL ln σ']!, [0, (4 / 27 + 2 / 9) * 4]);
});

describe('signal to noise of the importance-weighted bound', () => {
  const by = (samples: number, estimates: number) =>
    measure(importanceProblem({ x: 1, noiseVariance: 1, location: 0.7, scale: 0.8, samples }), estimates);

  // A ratio r of N estimates is off by about √((1 + r²/2)/N).
  test.each([
    [1, 0.25, 1.14, 20_000],
    [16, 0.05, 3.62, 20_000],
    [256, 0.017, 14.5, 4000],
  ])('with K = %d: %d by the path, %d doubly reparameterised', (samples, pathwise, doubly, estimates) => {
    const got = by(samples, estimates);
    const [iwae, dreg] = [got['IWAE μ']!, got['DReG μ']!];
    expect(Math.abs(iwae.signalToNoise - pathwise)).toBeLessThan(4 / Math.sqrt(estimates) + 0.005);
    expect(Math.abs(dreg.signalToNoise / doubly - 1)).toBeLessThan(4 * Math.sqrt(1 / (2 * estimates)) + 0.05);
    expect(dreg.samples).toBe(samples);
    const apart = Math.abs(iwae.mean.value - dreg.mean.value);
    expect(apart).toBeLessThan(4 * Math.hypot(iwae.mean.standardError, dreg.mean.standardError));
  });

  test('at K = 1 both are the gradient of the ELBO: −μ + (x − μ)/s and 1 − σ² − σ²/s', () => {
    const got = by(1, 20_000);
    for (const name of ['IWAE', 'DReG']) {
      const [location, scale] = [got[`${name} μ`]!.mean, got[`${name} ln σ`]!.mean];
      expect(Math.abs(location.value + 0.4)).toBeLessThan(4 * location.standardError);
      expect(Math.abs(scale.value + 0.28)).toBeLessThan(4 * scale.standardError);
    }
  });
});

describe('estimatorLaboratory', () => {
  const problem = squaredNormProblem({ dimensions: 2, location: 1, scale: 1 });

  test('has a line for each estimator and parameter of each problem', () => {
    const readings = finish(estimatorLaboratory(standardProblems, { key, estimates: 2 }));
    const lines = standardProblems.reduce(
      (sum, { estimators, parameters }) => sum + estimators.length * Object.keys(parameters).length,
      0,
    );
    expect(readings).toHaveLength(lines);
    for (const { microseconds, mean } of readings) {
      expect(microseconds).toBeGreaterThan(0);
      expect(Number.isFinite(mean.value)).toBe(true);
    }
  });

  test('makes every estimate that it is asked for, in chunks', () => {
    const seen: number[] = [];
    const readings = finish(
      estimatorLaboratory([problem], { key, estimates: 10, chunk: 4 }),
      ({ done, total }) => {
        expect(total).toBe(40);
        seen.push(done);
      },
    );
    // Four at once, and of the last estimator, which takes two draws, two.
    expect(seen).toEqual([4, 8, 10, 14, 18, 20, 24, 28, 30, 32, 34, 36, 38, 40]);
    expect(readings).toHaveLength(4);
  });

  test('gives the same figures for the same key', () => {
    const means = () =>
      finish(estimatorLaboratory([problem], { key, estimates: 5 })).map(({ mean }) => mean.value);
    expect(means()).toEqual(means());
  });

  test.each([
    [{ estimates: 1 }, 'estimatorLaboratory: estimates is 1; it must be a whole number ≥ 2.'],
    [{ chunk: 0 }, 'estimatorLaboratory: chunk is 0; it must be a whole number'],
  ])('refuses %o', (change, message) => {
    expect(() => finish(estimatorLaboratory([problem], { key, ...change }))).toThrow(ArgumentError);
    expect(() => finish(estimatorLaboratory([problem], { key, ...change }))).toThrow(message);
  });
});
