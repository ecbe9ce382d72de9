import { normal, RandomKey, type Tensor, tensor, uniform } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { column, estimate } from '../../../../test/support/sample-moments.ts';
import { tinyRun } from '../../../../test/support/tiny-run.ts';
import type { Dataset } from '../data/dataset.ts';
import { secondStageSettings, TwoStageVae } from '../models/two-stage.ts';
import { encodeCodes } from './encode-codes.ts';
import { fit } from './fit.ts';
import { createTrainingRun } from './run.ts';
import { trainingSettings } from './settings.ts';

const key = RandomKey.fromSeed(52);

describe('encodeCodes', () => {
  test('draws from q(z|x) of every example, in order and with its label', () => {
    const run = tinyRun({ latent: 2 }, { batchSize: 300 });
    const rows = [
      [0, 0, 0],
      [1, 1, 1],
    ];
    const count = 4001;
    const examples = tensor(Array.from({ length: count }, (_, i) => rows[i % 2]!));
    const labels = tensor(
      Array.from({ length: count }, (_, i) => i % 2),
      { dtype: 'int32' },
    );
    const codes = encodeCodes(run, { name: 'pairs', examples, labels, imageShape: [3, 1] });
    expect(codes).toMatchObject({ name: 'pairs', labels });
    expect(codes).not.toHaveProperty('imageShape');
    expect(codes.examples.shape).toEqual([count, 2]);
    const parameters = run.model.namedParameters();
    const read = (path: string): number[] => [...parameters[path]!.value.toTypedArray()];
    rows.forEach((row, parity) => {
      const ofRow = codes.examples.slice([[parity, null, 2]]).toTypedArray();
      for (const d of [0, 1]) {
        const affine = (head: string): number =>
          row.reduce((sum, x, i) => sum + x * read(`${head}.weight`)[2 * i + d]!, read(`${head}.bias`)[d]!);
        const { mean, variance, standardError } = estimate(column(ofRow, 2, d));
        expect(Math.abs(mean - affine('encoder.location'))).toBeLessThan(4 * standardError);
        expect(Math.abs(variance / Math.exp(affine('encoder.spread')) - 1)).toBeLessThan(
          4 * Math.sqrt(2 / 2000),
        );
      }
    });
  });

  test('gives the same codes whenever it is asked, those of another seed differ', () => {
    const dataset: Dataset = { name: 'noise', examples: uniform(key, [10, 3]) };
    const [run, other] = [tinyRun({}, { binarization: 'dynamic' }), tinyRun({}, { seed: 6 })];
    const codesOf = (of: typeof run): unknown => encodeCodes(of, dataset).examples.toArray();
    expect(codesOf(run)).toEqual(codesOf(run));
    expect(codesOf(run)).not.toEqual(codesOf(other));
  });

  test('refuses examples that do not fit', () => {
    expect(() => encodeCodes(tinyRun(), { name: 'wide', examples: uniform(key, [10, 4]) })).toThrow(
      'train: "wide" is [10, 4], but this model takes [count, 3].',
    );
    expect(() => encodeCodes(tinyRun(), { name: 'odd', examples: normal(key, [10, 3]) })).toThrow(
      'but a bernoulli likelihood is about values from 0 to 1',
    );
  });
});

/** Points of a circle: a manifold that N(0, I) in the plane of codes does not look like. */
function circle(count: number, key: RandomKey): Tensor {
  const angles = Array.from(uniform(key, [count], { high: 2 * Math.PI }).toTypedArray());
  return tensor(angles.map((angle) => [Math.cos(angle), Math.sin(angle)]));
}

/** 2E‖X − Y‖ − E‖X − X′‖ − E‖Y − Y′‖ (Székely & Rizzo 2013): 0 only for equal distributions. */
function energyDistance(x: Tensor, y: Tensor): number {
  const [a, b] = [x.toArray(), y.toArray()] as [number[][], number[][]];
  const meanDistance = (from: number[][], to: number[][]): number => {
    let sum = 0;
    for (const p of from) for (const q of to) sum += Math.hypot(p[0]! - q[0]!, p[1]! - q[1]!);
    return sum / (from.length * to.length);
  };
  return 2 * meanDistance(a, b) - meanDistance(a, a) - meanDistance(b, b);
}

test('a second stage draws nearer to the data, where codes of the first do not follow its prior', async () => {
  const sets = {
    train: { name: 'circle', examples: circle(512, key) },
    heldOut: { name: 'circle', examples: circle(32, key.foldIn(1)) },
  };
  const training = trainingSettings({
    epochs: 40,
    batchSize: 32,
    learningRate: 3e-3,
    schedule: { kind: 'cosine' },
  });
  // A scale well below the spread of the data, as on the way to the σ → 0 of Dai & Wipf.
  const likelihood = { kind: 'gaussian', scale: 0.03 } as const;
  const first = createTrainingRun(
    { features: 2, latent: 2, hidden: [32, 32], activation: 'tanh', likelihood },
    training,
  );
  await fit(first, sets);
  const second = createTrainingRun(secondStageSettings(first.model.settings), training);
  await fit(second, {
    train: encodeCodes(first, sets.train),
    heldOut: encodeCodes(first, sets.heldOut),
  });
  const both = new TwoStageVae(first.model, second.model);
  const [truth, again] = [circle(800, key.foldIn(2)), circle(800, key.foldIn(3))];
  const [alone, together] = [first.model, both].map((model) =>
    energyDistance(truth, model.generate(800, key.foldIn(4))),
  );
  expect(energyDistance(truth, again)).toBeLessThan(0.02);
  expect(alone!).toBeGreaterThan(0.1);
  expect(together!).toBeLessThan(alone! / 2);
});
