import { gradients, noGrad, parameter } from '@reparam/autograd';
import { adam, Linear, normalInitializer, sgd } from '@reparam/nn';
import { full, RandomKey, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { DiagonalNormal } from '../../distributions/diagonal-normal.ts';
import { elbo } from '../../objectives/elbo.ts';
import { latentUsage } from '../latent-usage.ts';
import { collapseDoctor } from './collapse-doctor.ts';
import { describeData } from './describe-data.ts';
import type { EpochRecord, RunRecord } from './record.ts';

/*
 * Linear VAEs, whose optimum is that of probabilistic PCA, trained on the 12 points ±√(Dλⱼ)·uⱼ of covariance
 * U diag(λ) Uᵀ, U = I − 2vvᵀ/‖v‖², v = (1, …, 6): what is the matter with each run is known.
 */
const D = 6;
const eigenvalues = [4, 2, 1, 0.3, 0.2, 0.1];
const float64 = { dtype: 'float64' } as const;
const points = eigenvalues.flatMap((lambda, j) =>
  [1, -1].map((sign) =>
    eigenvalues.map(
      (_, i) => sign * Math.sqrt(D * lambda) * ((i === j ? 1 : 0) - (2 * (i + 1) * (j + 1)) / 91),
    ),
  ),
);
const data = tensor(points, float64);
const batch = tensor(Array.from({ length: 16 }, () => points).flat(), float64);

interface Problem {
  readonly latent: number;
  /** σ², and where it starts if it is learned. */
  readonly noiseVariance: number;
  readonly learned?: boolean;
  readonly beta?: number;
  readonly epochs?: number;
  readonly optimizer?: typeof adam | typeof sgd;
  readonly learningRate?: number;
}

const stepsPerEpoch = 60;

function train(problem: Problem): RunRecord {
  const {
    latent,
    noiseVariance,
    learned = false,
    beta = 1,
    epochs = 12,
    optimizer = adam,
    learningRate = 0.03,
  } = problem;
  const key = RandomKey.fromSeed(58);
  const [keyLocation, keyScale, keyDecoder] = key.split(3) as [RandomKey, RandomKey, RandomKey];
  const initializer = normalInitializer(0.1);
  const location = new Linear({ inputs: D, outputs: latent, key: keyLocation, ...float64 });
  const logVariance = new Linear({ inputs: D, outputs: latent, key: keyScale, initializer, ...float64 });
  const decoder = new Linear({ inputs: latent, outputs: D, key: keyDecoder, initializer, ...float64 });
  const logNoise = parameter(full([1], Math.log(noiseVariance), float64), 'logNoise');
  const parameters = {
    ...prefixed('location', location.namedParameters()),
    ...prefixed('logVariance', logVariance.namedParameters()),
    ...prefixed('decoder', decoder.namedParameters()),
    ...(learned && { logNoise }),
  };
  const posterior = (x: typeof data) =>
    DiagonalNormal.fromLogVariance(location.forward(x), logVariance.forward(x));
  const prior = DiagonalNormal.standard(latent, 'float64');
  const boundOn = (x: typeof data, drawKey: RandomKey) =>
    elbo({
      x,
      posterior: posterior(x),
      prior,
      decode: (z) => DiagonalNormal.fromLogVariance(decoder.forward(z), logNoise),
      key: drawKey,
      klWeight: beta,
    });
  const rule = optimizer(parameters, { learningRate });
  const records: EpochRecord[] = [];
  const record = (diverged?: RunRecord['diverged']): RunRecord => ({
    settings: {
      likelihood: 'gaussian',
      beta,
      annealEpochs: 0,
      learningRate,
      ...(learned && { initialNoiseVariance: noiseVariance }),
    },
    epochs: records,
    data: describeData(data, { kind: 'gaussian', noiseVariance: learned ? 'shared' : noiseVariance }, latent),
    ...(diverged && { diverged }),
  });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (let step = 0; step < stepsPerEpoch; step++) {
      const terms = boundOn(batch, key.foldIn(epoch * stepsPerEpoch + step));
      if (!Number.isFinite(terms.loss.item())) {
        return record({ step: epoch * stepsPerEpoch + step, quantity: 'the loss' });
      }
      rule.step(gradients(terms.loss, Object.values(parameters)).map(({ value }) => value));
    }
    const terms = noGrad(() => boundOn(batch, key.foldIn(0)));
    const bound = {
      elbo: terms.elbo.item(),
      reconstruction: terms.reconstruction.item(),
      kl: terms.kl.item(),
    };
    const { activity, klPerLatent } = latentUsage({ x: data, posterior, prior, key });
    records.push({
      epoch,
      train: bound,
      heldOut: { ...bound, activity, klPerLatent },
      klWeight: beta,
      noiseVariance: Math.exp(logNoise.value.toTypedArray()[0]!),
    });
  }
  return record();
}

function prefixed<T>(prefix: string, parameters: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`${prefix}.${name}`, value]));
}

const diagnosed = (problem: Problem) =>
  collapseDoctor(train(problem)).map(({ cause, severity }) => `${cause}: ${severity}`);

describe('what the doctor says of really trained runs', () => {
  test('three latents at σ² = .5 all pay: nothing', () => {
    expect(diagnosed({ latent: 3, noiseVariance: 0.5 })).toEqual([]);
  });

  test('of four latents at σ² = 1.5 two are active, lawfully', () => {
    const record = train({ latent: 4, noiseVariance: 1.5 });
    const [found, ...others] = collapseDoctor(record);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      cause: 'latents-explain-too-little',
      severity: 'lawful',
      evidence: { active: 2, latents: 4 },
    });
    expect(found!.evidence.nextPrincipalVariance).toBeCloseTo(1, 6);
  });

  test('at σ² = .5, β = 9 leaves none, and β = 3 two of the three that β = 1 has', () => {
    expect(diagnosed({ latent: 4, noiseVariance: 0.5, beta: 9 })).toEqual(['kl-weight-too-high: fault']);
    expect(diagnosed({ latent: 3, noiseVariance: 0.5, beta: 3 })).toEqual([
      'kl-weight-too-high: warning',
      'latents-explain-too-little: lawful',
    ]);
  });

  test('fixed noise above every variance', () => {
    expect(diagnosed({ latent: 2, noiseVariance: 6 })).toEqual(['noise-exceeds-signal: fault']);
  });

  test('learned noise that started too large: the latents went out before it came down', () => {
    const slow = { latent: 3, learned: true, epochs: 4, optimizer: sgd, learningRate: 0.003 };
    const record = train({ ...slow, noiseVariance: 100, learningRate: 0.01 });
    const [found, ...others] = collapseDoctor(record);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ cause: 'initial-noise-too-large', severity: 'fault' });
    expect(found!.evidence).toMatchObject({ wanted: 2, initialNoiseVariance: 100 });
    expect(found!.evidence.explainedVariance).toBeCloseTo(2, 6);
    // What the remedy promises: as many epochs from a small start, at a rate that it bears.
    const cured = train({ ...slow, noiseVariance: 0.05 });
    expect(cured.epochs.at(-1)!.heldOut.kl).toBeGreaterThan(10 * record.epochs.at(-1)!.heldOut.kl);
    expect(collapseDoctor(cured).map(({ cause }) => cause)).not.toContain('initial-noise-too-large');
  });

  test('a learning rate that is far too high', () => {
    expect(diagnosed({ latent: 2, noiseVariance: 0.1, optimizer: sgd, learningRate: 10 })).toEqual([
      'diverged: fault',
    ]);
  });
});
