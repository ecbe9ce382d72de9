import { gradients, logSoftmax, parameter, type Variable } from '@reparam/autograd';
import { ArgumentError, full, RandomKey, type Tensor, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { evenGrid, integrate } from '../../../../test/support/quadrature.ts';
import { column, estimate } from '../../../../test/support/sample-moments.ts';
import { Bernoulli } from '../distributions/bernoulli.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import type { Distribution } from '../distributions/distribution.ts';
import { Mixture } from '../distributions/mixture.ts';
import type { StratifiedDistribution, StratifiedSample } from '../distributions/stratified.ts';
import { FlowDistribution } from '../flows/flow-distribution.ts';
import { Planar } from '../flows/planar.ts';
import { type ElboOptions, elbo, elboEstimators } from './elbo.ts';

const key = RandomKey.fromSeed(63);
const float64 = { dtype: 'float64' } as const;
const standard = DiagonalNormal.standard(1, 'float64');
/** N(0, 1) again, but without a closed KL. */
const mixtureOfOne = new Mixture(tensor([0], float64), DiagonalNormal.fromScale(tensor([[0]], float64), 1));

/** z ~ N(0, 1), x = 1, x|z ~ N(z, 1): q = N(mean, scale²) for each replica. */
function normals(mean: number, scale: number, replicas: number, more: Partial<ElboOptions> = {}) {
  const location = parameter(full([replicas, 1], mean, float64));
  const logScale = parameter(full([replicas, 1], Math.log(scale), float64));
  const options: ElboOptions = {
    x: full([replicas, 1], 1, float64),
    posterior: DiagonalNormal.fromLogScale(location, logScale),
    prior: standard,
    decode: (z) => DiagonalNormal.fromScale(z, 1),
    key,
    ...more,
  };
  return { options, location, logScale };
}

/** A gradient of the loss for each replica. */
function perReplica(loss: Variable, by: Variable): Float64Array {
  return Float64Array.from(gradients(loss, [by])[0]!.value.toTypedArray(), (each) => each * by.size);
}

function expectMean(measured: ArrayLike<number>, truth: number): void {
  const { mean, standardError } = estimate(measured);
  expect(Math.abs(mean - truth)).toBeLessThan(4 * standardError + 1e-12);
}

describe('where q is the posterior N(½, ½)', () => {
  const replicas = 50_000;
  const scale = Math.SQRT1_2;

  test('sticking the landing has a gradient of exactly 0, draw by draw', () => {
    const { options, location, logScale } = normals(0.5, scale, 20, {
      estimator: 'sticking-the-landing',
      samples: 3,
    });
    const { loss, klEstimated } = elbo(options);
    for (const by of [location, logScale])
      for (const each of perReplica(loss, by)) expect(Math.abs(each)).toBeLessThan(1e-13);
    expect(klEstimated).toBe(true);
    expect(loss.item()).toBeCloseTo(0.25 + 0.5 * Math.log(4 * Math.PI), 12);
  });

  test('it has none through a flow either, by the flow’s own parameters too', () => {
    // û = 0, so that the flow is the identity: u = ln(e − 1)·w/‖w‖².
    const w = parameter(tensor([0.6, -0.8], float64));
    const u = parameter(w.mul(Math.log(Math.expm1(1))).value);
    const b = parameter(tensor(0.3, float64));
    const location = parameter(full([4, 2], 0.5, float64));
    const { loss } = elbo({
      x: full([4, 2], 1, float64),
      posterior: new FlowDistribution(DiagonalNormal.fromScale(location, scale), [new Planar({ u, w, b })]),
      prior: DiagonalNormal.standard(2, 'float64'),
      decode: (z) => DiagonalNormal.fromScale(z, 1),
      key,
      estimator: 'sticking-the-landing',
    });
    for (const { value } of gradients(loss, [u, w, b, location]))
      for (const each of value.toTypedArray()) expect(Math.abs(each)).toBeLessThan(1e-12);
  });

  test('the plain Monte Carlo gradient has variance 1/σ² by μ and 2 by ln σ', () => {
    const { options, location, logScale } = normals(0.5, scale, replicas, { prior: mixtureOfOne });
    const { loss, klEstimated } = elbo(options);
    expect(klEstimated).toBe(true);
    for (const [by, variance] of [
      [location, 2],
      [logScale, 2],
    ] as const) {
      const measured = perReplica(loss, by);
      expectMean(measured, 0);
      expect(estimate(measured).variance / variance).toBeGreaterThan(0.94);
      expect(estimate(measured).variance / variance).toBeLessThan(1.06);
    }
  });
});

describe('anywhere', () => {
  test.each(elboEstimators)('the gradient by %s has no bias', (estimator) => {
    const [mean, scale] = [0.7, 0.8];
    for (const samples of [1, 3]) {
      const { options, location, logScale } = normals(mean, scale, 50_000, {
        estimator,
        samples,
        klWeight: 0.6,
      });
      const { loss } = elbo(options);
      // −½((1 − μ)² + σ²) − β·½(μ² + σ² − 1 − ln σ²)
      expectMean(perReplica(loss, location), -(1 - mean) + 0.6 * mean);
      expectMean(perReplica(loss, logScale), scale ** 2 + 0.6 * (scale ** 2 - 1));
    }
  });

  test('through a flow, sticking the landing has the mean of the plain gradient', () => {
    const replicas = 4000;
    const byEstimator = (['pathwise', 'sticking-the-landing'] as const).map((estimator) => {
      const location = parameter(full([replicas, 2], 0.4, float64));
      const u = parameter(tensor([1.5, -0.5], float64).expand([replicas, 2]));
      const bend = new Planar({ u, w: tensor([0.5, 0.8], float64), b: 0.1 });
      const { loss } = elbo({
        x: full([replicas, 2], 1, float64),
        posterior: new FlowDistribution(DiagonalNormal.fromScale(location, 0.7), [bend]),
        prior: DiagonalNormal.standard(2, 'float64'),
        decode: (z) => DiagonalNormal.fromScale(z, 1),
        key,
        estimator,
      });
      return [location, u].map((by) => perReplica(loss, by));
    });
    const [plain, sticking] = byEstimator as [Float64Array[], Float64Array[]];
    plain.forEach((slopes, parameterNumber) => {
      for (const d of [0, 1]) {
        const [first, second] = [slopes, sticking[parameterNumber]!].map((each) => column(each, 2, d));
        expectMean(
          first!.map((each, i) => each - second![i]!),
          0,
        );
      }
    });
  });

  test('more draws are averaged over, with the KL in closed form once', () => {
    const { options } = normals(0.7, 0.8, 2, { samples: 3 });
    const z: Tensor[] = [];
    const terms = elbo({
      ...options,
      decode: (draws) => {
        z.push(draws.value);
        return options.decode(draws);
      },
    });
    expect(z.map(({ shape }) => shape)).toEqual([[6, 1]]);
    const byHand = Array.from(
      z[0]!.toTypedArray(),
      (each) => -0.5 * (1 - each) ** 2 - 0.5 * Math.log(2 * Math.PI),
    );
    expect(terms.reconstruction.item()).toBeCloseTo(byHand.reduce((sum, each) => sum + each, 0) / 6, 13);
    expect(new Set(z[0]!.toTypedArray()).size).toBe(6);
    expect(terms.kl.item()).toBeCloseTo(0.5 * (0.49 + 0.64 - 1 - Math.log(0.64)), 13);
    expect([terms.klEstimated, terms.klPerLatent?.shape]).toEqual([false, [1]]);
  });

  test('an estimated KL is averaged over the same draws', () => {
    const prior = new Mixture(
      tensor([0.3, 0], float64),
      DiagonalNormal.fromScale(tensor([[-1], [1]], float64), 0.8),
    );
    const { options } = normals(0.7, 0.8, 2, { samples: 3, prior });
    let z: Variable | undefined;
    const terms = elbo({
      ...options,
      decode: (draws) => {
        z = draws;
        return options.decode(draws);
      },
    });
    const draws = z!.reshape([3, 2, 1]);
    const byHand = options.posterior.logProb(draws).sub(prior.logProb(draws)).mean().item();
    expect(terms.kl.item()).toBeCloseTo(byHand, 13);
    expect(terms.klEstimated).toBe(true);
  });
});

describe('by the score, through coins', () => {
  const [theta, pi, replicas] = [0.3, 0.6, 100_000];
  const logit = (p: number): number => Math.log(p / (1 - p));
  const logLikelihood = (z: number): number => -0.5 * (0.7 - 2 * z) ** 2 - 0.5 * Math.log(2 * Math.PI);
  const klOf = (p: number): number => p * Math.log(p / pi) + (1 - p) * Math.log((1 - p) / (1 - pi));

  test.each(['none', 'leave-one-out', -1.3] as const)('with the baseline %s it has no bias', (baseline) => {
    const logits = parameter(full([replicas, 1], logit(theta), float64));
    const terms = elbo({
      x: full([replicas, 1], 0.7, float64),
      posterior: new Bernoulli(logits),
      prior: new Bernoulli(tensor([logit(pi)], float64)),
      decode: (z) => DiagonalNormal.fromScale(z.mul(2), 1),
      key,
      samples: 2,
      estimator: 'score',
      baseline,
      klWeight: 0.5,
    });
    // By θ: ln p(x|1) − ln p(x|0) − β(logit θ − logit π)
    const byTheta = logLikelihood(1) - logLikelihood(0) - 0.5 * (logit(theta) - logit(pi));
    expectMean(perReplica(terms.loss, logits), -byTheta * theta * (1 - theta));
    expect(terms.kl.item()).toBeCloseTo(klOf(theta), 1);
    expect(terms.loss.item()).toBeCloseTo(0.5 * terms.kl.item() - terms.reconstruction.item(), 9);
    const signal = terms.klEstimated
      ? terms.reconstruction.item() - 0.5 * terms.kl.item()
      : terms.reconstruction.item();
    expect(terms.signal?.item()).toBeCloseTo(signal, 9);
  });

  test('an estimated KL is part of the signal', () => {
    const { options, location } = normals(0.7, 0.8, 50_000, {
      estimator: 'score',
      prior: mixtureOfOne,
      klWeight: 0.6,
    });
    const terms = elbo(options);
    expect(terms.signal?.item()).toBeCloseTo(terms.reconstruction.item() - 0.6 * terms.kl.item(), 12);
    expectMean(perReplica(terms.loss, location), -0.3 + 0.6 * 0.7);
  });
});

describe('a mixture posterior', () => {
  /** Σ π_k N(μ_k, σ²) for every example, drawn from component by component. */
  class TwoNormals implements StratifiedDistribution {
    readonly reparameterized = false;
    readonly eventShape = [1];
    readonly batchShape: readonly number[];
    readonly logits: Variable;
    readonly components: readonly [DiagonalNormal, DiagonalNormal];

    constructor(logits: Variable, components: readonly [DiagonalNormal, DiagonalNormal]) {
      this.logits = logits;
      this.components = components;
      this.batchShape = components[0].batchShape;
    }

    logProb(x: Variable): Variable {
      const [first, second] = logSoftmax(this.logits).unstack(-1) as [Variable, Variable];
      return this.components[0].logProb(x).add(first).logaddexp(this.components[1].logProb(x).add(second));
    }

    stratified(drawKey: RandomKey): StratifiedSample {
      const draws = drawKey.split(2).map((each, k) => this.components[k]!.sample(each).unsqueeze(0));
      const sample = draws[0]!
        .pad([
          [0, 1],
          [0, 0],
          [0, 0],
        ])
        .add(
          draws[1]!.pad([
            [1, 0],
            [0, 0],
            [0, 0],
          ]),
        );
      return {
        sample,
        logProb: this.logProb(sample),
        logWeights: logSoftmax(this.logits).transpose(),
      };
    }

    sample(): Variable {
      throw new Error('not by components');
    }

    sampleAndLogProb(): never {
      throw new Error('not by components');
    }

    mean(): Variable {
      return this.components[0].mean();
    }

    detach(): Distribution {
      return this;
    }
  }

  const means = [-0.4, 1.1] as const;

  /** The ELBO by quadrature at other weights and means. */
  function bound(weight: number, first: number, beta: number): number {
    const grid = evenGrid(1, 7, 1401);
    const normal = (x: number, mean: number, scale: number): number =>
      Math.exp(-0.5 * ((x - mean) / scale) ** 2) / (scale * Math.sqrt(2 * Math.PI));
    return integrate(grid, ([z]) => {
      const q = weight * normal(z!, first, 0.6) + (1 - weight) * normal(z!, means[1], 0.6);
      return q * (Math.log(normal(1, z!, 1)) - beta * Math.log(q / normal(z!, 0, 1)));
    });
  }

  test('is drawn from by strata, which brings the gradient of its weights', () => {
    const replicas = 10_000;
    const logits = parameter(full([replicas, 2], 0, float64));
    const first = parameter(full([replicas, 1], means[0], float64));
    const second = full([replicas, 1], means[1], float64);
    const { options } = normals(0, 1, replicas);
    for (const samples of [1, 2]) {
      const terms = elbo({
        ...options,
        posterior: new TwoNormals(logits, [
          DiagonalNormal.fromScale(first, 0.6),
          DiagonalNormal.fromScale(second, 0.6),
        ]),
        klWeight: 0.8,
        samples,
      });
      expect(terms.klEstimated).toBe(true);
      expect(terms.loss.item()).toBeCloseTo(-bound(0.5, means[0], 0.8), 1);
      const h = 1e-4;
      const byWeight = (bound(0.5 + h, means[0], 0.8) - bound(0.5 - h, means[0], 0.8)) / (2 * h);
      const byMean = (bound(0.5, means[0] + h, 0.8) - bound(0.5, means[0] - h, 0.8)) / (2 * h);
      const [ofLogits, ofFirst] = gradients(terms.loss, [logits, first]).map(
        (each) => each.mul(replicas).value,
      );
      const byLogit = Array.from({ length: replicas }, (_, i) => ofLogits!.toTypedArray()[2 * i]!);
      // dπ₁/dl₁ = ¼ at equal weights.
      expectMean(byLogit, -byWeight / 4);
      expectMean(ofFirst!.toTypedArray(), -byMean);
    }
  });
});

describe('free bits of groups', () => {
  const location = [[1, 0.2, -0.8, 0.1]];
  const klEach = location[0]!.map((mean) => 0.5 * mean ** 2);
  const options: ElboOptions = {
    x: full([1, 4], 0, float64),
    posterior: DiagonalNormal.fromScale(tensor(location, float64), 1),
    prior: DiagonalNormal.standard(4, 'float64'),
    decode: (z) => DiagonalNormal.fromScale(z, 1),
    key,
    freeBits: 0.1,
  };

  test('are compared with the sum of each group', () => {
    const { loss, reconstruction } = elbo({ ...options, groups: [[1, 3], [2], [0]], klWeight: 2 });
    const charged = 0.1 + klEach[2]! + klEach[0]!;
    expect(loss.add(reconstruction).item()).toBeCloseTo(2 * charged, 13);
    const { loss: joint } = elbo({
      ...options,
      groups: [
        [0, 1],
        [2, 3],
      ],
    });
    expect(joint.add(reconstruction).item()).toBeCloseTo(
      klEach.reduce((sum, each) => sum + each, 0),
      13,
    );
  });

  test('times their number bound a KL that does not split', () => {
    const { loss, reconstruction, kl } = elbo({
      ...options,
      estimator: 'sticking-the-landing',
      groups: [[0, 1, 2, 3]],
      freeBits: 50,
    });
    expect(kl.item()).toBeLessThan(50);
    expect(loss.add(reconstruction).item()).toBeCloseTo(50, 12);
  });

  test.each<{ groups: number[][] }>([
    { groups: [[0, 1], [2]] },
    {
      groups: [
        [0, 1],
        [1, 2, 3],
      ],
    },
    { groups: [[0, 1, 2, 3], []] },
    { groups: [[0, 1, 2, 4]] },
  ])('refuses $groups, which is no partition', ({ groups }) => {
    expect(() => elbo({ ...options, groups })).toThrow(ArgumentError);
    expect(() => elbo({ ...options, groups })).toThrow(
      `elbo: groups are ${JSON.stringify(groups)}; each of the latents 0 … 3 must be in exactly one of them`,
    );
  });
});

describe('refuses', () => {
  const coins = new Bernoulli(full([2, 1], 0, float64));

  const message = {
    path: "elbo: draws of Bernoulli are not reparameterised, so the gradient by the posterior's parameters would be wrong.",
    wayOut: "Use { estimator: 'score' }, or a posterior whose draws are.",
  };

  test.each<[string, Partial<ElboOptions>]>([
    [`${message.path} ${message.wayOut}`, { posterior: coins }],
    [`${message.path} ${message.wayOut}`, { posterior: coins, estimator: 'sticking-the-landing' }],
    ['elbo: samples is 0; it must be a whole number ≥ 1.', { samples: 0 }],
    ['take samples ≥ 2', { estimator: 'score', baseline: 'leave-one-out' }],
    [
      "elbo: free bits need a KL in closed form with { estimator: 'score' }",
      { estimator: 'score', freeBits: 0.1, prior: mixtureOfOne },
    ],
  ])('%s', (explanation, change) => {
    const build = (): unknown => elbo(normals(0, 1, 2, change).options);
    expect(build).toThrow(ArgumentError);
    expect(build).toThrow(explanation);
  });
});
