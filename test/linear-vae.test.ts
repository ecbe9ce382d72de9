import { gradients } from '@reparam/autograd';
import { adam } from '@reparam/nn';
import { RandomKey, type Tensor, tensor } from '@reparam/tensor';
import { activeThreshold, evaluate, Vae } from '@reparam/vae';
import { describe, expect, test } from 'vitest';
import { estimate } from './support/sample-moments.ts';

/*
 * A VAE with a linear encoder, a linear decoder and one σ² is probabilistic PCA (Lucas et al. 2019; Dai et al.
 * 2018), so what training must arrive at is known exactly. The data are the 12 points ±√(Dλⱼ)·uⱼ, whose mean
 * is 0 and whose covariance is U diag(λ) Uᵀ.
 */
const D = 6;
const eigenvalues = [4, 2, 1, 0.3, 0.2, 0.1];
const points = eigenvalues.flatMap((lambda, j) =>
  [1, -1].map((sign) => eigenvector(j).map((u) => sign * Math.sqrt(D * lambda) * u)),
);

/** Column j of I − 2vvᵀ/‖v‖² with v = (1, …, 6). */
function eigenvector(j: number): number[] {
  return eigenvalues.map((_, i) => (i === j ? 1 : 0) - (2 * (i + 1) * (j + 1)) / 91);
}

interface Trained {
  readonly model: Vae;
  /** Exact means over the 12 points, in nats: no draws of z are involved. */
  readonly reconstruction: number;
  readonly kl: number;
  /** Largest first, as the eigenvalues are. */
  readonly klPerLatent: readonly number[];
  /** Var_x of each latent's posterior mean, largest first. */
  readonly activity: readonly number[];
  readonly noiseVariance: number;
}

interface Problem {
  readonly latent: number;
  /** σ² */
  readonly noiseVariance: number | 'learned';
  readonly klWeight?: number;
  readonly freeBits?: number;
  readonly learningRate?: number;
}

const replicas = 24;
const steps = 2500;

/** Trains by adam on the gradient of our own bound, its rate falling to 0, each point with 24 draws of z a step. */
function train(problem: Problem): Trained {
  const { latent, noiseVariance, klWeight = 1, freeBits = 0, learningRate = 0.05 } = problem;
  const model = new Vae(
    {
      features: D,
      latent,
      hidden: [],
      activation: 'tanh',
      likelihood: {
        kind: 'gaussian',
        scale: noiseVariance === 'learned' ? noiseVariance : Math.sqrt(noiseVariance),
      },
      dtype: 'float64',
    },
    RandomKey.fromSeed(1),
  );
  const parameters = model.namedParameters();
  // A learned σ² starts so low that its first gradients are huge, and adam must have time to forget them.
  const beta2 = noiseVariance === 'learned' ? 0.99 : 0.999;
  const optimizer = adam(parameters, { learningRate, beta2 });
  const x = repeated(replicas);
  const key = RandomKey.fromSeed(7);
  for (let step = 0; step < steps; step++) {
    optimizer.learningRate = learningRate * (0.5 + 0.5 * Math.cos((Math.PI * step) / steps));
    const { loss } = model.elbo(x, key.foldIn(step), { klWeight, freeBits });
    optimizer.step(gradients(loss, Object.values(parameters)).map(({ value }) => value));
  }
  return exactTerms(model);
}

function repeated(times: number): Tensor {
  return tensor(Array.from({ length: times }, () => points).flat(), { dtype: 'float64' });
}

/**
 * The bound of a linear-Gaussian model without drawing z, in plain numbers:
 * E‖x − Wz − b‖² = ‖x − Wμ − b‖² + Σ_d σ_d²‖W_d‖² for z ~ N(μ, diag σ²).
 */
function exactTerms(model: Vae): Trained {
  const { latent, likelihood } = model.settings;
  const parameters = model.namedParameters();
  const vector = (name: string): number[] => parameters[name]!.toArray() as number[];
  const matrix = (name: string): number[][] => parameters[name]!.toArray() as number[][];
  const affine = (input: readonly number[], layer: string): number[] =>
    vector(`${layer}.bias`).map((b, j) =>
      matrix(`${layer}.weight`).reduce((sum, row, i) => sum + input[i]! * row[j]!, b),
    );
  const squaredNorm = (values: readonly number[]): number => values.reduce((sum, v) => sum + v * v, 0);
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

  const noiseVariance =
    likelihood.kind === 'gaussian' && typeof likelihood.scale === 'number'
      ? likelihood.scale ** 2
      : Math.exp(2 * vector('decoder.logScale')[0]!);
  const weights = matrix('decoder.network.locations.weight');
  const encoded = points.map((x) => ({
    x,
    mu: affine(x, 'encoder.location'),
    variance: affine(x, 'encoder.spread').map(Math.exp),
  }));
  const reconstruction = mean(
    encoded.map(({ x, mu, variance }) => {
      const decoded = affine(mu, 'decoder.network.locations');
      const squared =
        squaredNorm(x.map((value, i) => value - decoded[i]!)) +
        variance.reduce((sum, v, d) => sum + v * squaredNorm(weights[d]!), 0);
      return -0.5 * (D * Math.log(2 * Math.PI * noiseVariance) + squared / noiseVariance);
    }),
  );
  const overPoints = (f: (mu: number, variance: number) => number): number[] =>
    Array.from({ length: latent }, (_, d) =>
      mean(encoded.map(({ mu, variance }) => f(mu[d]!, variance[d]!))),
    );
  const klPerLatent = overPoints((mu, v) => 0.5 * (v + mu * mu - 1 - Math.log(v)));
  const means = overPoints((mu) => mu);
  const activity = overPoints((mu) => mu * mu).map((square, d) => square - means[d]! ** 2);
  const descending = (values: number[]): number[] => values.sort((a, b) => b - a);
  return {
    model,
    reconstruction,
    kl: klPerLatent.reduce((sum, value) => sum + value, 0),
    klPerLatent: descending(klPerLatent),
    activity: descending(activity),
    noiseVariance,
  };
}

function expectNear(got: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(got).toHaveLength(expected.length);
  got.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(tolerance);
  });
}

const activeUnits = ({ activity }: Trained): number =>
  activity.filter((variance) => variance > activeThreshold).length;

describe('training reaches the exact optimum of probabilistic PCA', () => {
  const cases = [
    { latent: 1, noiseVariance: 'learned', sigma2: 0.72, negativeElbo: 8.385518, kl: [0.857399] },
    { latent: 2, noiseVariance: 'learned', sigma2: 0.4, negativeElbo: 7.720771, kl: [1.151293, 0.804719] },
    {
      latent: 3,
      noiseVariance: 'learned',
      sigma2: 0.2,
      negativeElbo: 7.139195,
      kl: [1.497866, 1.151293, 0.804719],
    },
    {
      latent: 4,
      noiseVariance: 0.5,
      sigma2: 0.5,
      negativeElbo: 7.613631,
      kl: [1.039721, Math.LN2, Math.LN2 / 2, 0],
    },
    {
      latent: 4,
      noiseVariance: 1.5,
      sigma2: 1.5,
      negativeElbo: 8.897616,
      kl: [0.490415, 0.143841, 0, 0],
    },
  ] as const;

  test.each(cases)('$latent latents, σ² $noiseVariance: −ELBO $negativeElbo', (row) => {
    const trained = train(row);
    const excess = trained.kl - trained.reconstruction - row.negativeElbo;
    expect(excess).toBeLessThan(1e-3);
    // Nothing is better than the optimum; its table has six decimals.
    expect(excess).toBeGreaterThan(-1e-6);
    expectNear(trained.klPerLatent, row.kl, 5e-3);
    expect(Math.abs(trained.noiseVariance - row.sigma2)).toBeLessThan(1e-2);
    // Var_x(μ) = 1 − σ²/λ where λ > σ², else 0.
    const activity = row.kl.map((_, d) => Math.max(0, 1 - row.sigma2 / eigenvalues[d]!));
    expectNear(trained.activity, activity, 1e-2);
    expect(activeUnits(trained)).toBe(row.kl.filter((kl) => kl > 0).length);

    // The library's own figures, from draws of z, are those of the exact evaluation.
    const { model } = trained;
    const evaluation = evaluate(model, repeated(1), {
      key: RandomKey.fromSeed(2),
      batchSize: 5,
      binarization: 'none',
    });
    expect(evaluation.activeUnits).toBe(activeUnits(trained));
    expectNear(
      [...evaluation.klPerLatent!].sort((a, b) => b - a),
      trained.klPerLatent,
      1e-12,
    );
    const draws = Array.from({ length: 200 }, (_, i) =>
      model.elbo(repeated(10), RandomKey.fromSeed(3).foldIn(i)).elbo.item(),
    );
    const { mean, standardError } = estimate(draws);
    expect(standardError).toBeLessThan(0.02);
    expect(Math.abs(mean - (trained.reconstruction - trained.kl))).toBeLessThan(4 * standardError);
  });
});

describe('weights on the KL', () => {
  const sigma2 = 0.5;

  // β turns σ² into βσ² in the laws of the optimum; each of these has an eigenvalue exactly at that edge.
  test.each([
    [2, 2],
    [4, 1],
    [8, 0],
  ])('β = %i leaves %i latents active', (beta, active) => {
    const trained = train({ latent: 4, noiseVariance: sigma2, klWeight: beta, learningRate: 0.02 });
    expect(activeUnits(trained)).toBe(active);
    const laws = eigenvalues
      .slice(0, 4)
      .map((lambda) => Math.max(0, 0.5 * Math.log(lambda / (beta * sigma2))));
    expectNear(trained.klPerLatent, laws, 1e-2);
    // Active directions keep a residual of βσ² each, the others all of their λ.
    const residual = eigenvalues.reduce((sum, lambda) => sum + Math.min(lambda, beta * sigma2), 0);
    const reconstruction = -0.5 * (D * Math.log(2 * Math.PI * sigma2) + residual / sigma2);
    const objective = reconstruction - beta * laws.reduce((sum, kl) => sum + kl, 0);
    expect(Math.abs(trained.reconstruction - beta * trained.kl - objective)).toBeLessThan(5e-3);
  });

  test('free bits of ¼ nat are used up by the latents that would be off', () => {
    const trained = train({ latent: 4, noiseVariance: sigma2, freeBits: 0.25 });
    expectNear(trained.klPerLatent, [1.0397, Math.LN2, 0.25, 0.25], 2e-2);
    expect(Math.abs(trained.reconstruction - -5.46064)).toBeLessThan(2e-2);
    const charged = trained.klPerLatent.reduce((sum, kl) => sum + Math.max(0.25, kl), 0);
    expect(Math.abs(trained.reconstruction - charged - -7.69351)).toBeLessThan(2e-2);
  });
});
