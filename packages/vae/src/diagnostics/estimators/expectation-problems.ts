import { log, log1p, sigmoid, stopGradient, type Variable } from '@reparam/autograd';
import { Bernoulli } from '../../distributions/bernoulli.ts';
import { DiagonalNormal } from '../../distributions/diagonal-normal.ts';
import { Logistic } from '../../distributions/logistic.ts';
import { expectation } from '../../objectives/expectation.ts';
import type { EstimatorProblem, ExactMoments, GradientEstimator } from './problem.ts';

/**
 * ∂/∂μ E‖z‖² for z ~ N(μ, σ²I), all μ_i equal to `location`: reparameterised 4σ² whatever the dimension, while the
 * score function's variance grows as its square.
 */
export function squaredNormProblem({
  dimensions,
  location,
  scale,
}: {
  readonly dimensions: number;
  readonly location: number;
  readonly scale: number;
}): EstimatorProblem {
  const [m2, s2] = [location ** 2, scale ** 2];
  // f = z_i² + R with R the other coordinates, and the score ε/σ: E[R], E[R²], E[z_i² ε²], E[z_i⁴ ε²].
  const rest = (dimensions - 1) * (m2 + s2);
  const restVariance = (dimensions - 1) * (2 * s2 * s2 + 4 * m2 * s2);
  const own = m2 + 3 * s2;
  const ownSquared = m2 * m2 + 18 * m2 * s2 + 15 * s2 * s2;
  const weighted = own + rest;
  const weightedSquared = ownSquared + 2 * rest * own + rest * rest + restVariance;
  // Of f and of (f − E f)·score, for the covariance of two draws that leaving one out amounts to.
  const signalVariance = restVariance + 2 * s2 * s2 + 4 * m2 * s2;
  const product = 10 * s2 + 12 * m2 + restVariance / s2;
  const by = (
    name: string,
    variance: number,
    options: Partial<Parameters<typeof expectation>[0]> = {},
  ): GradientEstimator => ({
    name,
    samples: options.samples ?? 1,
    surrogate: ({ μ }, key) =>
      expectation({
        distribution: DiagonalNormal.fromScale(μ!, scale),
        integrand: (z) => z.square().sum({ axes: -1 }),
        key,
        ...options,
      }),
    exact: { μ: { variance } },
  });
  return {
    name: dimensions === 1 ? 'E z²' : `E‖z‖² in ${dimensions} dimensions`,
    description: `z ~ N(μ, ${scale}²) at μ = ${location}`,
    parameters: { μ: { values: new Array<number>(dimensions).fill(location), gradient: 2 * location } },
    estimators: [
      by('reparameterised', 4 * s2),
      by('score', weightedSquared / s2 - 4 * m2, { estimator: 'score' }),
      by('score, optimal baseline', (weightedSquared - weighted ** 2) / s2 - 4 * m2, {
        estimator: 'score',
        baseline: weighted,
      }),
      by('score, leave-one-out', (product + signalVariance / s2) / 2, {
        estimator: 'score',
        baseline: 'leave-one-out',
        samples: 2,
      }),
    ],
  };
}

/**
 * ∂/∂θ E(b − c)² for a coin with P(b = 1) = θ. Its draws carry no gradient; the relaxations pretend that they do,
 * and pay with a bias: straight-through reports 2(θ − c) where the truth is 1 − 2c.
 */
export function coinProblem({
  probability,
  target,
  temperature,
}: {
  readonly probability: number;
  /** c */
  readonly target: number;
  /** Of the relaxed coin. */
  readonly temperature: number;
}): EstimatorProblem {
  const [p, q] = [probability, 1 - probability];
  const [zero, one] = [target ** 2, (1 - target) ** 2];
  const gradient = one - zero;
  const cost = (b: Variable): Variable => b.sub(target).square().sum({ axes: -1 });
  const logits = (θ: Variable): Variable => log(θ).sub(log1p(θ.neg()));
  const score = (
    name: string,
    variance: number,
    options: Partial<Parameters<typeof expectation>[0]>,
  ): GradientEstimator => ({
    name,
    samples: options.samples ?? 1,
    surrogate: ({ θ }, key) =>
      expectation({
        distribution: new Bernoulli(logits(θ!)),
        integrand: cost,
        key,
        estimator: 'score',
        ...options,
      }),
    exact: { θ: { variance } },
  });
  return {
    name: 'E(b − c)²',
    description: `b ~ Bernoulli(θ) at θ = ${probability}, c = ${target}`,
    parameters: { θ: { values: [probability], gradient } },
    estimators: [
      score('score', one ** 2 / p + zero ** 2 / q - gradient ** 2, {}),
      score('score, optimal baseline', 0, { baseline: one * q + zero * p }),
      // Two draws that differ give (f₁ − f₀)(s₁ − s₀)/2 = gradient/(2pq), and differ with probability 2pq.
      score('score, leave-one-out', gradient ** 2 * (1 / (2 * p * q) - 1), {
        baseline: 'leave-one-out',
        samples: 2,
      }),
      {
        name: 'straight-through',
        samples: 1,
        surrogate: ({ θ }, key) =>
          cost(stopGradient(new Bernoulli(logits(θ!)).sample(key)).add(θ!.sub(stopGradient(θ!)))),
        exact: { θ: { mean: 2 * (p - target), variance: 4 * p * q } },
      },
      {
        name: `Gumbel, temperature ${temperature}`,
        samples: 1,
        // sigmoid((logit + L)/τ) with L ~ Logistic(0, 1): the binary Concrete draw (Maddison et al. 2017, eq. 15).
        surrogate: ({ θ }, key) =>
          expectation({
            distribution: new Logistic(logits(θ!), 1),
            integrand: (z) => cost(sigmoid(z.div(temperature))),
            key,
          }),
        exact: { θ: relaxedMoments(p, target, temperature) },
      },
    ],
  };
}

/** Mean and variance of the relaxed coin's gradient, by the midpoint rule over the uniform number that it is made from. */
function relaxedMoments(probability: number, target: number, temperature: number): ExactMoments {
  const points = 20_000;
  const logit = Math.log(probability) - Math.log1p(-probability);
  let [sum, squares] = [0, 0];
  for (let i = 0; i < points; i++) {
    const u = (i + 0.5) / points;
    const y = 1 / (1 + Math.exp(-(logit + Math.log(u) - Math.log1p(-u)) / temperature));
    const slope = (2 * (y - target) * y * (1 - y)) / (temperature * probability * (1 - probability));
    sum += slope;
    squares += slope * slope;
  }
  const mean = sum / points;
  return { mean, variance: squares / points - mean * mean };
}
