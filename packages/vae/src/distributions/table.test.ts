import { checkGradients, gradients, noGrad, parameter, type Variable } from '@reparam/autograd';
import { normal, RandomKey, type Shape, ShapeError, sizeOf, type Tensor, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { column, estimate } from '../../../../test/support/sample-moments.ts';
import { type DistributionFamily, type DistributionName, distributions } from './table.ts';

const key = RandomKey.fromSeed(71);
const float64 = { dtype: 'float64' } as const;
const families = Object.entries(distributions) as [DistributionName, DistributionFamily][];
const [D, K] = [3, 2];

/** Draws that come from a rejection jump where a parameter moves a proposal over the edge. */
const implicit: readonly DistributionName[] = ['gamma', 'beta', 'student-t'];

/** Random numbers for every parameter, with batch axes before them. */
function randomNumbers(family: DistributionFamily, batch: Shape, dimensions = D): Tensor[] {
  return family
    .parameterShapes(dimensions, K)
    .map((shape, i) => normal(key.foldIn(i), [...batch, ...shape], { ...float64, standardDeviation: 0.7 }));
}

function valuesOf(x: Variable): number[] {
  return Array.from(x.value.toTypedArray());
}

describe.each(families)('%s', (name, family) => {
  const create = (batch: Shape) => family.create(randomNumbers(family, batch));

  test('has the shapes that it says, in float64 and float32', () => {
    for (const batch of [[], [2], [4, 2]]) {
      const distribution = create(batch);
      expect([distribution.batchShape, distribution.eventShape]).toEqual([batch, [D]]);
      expect(distribution.mean().shape).toEqual([...batch, D]);
      expect(distribution.sample(key)).toMatchObject({ shape: [...batch, D], dtype: 'float64' });
      const { sample, logProb } = distribution.sampleAndLogProb(key, [5, 1]);
      expect([sample.shape, logProb.shape]).toEqual([
        [5, 1, ...batch, D],
        [5, 1, ...batch],
      ]);
      if (distribution.variance) expect(distribution.variance().shape).toEqual([...batch, D]);
      if (distribution.entropy) expect(distribution.entropy().shape).toEqual(batch);
    }
    const single = family.create(randomNumbers(family, [2]).map((each) => each.cast('float32')));
    const draw = single.sampleAndLogProb(key, [50]);
    expect([draw.sample.dtype, draw.logProb.dtype]).toEqual(['float32', 'float32']);
    expect(valuesOf(draw.logProb).every(Number.isFinite)).toBe(true);
  });

  test('draws the same for the same key, other for another, with the density of the draw', () => {
    const distribution = create([2]);
    const { sample, logProb } = distribution.sampleAndLogProb(key, [20]);
    expect(distribution.sample(key, [20]).toArray()).toEqual(sample.toArray());
    expect(distribution.sample(key.foldIn(1), [20]).toArray()).not.toEqual(sample.toArray());
    const again = valuesOf(distribution.logProb(sample));
    valuesOf(logProb).forEach((value, i) => {
      expect(Math.abs(value - again[i]!) / (1 + Math.abs(value))).toBeLessThan(1e-9);
    });
  });

  test('each of a batch is what it is alone', () => {
    const numbers = randomNumbers(family, [3]);
    const together = family.create(numbers);
    const x = noGrad(() => together.sample(key));
    const logProb = valuesOf(together.logProb(x));
    const means = together.mean().toArray() as number[][];
    for (const i of [0, 1, 2]) {
      const alone = family.create(numbers.map((each) => each.slice([i])));
      expect(alone.logProb(x.slice([i])).item()).toBeCloseTo(logProb[i]!, 12);
      expect(alone.mean().toArray()).toEqual(means[i]!.map((value) => expect.closeTo(value, 12)));
      // One distribution at points of all, by broadcasting.
      expect(valuesOf(alone.logProb(x))[i]).toBeCloseTo(logProb[i]!, 12);
    }
  });

  test.each([1, 2] as const)('derivatives of logProb of order %i agree with differences', (order) => {
    const numbers = randomNumbers(family, [2]);
    const x = noGrad(() => family.create(numbers).sample(key)).value;
    checkGradients((...raw) => family.create(raw).logProb(x), numbers, { order });
  });

  test('is reparameterised as it says', () => {
    const raw = randomNumbers(family, [2]).map((each) => parameter(each));
    const distribution = family.create(raw);
    expect(distribution.reparameterized).toBe(family.reparameterized);
    const draws = distribution.sample(key, [200]);
    const reached = raw.map((each) => {
      const [gradient] = draws.tracked ? gradients(draws.square().sum(), [each]) : [];
      return gradient !== undefined && valuesOf(gradient).every((value) => value !== 0);
    });
    expect(reached.every(Boolean)).toBe(family.reparameterized);
    if (!family.reparameterized || implicit.includes(name)) return;
    checkGradients((...numbers) => family.create(numbers).sample(key, [2]), randomNumbers(family, [2]));
  });

  test('detached, has the same values and no gradients', () => {
    const distribution = family.create(randomNumbers(family, [2]).map((each) => parameter(each)));
    const detached = distribution.detach();
    const x = noGrad(() => distribution.sample(key));
    expect(distribution.logProb(x).tracked).toBe(true);
    expect(detached.logProb(x).tracked).toBe(false);
    expect(detached.sample(key).tracked).toBe(false);
    expect(detached.logProb(x).toArray()).toEqual(distribution.logProb(x).toArray());
    expect(detached.sample(key).toArray()).toEqual(distribution.sample(key).toArray());
    const point = parameter(x.value);
    expect(detached.logProb(point).tracked).toBe(true);
  });

  test('refuses points of another shape, and says what to do', () => {
    const distribution = create([4]);
    const refuse = (shape: Shape) => () =>
      distribution.logProb(tensor(new Array(sizeOf(shape)).fill(1), float64).reshape(shape));
    expect(refuse([4, 5])).toThrow(ShapeError);
    expect(refuse([4, 5])).toThrow(
      'logProb: x is [4, 5] but the event is [3]; the last axis of x must be [3].',
    );
    expect(refuse([4, 3, 1])).toThrow(
      'logProb: x is [4, 3, 1] but the event is [3]; reshape x to [4, 3] or give { eventAxes: 2 } and parameters [.., 3, 1].',
    );
    expect(refuse([])).toThrow('logProb: x is [] but the event is [3]');
    expect(refuse([7, 3])).toThrow(ShapeError);
  });

  test('draws have the mean, the variance and the entropy', () => {
    // Degrees of freedom of 6 or more, so that there are fourth moments to estimate the variance with.
    const numbers = randomNumbers(family, [], 2).map((each, i) =>
      name === 'student-t' && i === 0 ? tensor([9, 12], float64) : each,
    );
    const distribution = family.create(numbers);
    const count = 40_000;
    const { sample, logProb } = noGrad(() => distribution.sampleAndLogProb(key.foldIn(9), [count]));
    const draws = sample.value.toTypedArray();
    const expected = valuesOf(distribution.mean());
    const variances = distribution.variance && valuesOf(distribution.variance());
    const relaxed = name.startsWith('relaxed');
    for (const d of [0, 1]) {
      // The mean of a relaxation is that of what it relaxes: how often an entry is the largest, or above ½.
      const values = Array.from(column(draws, 2, d), (x) => (relaxed ? Number(x > 0.5) : x));
      const { mean, standardError } = estimate(values);
      const allowance = name === 'discretized-logistic-mixture' ? 0.5 / 255 : 0;
      expect(Math.abs(mean - expected[d]!)).toBeLessThan(4 * standardError + allowance);
      if (!variances) continue;
      const squares = estimate(values.map((x) => (x - expected[d]!) ** 2));
      expect(Math.abs(squares.mean - variances[d]!)).toBeLessThan(4 * squares.standardError);
    }
    if (!distribution.entropy) return;
    const surprise = estimate(valuesOf(logProb.neg()));
    const error = Math.abs(surprise.mean - distribution.entropy().item());
    expect(error).toBeLessThan(4 * surprise.standardError + 1e-12);
  });
});

describe.each(families.filter(([, { elementwise }]) => elementwise))('event axes of %s', (_, family) => {
  test('are as many as told, and the ones before them are the batch', () => {
    const numbers = randomNumbers(family, [4, 2]);
    const x = noGrad(() => family.create(numbers).sample(key));
    const parts = family.create(numbers, { eventAxes: 0 });
    expect([parts.batchShape, parts.eventShape]).toEqual([[4, 2, D], []]);
    const perElement = parts.logProb(x);
    expect(perElement.shape).toEqual([4, 2, D]);
    for (const [eventAxes, batch] of [
      [1, [4, 2]],
      [2, [4]],
      [3, []],
    ] as const) {
      const whole = family.create(numbers, { eventAxes });
      const axes = Array.from({ length: eventAxes }, (_, i) => -1 - i);
      const { logProb, sample } = whole.sampleAndLogProb(key, [6]);
      expect([whole.batchShape, logProb.shape, sample.shape]).toEqual([batch, [6, ...batch], [6, 4, 2, D]]);
      const sums = valuesOf(perElement.sum({ axes }));
      valuesOf(whole.logProb(x)).forEach((value, i) => {
        expect(value).toBeCloseTo(sums[i]!, 11);
      });
      expect(valuesOf(whole.detach().logProb(x))).toEqual(valuesOf(whole.logProb(x)));
    }
  });

  test('that the parameters do not have are refused', () => {
    const numbers = randomNumbers(family, []);
    expect(() => family.create(numbers, { eventAxes: 2 })).toThrow(
      'the parameters are [3] together, but eventAxes is 2; give the event its axes, or { eventAxes: 1 }.',
    );
    expect(() => family.create(numbers, { eventAxes: -1 })).toThrow(
      'eventAxes is -1; it must be a whole number ≥ 0.',
    );
  });
});
