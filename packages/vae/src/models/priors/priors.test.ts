import { gradients } from '@reparam/autograd';
import { normal, RandomKey, tensor, uniform } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { checkModuleGradients } from '../../../../../test/support/check-module-gradients.ts';
import { column, estimate } from '../../../../../test/support/sample-moments.ts';
import { tinyModel } from '../../../../../test/support/tiny-run.ts';
import { DiagonalNormal } from '../../distributions/diagonal-normal.ts';
import { isStratified } from '../../distributions/stratified.ts';
import { flows } from '../../flows/table.ts';
import type { FlowSettings } from '../posterior-flows.ts';
import type { PosteriorSettings } from '../posteriors.ts';
import type { VaeSettings } from '../settings.ts';
import { Vae } from '../vae.ts';
import { FlowPrior } from './flow-prior.ts';
import { FullMixturePrior, MixturePrior } from './mixture-prior.ts';
import type { PriorSettings } from './table.ts';
import type { VampPrior } from './vamp-prior.ts';

const key = RandomKey.fromSeed(43);
const float64 = { dtype: 'float64' } as const;
const shape = { latent: 2, features: 3, dtype: 'float64' } as const;
const plain: VaeSettings = { ...tinyModel, ...shape, hidden: [4], activation: 'tanh' };

const points = normal(key.foldIn(1), [20, 2], { ...float64, standardDeviation: 2 });
const rows = points.toArray() as [number, number][];

function expectSame(got: ArrayLike<number>, expected: readonly number[]): void {
  expect(got).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(got[i]! - value)).toBeLessThan(1e-12 * Math.max(1, Math.abs(value)));
  });
}

const logSumExp = (values: readonly number[]): number => {
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
};

/** ln of softmax(0.2, −1). */
const logWeights = [0.2, -1].map((logit) => logit - logSumExp([0.2, -1]));

describe('a mixture of diagonal normals', () => {
  test('is Σ πₖ N(μₖ, diag σₖ²)', () => {
    const prior = new MixturePrior(shape, 2, key);
    prior.logits.assign(tensor([0.2, -1], float64));
    prior.locations.assign(
      tensor(
        [
          [0.5, -1],
          [2, 0],
        ].flat(),
        float64,
      ).reshape([2, 2]),
    );
    prior.logScales.assign(
      tensor(
        [
          [0.1, -0.4],
          [0, 0.7],
        ].flat(),
        float64,
      ).reshape([2, 2]),
    );
    const expected = rows.map(([u, v]) =>
      logSumExp(
        [
          { mean: [0.5, -1], logScale: [0.1, -0.4] },
          { mean: [2, 0], logScale: [0, 0.7] },
        ].map(({ mean, logScale }, k) =>
          [u, v].reduce((sum, value, d) => {
            const t = (value - mean[d]!) / Math.exp(logScale[d]!);
            return sum - 0.5 * t * t - logScale[d]! - 0.5 * Math.log(2 * Math.PI);
          }, logWeights[k]!),
        ),
      ),
    );
    expectSame(prior.forward().logProb(points).value.toTypedArray(), expected);
  });
});

describe('a mixture of normals with full covariances', () => {
  test('is Σ πₖ N(μₖ, LₖLₖᵀ)', () => {
    const softplus = (raw: number): number => Math.log1p(Math.exp(raw)) + 1e-6;
    const prior = new FullMixturePrior(shape, 2, key);
    const triangles = [
      [0.3, 1.2, -0.6],
      [-1, -0.5, 0.4],
    ];
    const means = [
      [0.5, -1],
      [2, 0],
    ];
    prior.logits.assign(tensor([0.2, -1], float64));
    prior.locations.assign(tensor(means, float64));
    prior.triangles.assign(tensor(triangles, float64));
    const expected = rows.map(([u, v]) =>
      logSumExp(
        triangles.map(([rawFirst, below, rawLast], k) => {
          // Forward substitution: L·t = x − μ.
          const [first, last] = [softplus(rawFirst!), softplus(rawLast!)];
          const t0 = (u - means[k]![0]!) / first;
          const t1 = (v - means[k]![1]! - below! * t0) / last;
          return logWeights[k]! - Math.log(2 * Math.PI) - Math.log(first * last) - 0.5 * (t0 * t0 + t1 * t1);
        }),
      ),
    );
    expectSame(prior.forward().logProb(points).value.toTypedArray(), expected);
  });

  test('starts as one of unit covariances', () => {
    const [full, diagonal] = [new FullMixturePrior(shape, 3, key), new MixturePrior(shape, 3, key)];
    const [got, expected] = [full, diagonal].map((prior) =>
      prior.forward().logProb(points).value.toTypedArray(),
    );
    got!.forEach((value, i) => {
      expect(value).toBeCloseTo(expected![i]!, 4);
    });
  });
});

describe('a VampPrior', () => {
  const posteriors: PosteriorSettings[] = [
    { kind: 'diagonal' },
    { kind: 'full' },
    { kind: 'low-rank', rank: 1 },
    { kind: 'mixture', components: 2 },
  ];
  const bends: FlowSettings[] = [
    { kind: 'none' },
    { kind: 'planar', layers: 2 },
    { kind: 'iaf', layers: 1, width: 3 },
  ];
  const kinds = posteriors.flatMap((posterior) =>
    bends.map((flow) => [posterior.kind, flow.kind, { posterior, flow }] as const),
  );
  const create = (settings: Partial<VaeSettings>): Vae =>
    new Vae({ ...plain, ...settings, prior: { kind: 'vamp', components: 3 } }, key);

  test.each(kinds)('is Σ πₖ q(z|uₖ), posterior %s, flow %s', (_, __, settings) => {
    const model = create(settings);
    const prior = model.prior as VampPrior;
    prior.logits.assign(tensor([0.2, -1, 0.5], float64));
    const weights = [0.2, -1, 0.5].map((logit) => logit - logSumExp([0.2, -1, 0.5]));
    const ofComponents = [0, 1, 2].map((k) => {
      const pseudoInput = prior.pseudoInputs.value.slice([[k, k + 1]]);
      return model.encode(pseudoInput).logProb(points).value.toTypedArray();
    });
    const expected = rows.map((_, i) => logSumExp(ofComponents.map((each, k) => weights[k]! + each[i]!)));
    const got = prior.forward().logProb(points).value.toTypedArray();
    expected.forEach((value, i) => {
      expect(got[i]).toBeCloseTo(value, 9);
    });
  });

  test.each(kinds)('draws from it, and strata, posterior %s, flow %s', (_, __, settings) => {
    const prior = create(settings).prior.forward();
    expect([prior.batchShape, prior.eventShape]).toEqual([[], [2]]);
    expect(isStratified(prior)).toBe(true);
    const { sample, logProb } = prior.sampleAndLogProb(key, [5]);
    const again = prior.logProb(sample).value.toTypedArray();
    logProb.value.toTypedArray().forEach((value, i) => {
      expect(value).toBeCloseTo(again[i]!, 8);
    });
  });

  test('begins with examples, drawn by the key', () => {
    const model = create({});
    const examples = uniform(key, [50, 3], float64);
    const all = new Set((examples.toArray() as number[][]).map(String));
    expect(model.initialize(examples, key)).toBe(true);
    const inputs = (): number[][] => (model.prior as VampPrior).pseudoInputs.toArray() as number[][];
    const first = inputs();
    for (const pseudoInput of first) expect(all.has(String(pseudoInput))).toBe(true);
    model.initialize(examples, key);
    expect(inputs()).toEqual(first);
    model.initialize(examples, key.foldIn(1));
    expect(inputs()).not.toEqual(first);
  });

  test('takes examples of another type', () => {
    const model = create({});
    expect(model.initialize(uniform(key, [50, 3]), key)).toBe(true);
    expect((model.prior as VampPrior).pseudoInputs.dtype).toBe('float64');
  });

  test('moves pseudo-inputs, weights and the encoder alike', () => {
    const model = create({});
    const logProb = model.prior.forward().logProb(points).sum();
    const { encoder } = model;
    const prior = model.prior as VampPrior;
    const moved = [prior.pseudoInputs, prior.logits, encoder.location.weight, encoder.spread.weight];
    for (const { value } of gradients(logProb, moved)) {
      expect(value.toTypedArray().some((slope) => Math.abs(slope) > 1e-6)).toBe(true);
    }
  });

  test('names its parameters apart from the encoder’s, which are listed once', () => {
    const names = Object.keys(create({}).namedParameters());
    expect(names.filter((name) => name.startsWith('prior.'))).toEqual(['prior.logits', 'prior.pseudoInputs']);
  });
});

describe('a flow prior', () => {
  // The gates of an inverse autoregressive flow begin nearly open, not open: it shrinks a little.
  const names = (Object.keys(flows) as (keyof typeof flows)[]).filter((name) => name !== 'iaf');
  test.each(names)('through %s is N(0, I) at first', (flow) => {
    const { prior } = new Vae({ ...plain, prior: { kind: 'flow', flow, layers: 2, width: 4 } }, key);
    const expected = DiagonalNormal.standard(2, 'float64').logProb(points).value.toTypedArray();
    const got = prior.forward().logProb(points).value.toTypedArray();
    got.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 8);
    });
  });

  test('of Glow looks at the codes of data before training', () => {
    const settings = { kind: 'flow', flow: 'glow', layers: 2, width: 4 } as const;
    const model = new Vae({ ...plain, prior: settings }, key);
    const examples = uniform(key, [400, 3], float64);
    expect(model.initialize(examples, key)).toBe(true);
    const noise = (model.prior as FlowPrior).flow
      .at()
      .inverseAndLogDet(model.encode(examples).sample(key))
      .value.value.toTypedArray();
    for (const d of [0, 1]) {
      const { mean, variance } = estimate(column(noise, 2, d));
      expect(Math.abs(mean)).toBeLessThan(1e-9);
      expect(variance).toBeCloseTo(1, 2);
    }
  });

  test('of other kinds, or with a single example, has nothing to look at', () => {
    const create = (flow: 'glow' | 'maf'): Vae =>
      new Vae({ ...plain, prior: { kind: 'flow', flow, layers: 2, width: 4 } }, key);
    expect(create('maf').initialize(uniform(key, [9, 3], float64), key)).toBe(false);
    expect(create('glow').initialize(uniform(key, [1, 3], float64), key)).toBe(false);
    expect(new Vae(plain, key).initialize(uniform(key, [9, 3], float64), key)).toBe(false);
  });
});

const priors: PriorSettings[] = [
  { kind: 'mixture', components: 3, covariance: 'full' },
  { kind: 'vamp', components: 3 },
  ...(['realnvp', 'glow', 'maf', 'spline-coupling', 'continuous'] as const).map(
    (flow) => ({ kind: 'flow', flow, layers: 1, width: 3 }) as const,
  ),
];

test.each(priors.map((prior) => [Object.values(prior).join(' '), prior] as const))(
  'the derivatives of the bound by x and every parameter agree with differences, prior %s',
  (_, prior) => {
    const model = new Vae({ ...plain, prior }, key);
    if (model.prior instanceof FlowPrior) {
      // A network whose last layer is zero hides the layers before it.
      model.prior.parameters().forEach((each, i) => {
        each.assign(normal(key.foldIn(i), each.shape, { ...float64, standardDeviation: 0.3 }));
      });
    }
    const { comparisons } = checkModuleGradients(model, (x) => model.elbo(x!, key).loss, [
      tensor(
        [
          [0, 1, 0.5],
          [1, 0, 0.25],
        ],
        float64,
      ),
    ]);
    expect(comparisons).toBeGreaterThan(0);
  },
);
