import { add, type Operand, softplus, type Variable } from '@reparam/autograd';
import type { Shape } from '@reparam/tensor';
import { Bernoulli } from './bernoulli.ts';
import { Beta } from './beta.ts';
import { Categorical } from './categorical.ts';
import { ContinuousBernoulli } from './continuous-bernoulli.ts';
import { DiagonalNormal, minimumScale } from './diagonal-normal.ts';
import { DiscretizedLogisticMixture } from './discretized-logistic-mixture.ts';
import type { Distribution } from './distribution.ts';
import type { EventOptions } from './event.ts';
import { FullNormal, triangleSize } from './full-normal.ts';
import { Gamma } from './gamma.ts';
import { Laplace } from './laplace.ts';
import { LogNormal } from './log-normal.ts';
import { Logistic } from './logistic.ts';
import { LowRankNormal } from './low-rank-normal.ts';
import { Mixture } from './mixture.ts';
import { NegativeBinomial } from './negative-binomial.ts';
import { Poisson } from './poisson.ts';
import { RelaxedBernoulli } from './relaxed-bernoulli.ts';
import { RelaxedCategorical } from './relaxed-categorical.ts';
import { StudentT } from './student-t.ts';
import { Uniform } from './uniform.ts';

/** Where each element of a draw lies. */
export type Support =
  | 'reals'
  | 'positive'
  | 'between 0 and 1'
  | 'low to high'
  | '0 or 1'
  | 'one-hot'
  | 'simplex'
  | 'counts'
  | 'levels from 0 to 1';

export interface DistributionFamily {
  readonly description: string;
  readonly support: Support;
  readonly reparameterized: boolean;
  /** Whether the elements of an event are independent, so that an event may have any axes. */
  readonly elementwise: boolean;
  /**
   * The shapes of the unconstrained numbers for one event [D]. `size` is the number of components of a mixture, or
   * the rank of a low-rank covariance; other families have none.
   */
  readonly parameterShapes: (dimensions: number, size: number) => readonly Shape[];
  /** The distribution from those numbers, with any batch axes before their shapes. */
  readonly create: (raw: readonly Operand[], options?: EventOptions) => Distribution;
}

const vectors = (count: number) => (dimensions: number) => Array.from({ length: count }, () => [dimensions]);

/** Positive from unconstrained: softplus(raw) + 1e-6. */
function positive(raw: Operand | undefined): Variable {
  return softplus(raw!).add(minimumScale);
}

const families = {
  normal: {
    description: 'N(μ, diag σ²)',
    support: 'reals',
    reparameterized: true,
    elementwise: true,
    parameterShapes: vectors(2),
    create: ([location, raw], options) => DiagonalNormal.fromSoftplus(location!, raw!, options),
  },
  'full-normal': {
    description: 'N(μ, L·Lᵀ)',
    support: 'reals',
    reparameterized: true,
    elementwise: false,
    parameterShapes: (dimensions) => [[dimensions], [triangleSize(dimensions)]],
    create: ([location, raw]) => FullNormal.fromUnconstrained(location!, raw!),
  },
  'low-rank-normal': {
    description: 'N(μ, W·Wᵀ + diag σ²)',
    support: 'reals',
    reparameterized: true,
    elementwise: false,
    parameterShapes: (dimensions, size) => [[dimensions], [dimensions, size], [dimensions]],
    create: ([location, factor, raw]) => new LowRankNormal(location!, factor!, positive(raw)),
  },
  mixture: {
    description: 'Σ πₖ N(μₖ, diag σₖ²)',
    support: 'reals',
    reparameterized: false,
    elementwise: false,
    parameterShapes: (dimensions, size) => [[size], [size, dimensions], [size, dimensions]],
    create: ([logits, location, raw]) => new Mixture(logits!, DiagonalNormal.fromSoftplus(location!, raw!)),
  },
  laplace: {
    description: 'e^(−|x − μ|/b)/2b',
    support: 'reals',
    reparameterized: true,
    elementwise: true,
    parameterShapes: vectors(2),
    create: ([location, raw], options) => new Laplace(location!, positive(raw), options),
  },
  logistic: {
    description: 'P(x ≤ t) = sigmoid((t − μ)/s)',
    support: 'reals',
    reparameterized: true,
    elementwise: true,
    parameterShapes: vectors(2),
    create: ([location, raw], options) => new Logistic(location!, positive(raw), options),
  },
  'student-t': {
    description: '∝ (1 + t²/ν)^(−(ν + 1)/2), t = (x − μ)/σ',
    support: 'reals',
    reparameterized: true,
    elementwise: true,
    parameterShapes: vectors(3),
    create: ([rawDegrees, location, raw], options) =>
      new StudentT(positive(rawDegrees), location!, positive(raw), options),
  },
  'log-normal': {
    description: 'ln x ~ N(μ, σ²)',
    support: 'positive',
    reparameterized: true,
    elementwise: true,
    parameterShapes: vectors(2),
    create: ([location, raw], options) => new LogNormal(location!, positive(raw), options),
  },
  gamma: {
    description: '∝ x^(α − 1)·e^(−βx)',
    support: 'positive',
    reparameterized: true,
    elementwise: true,
    parameterShapes: vectors(2),
    create: ([rawConcentration, rawRate], options) =>
      new Gamma(positive(rawConcentration), positive(rawRate), options),
  },
  beta: {
    description: '∝ x^(α − 1)·(1 − x)^(β − 1)',
    support: 'between 0 and 1',
    reparameterized: true,
    elementwise: true,
    parameterShapes: vectors(2),
    create: ([rawAlpha, rawBeta], options) => new Beta(positive(rawAlpha), positive(rawBeta), options),
  },
  uniform: {
    description: '1/(high − low)',
    support: 'low to high',
    reparameterized: true,
    elementwise: true,
    parameterShapes: vectors(2),
    create: ([low, rawWidth], options) => new Uniform(low!, add(positive(rawWidth), low!), options),
  },
  'continuous-bernoulli': {
    description: '∝ λ^x·(1 − λ)^(1 − x)',
    support: 'between 0 and 1',
    reparameterized: true,
    elementwise: true,
    parameterShapes: vectors(1),
    create: ([logits], options) => new ContinuousBernoulli(logits!, options),
  },
  bernoulli: {
    description: 'P(1) = sigmoid(logit)',
    support: '0 or 1',
    reparameterized: false,
    elementwise: true,
    parameterShapes: vectors(1),
    create: ([logits], options) => new Bernoulli(logits!, options),
  },
  'relaxed-bernoulli': {
    description: 'sigmoid((logit + logistic noise)/τ)',
    support: 'between 0 and 1',
    reparameterized: true,
    elementwise: true,
    parameterShapes: vectors(2),
    create: ([logits, rawTemperature], options) =>
      new RelaxedBernoulli(logits!, positive(rawTemperature), options),
  },
  categorical: {
    description: 'P(class) = softmax(logits)',
    support: 'one-hot',
    reparameterized: false,
    elementwise: false,
    parameterShapes: vectors(1),
    create: ([logits], options) => new Categorical(logits!, options),
  },
  'relaxed-categorical': {
    description: 'softmax((logits + Gumbel noise)/τ)',
    support: 'simplex',
    reparameterized: true,
    elementwise: false,
    parameterShapes: (dimensions) => [[dimensions], [1]],
    create: ([logits, rawTemperature], options) =>
      new RelaxedCategorical(logits!, positive(rawTemperature), options),
  },
  poisson: {
    description: 'λ^k·e^−λ/k!',
    support: 'counts',
    reparameterized: false,
    elementwise: true,
    parameterShapes: vectors(1),
    create: ([logRate], options) => new Poisson(logRate!, options),
  },
  'negative-binomial': {
    description: 'Γ(k + r)/(k!·Γ(r))·p^k·(1 − p)^r',
    support: 'counts',
    reparameterized: false,
    elementwise: true,
    parameterShapes: vectors(2),
    create: ([rawCount, logits], options) => new NegativeBinomial(positive(rawCount), logits!, options),
  },
  'discretized-logistic-mixture': {
    description: 'a mixture of logistics in 256 bins',
    support: 'levels from 0 to 1',
    reparameterized: false,
    elementwise: true,
    parameterShapes: (dimensions, size) => Array.from({ length: 3 }, () => [dimensions, size]),
    create: ([logits, locations, logScales], options) =>
      new DiscretizedLogisticMixture(logits!, locations!, logScales!, options),
  },
} satisfies Record<string, DistributionFamily>;

export type DistributionName = keyof typeof families;

/** Every family by name, as settings write it: what lists, drives and tests them all. */
export const distributions: Readonly<Record<DistributionName, DistributionFamily>> = families;
