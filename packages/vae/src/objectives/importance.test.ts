import { gradients, parameter, type Variable } from '@reparam/autograd';
import { ArgumentError, full, RandomKey, ShapeError, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { evenGrid, integrate } from '../../../../test/support/quadrature.ts';
import { estimate } from '../../../../test/support/sample-moments.ts';
import { Bernoulli } from '../distributions/bernoulli.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import { elbo } from './elbo.ts';
import { type ImportanceOptions, type ImportanceTerms, importanceEstimators } from './importance.ts';
import { iwae } from './iwae.ts';
import { renyi } from './renyi.ts';

const key = RandomKey.fromSeed(52);
const float64 = { dtype: 'float64' } as const;
const prior = DiagonalNormal.standard(1, 'float64');

interface Setting {
  readonly s: number;
  readonly x: number;
  readonly mean: number;
  readonly scale: number;
}

interface Model extends ImportanceOptions {
  /** μ, ln σ: [replicas, 1], and the decoder's shift: []. */
  readonly location: Variable;
  readonly logScale: Variable;
  readonly shift: Variable;
}

/** z ~ N(0, 1), x|z ~ N(z + shift, s) with q = N(mean, scale²), once for each replica. */
function model(
  { s, x, mean, scale }: Setting,
  replicas: number,
  more: Partial<ImportanceOptions> = {},
): Model {
  const location = parameter(full([replicas, 1], mean, float64));
  const logScale = parameter(full([replicas, 1], Math.log(scale), float64));
  const shift = parameter(tensor(0, float64));
  return {
    x: full([replicas, 1], x, float64),
    posterior: DiagonalNormal.fromLogScale(location, logScale),
    prior,
    decode: (z) => DiagonalNormal.fromScale(z.add(shift), Math.sqrt(s)),
    key,
    samples: 1,
    location,
    logScale,
    shift,
    ...more,
  };
}

const apart: Setting = { s: 1, x: 1, mean: 0.7, scale: 0.8 };
const fromPrior: Setting = { s: 1, x: 1, mean: 0, scale: 1 };
const offset: Setting = { s: 0.5, x: 2, mean: 1, scale: 0.8 };
/** p(z|x) = N(½, ½), and ln p(x) = ln N(1; 0, 2). */
const exact: Setting = { s: 1, x: 1, mean: 0.5, scale: Math.SQRT1_2 };
const logEvidence = -0.25 - 0.5 * Math.log(4 * Math.PI);

function logNormal(x: number, mean: number, scale: number): number {
  return -0.5 * ((x - mean) / scale) ** 2 - Math.log(scale) - 0.5 * Math.log(2 * Math.PI);
}

function expectWithinError(measured: ArrayLike<number>, truth: number, slack = 0): void {
  const { mean, standardError } = estimate(measured);
  expect(Math.abs(mean - truth)).toBeLessThan(4 * standardError + slack);
}

describe('the importance-weighted bound', () => {
  // L_K by quadrature, for both settings.
  test.each([
    [1, -1.918939, -2.755508],
    [2, -1.653474, -2.556919],
    [5, -1.557411, -2.486833],
    [10, -1.534942, -2.469904],
    [50, -1.519199, -2.457848],
    [500, -1.515877, -2.455286],
  ])('with K = %i draws has its exact value', (samples, first, second) => {
    for (const [setting, truth] of [
      [fromPrior, first],
      [offset, second],
    ] as const) {
      const bounds = Array.from({ length: 100 }, (_, i) =>
        iwae(model(setting, Math.ceil(2000 / samples), { samples, key: key.foldIn(i) })).bound.item(),
      );
      expectWithinError(bounds, truth);
      expect(estimate(bounds).standardError).toBeLessThan(0.005);
    }
  });

  test('is ln p(x) for every draw when q is the posterior, whatever the order', () => {
    const options = model(exact, 3, { samples: 7 });
    for (const terms of [iwae(options), renyi({ ...options, alpha: 0.5 }), renyi({ ...options, alpha: 2 })]) {
      expect(terms.bound.item()).toBeCloseTo(logEvidence, 12);
      expect(terms.elbo.item()).toBeCloseTo(logEvidence, 12);
      expect(terms.effectiveSamples.item()).toBeCloseTo(7, 9);
    }
  });

  test('and the other terms are what plain loops over its draws give', () => {
    const [samples, replicas] = [5, 4];
    const options = model(offset, replicas, { samples });
    const z = options.posterior.sample(key, [samples]).value.toTypedArray();
    const draws = Array.from(z, (value) => ({
      likelihood: logNormal(2, value, Math.SQRT1_2),
      ratio: logNormal(value, 0, 1) - logNormal(value, 1, 0.8),
    }));
    const meanOver = (of: (weights: number[]) => number, beta = 1): number =>
      [0, 1, 2, 3].reduce((sum, replica) => {
        const own = draws.filter((_, i) => i % replicas === replica);
        return sum + of(own.map(({ likelihood, ratio }) => Math.exp(likelihood + beta * ratio))) / replicas;
      }, 0);
    const total = (weights: number[]): number => weights.reduce((sum, w) => sum + w, 0);
    const logMean = (weights: number[]): number => Math.log(total(weights) / samples);
    const count = samples * replicas;
    const reconstruction = draws.reduce((sum, { likelihood }) => sum + likelihood / count, 0);
    const kl = draws.reduce((sum, { ratio }) => sum - ratio / count, 0);

    const terms = iwae({ ...options, klWeight: 0.3 });
    expect(terms.bound.item()).toBeCloseTo(meanOver(logMean), 12);
    expect(terms.loss.item()).toBeCloseTo(-meanOver(logMean, 0.3), 12);
    expect(terms.reconstruction.item()).toBeCloseTo(reconstruction, 12);
    expect(terms.kl.item()).toBeCloseTo(kl, 12);
    expect(terms.elbo.item()).toBeCloseTo(reconstruction - kl, 12);
    expect(terms.klEstimated).toBe(true);
    expect(terms.effectiveSamples.item()).toBeCloseTo(
      meanOver((weights) => total(weights) ** 2 / total(weights.map((w) => w * w))),
      11,
    );
    const cubed = renyi({ ...options, alpha: -2 });
    expect(cubed.bound.item()).toBeCloseTo(
      meanOver((weights) => logMean(weights.map((w) => w ** 3)) / 3),
      12,
    );
    expect(cubed.loss.item()).toBeCloseTo(-cubed.bound.item(), 12);
  });

  test.each(importanceEstimators)('has the same value by the estimator %s', (estimator) => {
    const options = model(offset, 6, { samples: 4 });
    const [terms, other] = [iwae(options), iwae({ ...options, estimator })];
    for (const name of ['reconstruction', 'kl', 'elbo', 'bound', 'loss', 'effectiveSamples'] as const) {
      expect(other[name].item()).toBeCloseTo(terms[name].item(), 12);
    }
  });
});

describe('the Rényi bound', () => {
  test('is the ELBO at α = 1, and the importance-weighted bound at α = 0', () => {
    const options = model(offset, 6, { samples: 4 });
    const one = renyi({ ...options, alpha: 1 });
    expect(one.bound.item()).toBeCloseTo(one.elbo.item(), 13);
    expect(renyi({ ...options, alpha: 0 }).bound.item()).toBe(iwae(options).bound.item());
    expect(renyi({ ...options, alpha: 1 - 1e-7 }).bound.item()).toBeCloseTo(one.bound.item(), 5);
  });

  test.each([-0.5, 0.5, 2])('at α = %d is ln p(x) − D_α(q ‖ posterior), which normals know', (alpha) => {
    // D_α = ln(σ₂/σ₁) + ln(σ₂²/v)/(2(α − 1)) + ½α(μ₁ − μ₂)²/v with v = ασ₂² + (1 − α)σ₁² (Gil et al. 2013).
    const v = alpha * 0.5 + (1 - alpha) * 0.8 ** 2;
    const divergence =
      Math.log(Math.SQRT1_2 / 0.8) + Math.log(0.5 / v) / (2 * (alpha - 1)) + (0.5 * alpha * 0.2 ** 2) / v;
    const bounds = Array.from({ length: 50 }, (_, i) =>
      renyi({ ...model(apart, 1, { samples: 4000, key: key.foldIn(i) }), alpha }).bound.item(),
    );
    // What is left of the bias at 4000 draws: half a variance of the mean weight.
    expectWithinError(bounds, logEvidence - divergence, 2e-4);
    expect(estimate(bounds).standardError).toBeLessThan(0.002);
  });
});

/** Gradients of the loss by μ and ln σ of each replica. */
function posteriorGradients(
  terms: Pick<ImportanceTerms, 'loss'>,
  { location, logScale }: Model,
): { byLocation: Float64Array; byLogScale: Float64Array } {
  const found = gradients(terms.loss, [location, logScale]).map(({ value }) =>
    Float64Array.from(value.toTypedArray(), (each) => each * value.size),
  );
  return { byLocation: found[0]!, byLogScale: found[1]! };
}

describe('gradients by the posterior', () => {
  /** L_2 of the setting `apart` at other μ and ln σ, by quadrature over both draws. */
  function boundOfTwo(mean: number, logScale: number, beta: number, power: number): number {
    const scale = Math.exp(logScale);
    const grid = evenGrid(2, 7, 281);
    return integrate(grid, ([e0, e1]) => {
      const weight = (e: number): number => {
        const z = mean + scale * e;
        return Math.exp(
          power * (logNormal(1, z, 1) + beta * (logNormal(z, 0, 1) - logNormal(z, mean, scale))),
        );
      };
      const density = Math.exp(logNormal(e0!, 0, 1) + logNormal(e1!, 0, 1));
      return (density * Math.log((weight(e0!) + weight(e1!)) / 2)) / power;
    });
  }

  const step = 1e-3;
  const slopes = (beta: number, power: number): { byLocation: number; byLogScale: number } => {
    const at = (mean: number, logScale: number): number =>
      boundOfTwo(0.7 + mean, Math.log(0.8) + logScale, beta, power);
    return {
      byLocation: (at(step, 0) - at(-step, 0)) / (2 * step),
      byLogScale: (at(0, step) - at(0, -step)) / (2 * step),
    };
  };

  test.each([
    { name: 'importance-weighted', alpha: 0, klWeight: 1 },
    { name: 'Rényi of order ½ at β = 0.6', alpha: 0.5, klWeight: 0.6 },
    { name: 'Rényi of order 2', alpha: 2, klWeight: 1 },
  ])('have no bias by any estimator: the $name bound of two draws', ({ alpha, klWeight }) => {
    const truth = slopes(klWeight, 1 - alpha);
    for (const estimator of importanceEstimators) {
      const options = model(apart, 100_000, { samples: 2, estimator, klWeight });
      const { byLocation, byLogScale } = posteriorGradients(renyi({ ...options, alpha }), options);
      expectWithinError(byLocation, -truth.byLocation, 1e-5);
      expectWithinError(byLogScale, -truth.byLogScale, 1e-5);
    }
  });

  test.each([
    [1, 0.25, 1.14, 60_000],
    [16, 0.05, 3.62, 60_000],
    [256, 0.017, 14.5, 6000],
  ])('with K = %i have the known signal-to-noise ratios', (samples, pathwise, doubly, replicas) => {
    const ratio = (estimator: 'pathwise' | 'doubly-reparameterized'): { ratio: number; error: number } => {
      const options = model(apart, replicas, { samples, estimator });
      const { mean, variance } = estimate(posteriorGradients(iwae(options), options).byLocation);
      // The mean's error is 1/√n of the ratio's unit, that of the standard deviation about 1/√(2n) of the ratio.
      const value = Math.abs(mean) / Math.sqrt(variance);
      return { ratio: value, error: (4 * (1 + value)) / Math.sqrt(replicas) };
    };
    const [plain, double] = [ratio('pathwise'), ratio('doubly-reparameterized')];
    expect(Math.abs(plain.ratio - pathwise)).toBeLessThan(plain.error + 0.005);
    expect(Math.abs(double.ratio - doubly)).toBeLessThan(double.error + 0.05);
  });

  test('vanish for every draw when q is the posterior: doubly reparameterised, at any order', () => {
    const options = model(exact, 5, { samples: 4, estimator: 'doubly-reparameterized' });
    for (const alpha of [0, 0.5, 1, 2]) {
      const { byLocation, byLogScale } = posteriorGradients(renyi({ ...options, alpha }), options);
      for (const each of [...byLocation, ...byLogScale]) expect(Math.abs(each)).toBeLessThan(1e-13);
    }
  });

  test('at α = 1 the doubly reparameterised one is sticking the landing', () => {
    const options = model(offset, 5, { samples: 4, estimator: 'doubly-reparameterized' });
    const double = posteriorGradients(renyi({ ...options, alpha: 1 }), options);
    const sticking = posteriorGradients(elbo({ ...options, estimator: 'sticking-the-landing' }), options);
    expect(Array.from(double.byLocation)).toEqual(
      Array.from(sticking.byLocation, (each) => expect.closeTo(each, 12)),
    );
  });

  test('the doubly reparameterised one is Σ w̃² ∂ln w/∂z · ∂z/∂φ, written out', () => {
    const options = model(apart, 1, { samples: 3, estimator: 'doubly-reparameterized' });
    const z = Array.from(options.posterior.sample(key, [3]).value.toTypedArray());
    const weights = z.map((each) =>
      Math.exp(logNormal(1, each, 1) + logNormal(each, 0, 1) - logNormal(each, 0.7, 0.8)),
    );
    const total = weights.reduce((sum, w) => sum + w, 0);
    const byHand = z.map((each, k) => (weights[k]! / total) ** 2 * (1 - each - each + (each - 0.7) / 0.64));
    const { byLocation, byLogScale } = posteriorGradients(iwae(options), options);
    expect(byLocation[0]).toBeCloseTo(-byHand.reduce((sum, each) => sum + each, 0), 13);
    // ∂z/∂ln σ = z − μ
    expect(byLogScale[0]).toBeCloseTo(-byHand.reduce((sum, each, k) => sum + each * (z[k]! - 0.7), 0), 13);
  });

  test('the decoder and the prior keep theirs: Σ w̃ ∂ln w', () => {
    const priorMean = parameter(tensor([0.2], float64));
    const moved = DiagonalNormal.fromScale(priorMean, 1);
    const bySettings = importanceEstimators.map((estimator) => {
      const options = model(apart, 5, { samples: 4, prior: moved, estimator });
      return gradients(iwae(options).loss, [options.shift, priorMean]).map(
        (each) => each.value.toTypedArray()[0]!,
      );
    });
    for (const each of bySettings) {
      expect(each).toEqual(bySettings[0]!.map((value) => expect.closeTo(value, 12)));
      expect(Math.abs(each[0]!)).toBeGreaterThan(0.01);
    }
  });

  test('by the score, through coins that have no path: the bound of two draws', () => {
    // z a coin of probability θ, p(z) = ½, x|z ~ N(2z, 1), x = 0.7: the gradient by the logit, over the four outcomes.
    const [theta, replicas] = [0.3, 200_000];
    const weight = (z: number, p: number): number =>
      (Math.exp(logNormal(0.7, 2 * z, 1)) * 0.5) / (z === 1 ? p : 1 - p);
    const bound = (p: number): number =>
      [0, 1].reduce(
        (sum, a) =>
          sum +
          [0, 1].reduce((inner, b) => {
            const chance = (a ? p : 1 - p) * (b ? p : 1 - p);
            return inner + chance * Math.log((weight(a, p) + weight(b, p)) / 2);
          }, 0),
        0,
      );
    const byLogit = ((bound(theta + 1e-5) - bound(theta - 1e-5)) / 2e-5) * theta * (1 - theta);
    const logits = parameter(full([replicas, 1], Math.log(theta / (1 - theta)), float64));
    const terms = iwae({
      x: full([replicas, 1], 0.7, float64),
      posterior: new Bernoulli(logits),
      prior: new Bernoulli(tensor([0], float64)),
      decode: (z) => DiagonalNormal.fromScale(z.cast('float64').mul(2), 1),
      key,
      samples: 2,
      estimator: 'score',
    });
    const found = gradients(terms.loss, [logits])[0]!.value.toTypedArray();
    expectWithinError(
      Array.from(found, (each) => each * replicas),
      -byLogit,
    );
  });
});

describe('refuses', () => {
  test.each<[string, Partial<ImportanceOptions> & { alpha?: number }]>([
    ['renyi: samples is 0; it must be a whole number ≥ 1.', { samples: 0 }],
    ['renyi: samples is 2.5; it must be a whole number ≥ 1.', { samples: 2.5 }],
    ['renyi: klWeight is -1; it must be ≥ 0.', { klWeight: -1 }],
    ['renyi: alpha is Infinity; it must be a finite number.', { alpha: Infinity }],
    ['there is one draw: take samples ≥ 2', { samples: 1, estimator: 'score' }],
    [
      "renyi: draws of Bernoulli are not reparameterised, so the gradient by the posterior's parameters would be wrong. " +
        "Use { estimator: 'score' }.",
      { posterior: new Bernoulli(full([2, 1], 0, float64)) },
    ],
  ])('%s', (message, change) => {
    const build = (): unknown => renyi({ ...model(apart, 2), alpha: 0.5, ...change });
    expect(build).toThrow(ArgumentError);
    expect(build).toThrow(message);
  });

  test('examples that are not one for each distribution', () => {
    const build = (): unknown => iwae({ ...model(apart, 3, { samples: 2 }), x: full([4, 1], 0, float64) });
    expect(build).toThrow(ShapeError);
    expect(build).toThrow(
      'iwae: x is [4, 1] but the posterior is a batch of [3]; the first axes of x must be that batch: give one example ' +
        'for each distribution.',
    );
  });
});
