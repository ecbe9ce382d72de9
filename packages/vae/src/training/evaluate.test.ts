import { ArgumentError, normal, RandomKey, ShapeError, type Tensor, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import type { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import { type VaeSettings, vaeSettings } from '../models/settings.ts';
import { Vae } from '../models/vae.ts';
import { type EvaluationOptions, evaluate } from './evaluate.ts';

const key = RandomKey.fromSeed(31);

const linear: VaeSettings = vaeSettings({ features: 2, latent: 3, hidden: [], dtype: 'float64' });

const options: EvaluationOptions = { key, batchSize: 2, binarization: 'none' };

/** A linear model whose decoder ignores z: its logits are those given. */
function createModel(encoderWeight: number[][], logits: number[]): Vae {
  const model = new Vae(linear, key);
  const parameters = model.namedParameters();
  const set = (name: string, values: number[] | number[][]): void => {
    parameters[name]!.assign(tensor(values, { dtype: 'float64' }));
  };
  set('encoder.location.weight', encoderWeight);
  set('encoder.location.bias', [5, 0, -1]);
  set('decoder.network.locations.weight', [
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  set('decoder.network.locations.bias', logits);
  return model;
}

// Five examples, so that a batch size of 2 leaves a last batch of 1. Both columns have mean 0 and variance 1.
const s = Math.sqrt(2);
const rows = [
  [1, s],
  [-1, -s],
  [1.5, 0.5],
  [-1.5, -0.5],
  [0, 0],
].map(([a, b]) => [a! / Math.sqrt(1.3), b! / Math.sqrt(0.9)]);
const examples = tensor(rows, { dtype: 'float64' });

describe('evaluate', () => {
  test('counts the latents whose posterior means vary by more than .01', () => {
    // μ = (5 + x₀, .101·x₁, −1 + .099·x₁): variances 1, .010201 and .009801.
    const model = createModel(
      [
        [1, 0, 0],
        [0, 0.101, 0.099],
      ],
      [0, 0],
    );
    const { activity, activeUnits } = evaluate(model, examples, options);
    expect(activity).toEqual([1, 0.101 ** 2, 0.099 ** 2].map((value) => expect.closeTo(value, 12)));
    expect(activeUnits).toBe(2);
  });

  test('gives means over examples, whatever the batches', () => {
    const logits = [0.7, -1.2];
    const weight = [
      [0.3, -0.5, 1],
      [0.2, 0.4, -0.1],
    ];
    const model = createModel(weight, logits);
    const reconstruction =
      rows.reduce(
        (sum, row) =>
          sum + row.reduce((total, x, f) => total + x * logits[f]! - Math.log1p(Math.exp(logits[f]!)), 0),
        0,
      ) / 5;
    const { location, logScale } = model.encode(examples) as DiagonalNormal;
    const [means, logSigmas] = [location.toArray(), logScale.toArray()] as [number[][], number[][]];
    const klPerLatent = [0, 1, 2].map(
      (d) =>
        means.reduce((sum, row, i) => {
          const variance = Math.exp(2 * logSigmas[i]![d]!);
          return sum + 0.5 * (variance + row[d]! ** 2 - 1 - Math.log(variance));
        }, 0) / 5,
    );
    const kl = klPerLatent.reduce((sum, value) => sum + value);
    for (const batchSize of [1, 2, 3, 5, 100]) {
      const got = evaluate(model, examples, { ...options, batchSize });
      expect(got.reconstruction).toBeCloseTo(reconstruction, 12);
      expect(got.klPerLatent).toEqual(klPerLatent.map((value) => expect.closeTo(value, 12)));
      expect(got.kl).toBeCloseTo(kl, 12);
      expect(got.elbo).toBeCloseTo(reconstruction - kl, 12);
    }
  });

  test('gives the same figures for the same key, and leaves the model alone', () => {
    const model = new Vae({ ...linear, features: 4, hidden: [5] }, key);
    const data = normal(key, [7, 4], { dtype: 'float64' });
    const before = model.parameters().map(({ value }) => value);
    const first = evaluate(model, data, options);
    expect(evaluate(model, data, options)).toEqual(first);
    expect(evaluate(model, data, { ...options, key: key.foldIn(1) }).elbo).not.toBe(first.elbo);
    model.parameters().forEach(({ value, grad }, i) => {
      expect(value).toBe(before[i]);
      expect(grad).toBeUndefined();
    });
  });

  test('takes examples of any type', () => {
    const model = new Vae(linear, key);
    const whole = tensor(
      [
        [0, 1],
        [1, 1],
        [1, 0],
      ],
      { dtype: 'int32' },
    );
    expect(evaluate(model, whole, options)).toEqual(evaluate(model, whole.cast('float64'), options));
  });

  test('draws z and pixels anew in every batch', () => {
    // Equal examples in two batches: the bound differs between them if the draws do.
    const model = new Vae({ ...linear, features: 1, latent: 1 }, key);
    const half = tensor([[0.5], [0.5]], { dtype: 'float64' });
    const bits = Array.from({ length: 20 }, (_, i) => {
      const dynamic = { key: key.foldIn(i), batchSize: 1, binarization: 'dynamic' } as const;
      const two = evaluate(model, half, dynamic).activity[0]!;
      return two > 0;
    });
    expect(new Set(bits)).toEqual(new Set([true, false]));
  });

  test.each<Partial<VaeSettings>>([
    { prior: { kind: 'mixture', components: 2 } },
    { flow: { kind: 'planar', layers: 2 } },
  ])('has no KL for each latent with %o', (change) => {
    const got = evaluate(new Vae({ ...linear, ...change }, key), examples, options);
    expect(got.klPerLatent).toBeUndefined();
    expect(got.activity).toHaveLength(3);
    expect(got.elbo).toBe(got.reconstruction - got.kl);
  });

  test('refuses what it has no answer for', () => {
    const model = new Vae(linear, key);
    const attempt = (data: Tensor, batchSize: number) => () =>
      evaluate(model, data, { ...options, batchSize });
    expect(attempt(zeros([0, 2]), 2)).toThrow(ShapeError);
    expect(attempt(zeros([0, 2]), 2)).toThrow(
      'evaluate: examples are [0, 2]; the bound is a mean over at least one.',
    );
    for (const batchSize of [0, -1, 1.5, Number.NaN]) {
      expect(attempt(examples, batchSize)).toThrow(ArgumentError);
      expect(attempt(examples, batchSize)).toThrow(
        `evaluate: batchSize is ${batchSize}; it must be a whole number above 0.`,
      );
    }
  });
});
