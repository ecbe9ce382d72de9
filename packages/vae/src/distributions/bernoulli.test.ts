import { checkGradients, parameter } from '@reparam/autograd';
import { RandomKey, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { column, estimate } from '../../../../test/support/sample-moments.ts';
import { Bernoulli } from './bernoulli.ts';

const key = RandomKey.fromSeed(22);
const float64 = { dtype: 'float64' } as const;
const logits = [-1.5, 0, 0.4];
const probabilities = logits.map((logit) => 1 / (1 + Math.exp(-logit)));

/** All outcomes of three coins. */
const outcomes = Array.from({ length: 8 }, (_, i) => [i & 1, (i >> 1) & 1, (i >> 2) & 1]);

describe('logProb', () => {
  test('is Σ x ln p + (1 − x) ln(1 − p), of zeros and ones and of grey values', () => {
    const points = [...outcomes, [0.3, 0.5, 1]];
    const got = new Bernoulli(tensor(logits, float64)).logProb(tensor(points, float64)).toArray() as number[];
    points.forEach((point, i) => {
      const expected = point.reduce(
        (sum, x, d) => sum + x * Math.log(probabilities[d]!) + (1 - x) * Math.log(1 - probabilities[d]!),
        0,
      );
      expect(got[i]).toBeCloseTo(expected, 14);
    });
  });

  test('sums to 1 over all outcomes', () => {
    const got = new Bernoulli(tensor(logits, float64)).logProb(tensor(outcomes, float64));
    const total = (got.toArray() as number[]).reduce((sum, value) => sum + Math.exp(value), 0);
    expect(total).toBeCloseTo(1, 14);
  });

  test.each(['float32', 'float64'] as const)('is exact at extreme logits in %s', (dtype) => {
    const sure = new Bernoulli(tensor([[1000], [-1000], [1000], [-1000]], { dtype }));
    const x = tensor([[1], [0], [0], [1]], { dtype });
    expect(sure.logProb(x).toArray()).toEqual([0, 0, -1000, -1000]);
  });

  test('broadcasts points against the batch', () => {
    const batch = new Bernoulli(tensor([[0], [1]], float64));
    expect([batch.batchShape, batch.eventShape]).toEqual([[2], [1]]);
    expect(batch.logProb(tensor([[[0]], [[1]], [[0]]], float64)).shape).toEqual([3, 2]);
  });

  test.each([1, 2] as const)('its derivatives of order %i agree with differences', (order) => {
    const x = [
      [0, 1, 0.3],
      [1, 1, 0],
    ];
    checkGradients((x, l) => new Bernoulli(l!).logProb(x!), [x, logits], { order });
  });
});

describe('sample', () => {
  const count = 50_000;

  test('gives ones as often as the probabilities say, independently', () => {
    const draws = new Bernoulli(tensor(logits, float64)).sample(key, [count]).value.toTypedArray();
    expect(new Set(draws)).toEqual(new Set([0, 1]));
    const columns = probabilities.map((_, d) => column(draws, 3, d));
    columns.forEach((values, d) => {
      const p = probabilities[d]!;
      expect(Math.abs(estimate(values).mean - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / count));
    });
    const both = columns[0]!.map((value, i) => value * columns[2]![i]!);
    const p = probabilities[0]! * probabilities[2]!;
    expect(Math.abs(estimate(both).mean - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / count));
  });

  test('is [...sampleShape, ...batch, D], carries no gradient, and comes with its own density', () => {
    const distribution = new Bernoulli(parameter(tensor([logits, logits], float64)));
    const { sample, logProb } = distribution.sampleAndLogProb(key, [5]);
    expect([sample.shape, logProb.shape]).toEqual([
      [5, 2, 3],
      [5, 2],
    ]);
    expect([sample.tracked, logProb.tracked]).toEqual([false, true]);
    expect(sample.dtype).toBe('float64');
    expect(logProb.toArray()).toEqual(distribution.logProb(sample).toArray());
  });
});

test('mean is the probabilities', () => {
  const mean = new Bernoulli(tensor(logits, float64)).mean().toArray() as number[];
  mean.forEach((value, d) => {
    expect(value).toBeCloseTo(probabilities[d]!, 15);
  });
});
