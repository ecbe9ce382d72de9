import { describe, expect, test } from 'vitest';
import { random } from '../backend/reference/random.ts';
import { scalar, tensor, zeros } from '../create.ts';
import { ArgumentError, DTypeError, ShapeError } from '../errors.ts';
import { bernoulli, integers, normal, permutation, uniform } from './distributions.ts';
import { RandomKey } from './key.ts';

const key = RandomKey.fromSeed(1905);

/** Σ (observed − expected)²/expected over cells that are equally likely. */
function chiSquare(observed: readonly number[]): number {
  const expected = observed.reduce((sum, count) => sum + count) / observed.length;
  return observed.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

function tally(values: Iterable<number>, low: number, high: number): number[] {
  const counts = new Array<number>(high - low).fill(0);
  for (const value of values) counts[value - low]! += 1;
  return counts;
}

describe('uniform', () => {
  test('without bounds is the backend’s stream', () => {
    expect(uniform(key, [9]).data).toEqual(random('uniform', key, [9], 'float32').data);
    expect(uniform(key, [9], { dtype: 'float64' }).data).toEqual(random('uniform', key, [9], 'float64').data);
  });

  test('scales to [low, high)', () => {
    const unit = uniform(key, [4, 5], { dtype: 'float64' }).data;
    const scaled = uniform(key, [4, 5], { low: -3, high: 5, dtype: 'float64' });
    expect(scaled.shape).toEqual([4, 5]);
    scaled.data.forEach((value, i) => {
      expect(value).toBeCloseTo(8 * unit[i]! - 3, 14);
    });
  });

  test('stays inside bounds that float32 cannot hold, and fills what is between', () => {
    // Near 1e7 the float32 numbers are the whole ones; so two of them lie in each of these intervals.
    const whole = new Set(uniform(key, [1000], { low: 10_000_000.5, high: 10_000_002.5 }).data);
    expect(whole).toEqual(new Set([10_000_001, 10_000_002]));
    const next = new Set(uniform(key, [1000], { low: 10_000_000, high: 10_000_002 }).data);
    expect(next).toEqual(new Set([10_000_000, 10_000_001]));
    for (const [low, high] of [
      [0.1, 0.3],
      [-0.3, -0.1],
      [-0.7, 0],
    ] as const) {
      expect(uniform(key, [5000], { low, high }).data.every((value) => value >= low && value < high)).toBe(
        true,
      );
    }
  });

  test('float64 stays below high where rounding would reach it', () => {
    const high = 1 + 2 ** -52;
    expect(new Set(uniform(key, [50], { low: 1, high, dtype: 'float64' }).data)).toEqual(new Set([1]));
  });

  test.each([
    [{ low: 1, high: 1 }, 'uniform: high is 1, which is not above low 1'],
    [{ low: 2, high: 1 }, 'uniform: high is 1, which is not above low 2'],
    [
      { low: Number.NaN },
      'uniform: low NaN, high 1 and their difference must be finite in float32, but low is NaN.',
    ],
    [{ high: 1e39 }, 'must be finite in float32, but high is 1e+39.'],
    [{ low: -3e38, high: 3e38 }, 'must be finite in float32, but width is 6e+38.'],
    [{ low: 10_000_000.25, high: 10_000_000.5 }, 'uniform: there is no float32 number from 10000000.25'],
  ])('refuses %j', (options, message) => {
    expect(() => uniform(key, [2], options)).toThrow(ArgumentError);
    expect(() => uniform(key, [2], options)).toThrow(message);
  });

  test('refuses bad shapes and int32', () => {
    expect(() => uniform(key, [2, -1])).toThrow('uniform: shape [2, -1] has the length -1');
    const dtype = 'int32' as 'float32';
    expect(() => uniform(key, [2], { dtype })).toThrow(DTypeError);
    expect(() => uniform(key, [2], { dtype })).toThrow(
      'uniform: dtype is int32, but draws are float32 or float64.',
    );
  });
});

describe('normal', () => {
  test('shifts and scales the standard normals', () => {
    const standard = normal(key, [64], { dtype: 'float64' }).data;
    expect(standard).toEqual(random('normal', key, [64], 'float64').data);
    const scaled = normal(key, [8, 8], { mean: 3, standardDeviation: 0.5, dtype: 'float64' });
    expect(scaled.toTypedArray()).toEqual(standard.map((z) => 3 + 0.5 * z));
    expect(scaled.shape).toEqual([8, 8]);
  });

  test('a standard deviation of 0 gives the mean', () => {
    expect(normal(key, [3], { mean: 2, standardDeviation: 0 }).toArray()).toEqual([2, 2, 2]);
  });

  test.each([
    [{ standardDeviation: -1 }, 'normal: standardDeviation is -1; it must be a number ≥ 0.'],
    [{ standardDeviation: Number.NaN }, 'normal: standardDeviation is NaN'],
    [
      { mean: Infinity },
      'normal: mean Infinity and standardDeviation 1 leave the finite numbers of float32.',
    ],
    [{ standardDeviation: 1e38 }, 'normal: mean 0 and standardDeviation 1e+38 leave'],
  ])('refuses %j', (options, message) => {
    expect(() => normal(key, [2], options)).toThrow(ArgumentError);
    expect(() => normal(key, [2], options)).toThrow(message);
  });
});

describe('bernoulli', () => {
  test('draws ones with the given frequency', () => {
    for (const probability of [0.003, 0.3, 0.5, 0.97]) {
      const count = 100_000;
      const ones = Array.from(bernoulli(key, probability, [count]).data).reduce(
        (sum, value) => sum + value,
        0,
      );
      const error = Math.sqrt(count * probability * (1 - probability));
      expect(Math.abs(ones - count * probability) / error).toBeLessThan(4);
    }
  });

  test('0 never and 1 always', () => {
    expect(new Set(bernoulli(key, 0, [10_000]).data)).toEqual(new Set([0]));
    expect(new Set(bernoulli(key, 1, [10_000]).data)).toEqual(new Set([1]));
  });

  test.each(['float32', 'float64'] as const)(
    'draws one where a uniform %s is below the probability',
    (dtype) => {
      const expected = random('uniform', key, [100], dtype).data.map((uniform) => (uniform < 0.4 ? 1 : 0));
      const drawn = bernoulli(key, 0.4, [100], { dtype });
      expect(drawn.dtype).toBe(dtype);
      expect(drawn.data).toEqual(expected);
      expect(bernoulli(key, scalar(0.4, { dtype: 'float64' }), [100], { dtype }).data).toEqual(expected);
    },
  );

  test('takes shape and dtype from a tensor of probabilities, which broadcasts', () => {
    const probability = tensor([[0, 1, 0]], { dtype: 'float64' });
    const drawn = bernoulli(key, probability);
    expect([drawn.dtype, drawn.shape]).toEqual(['float64', [1, 3]]);
    expect(bernoulli(key, probability.transpose(), [3, 2]).toArray()).toEqual([
      [0, 0],
      [1, 1],
      [0, 0],
    ]);
    expect(bernoulli(key, 1).shape).toEqual([]);
  });

  test('refuses probabilities outside [0, 1], and shapes that do not fit', () => {
    expect(() => bernoulli(key, 1.5, [2])).toThrow(
      'bernoulli: probability has the value 1.5; it must lie between 0 and 1.',
    );
    expect(() => bernoulli(key, Number.NaN, [0])).toThrow(ArgumentError);
    expect(() => bernoulli(key, tensor([0.5, -0.25]))).toThrow('probability has the value -0.25');
    expect(() => bernoulli(key, zeros([3]), [2])).toThrow(ShapeError);
    expect(() => bernoulli(key, zeros([3], { dtype: 'int32' }))).toThrow(DTypeError);
  });
});

describe('permutation', () => {
  test('holds every number once', () => {
    for (const count of [0, 1, 2, 1000]) {
      const order = permutation(key, count);
      expect([order.dtype, order.shape]).toEqual(['int32', [count]]);
      expect(Array.from(order.data).sort((a, b) => a - b)).toEqual(
        Array.from({ length: count }, (_, i) => i),
      );
    }
  });

  test('all orders of four are equally likely', () => {
    const orders = new Map<string, number>();
    for (const child of key.split(24_000)) {
      const order = permutation(child, 4).data.join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(24);
    // 99.9% of χ² with 23 degrees of freedom.
    expect(chiSquare([...orders.values()])).toBeLessThan(49.73);
  });

  test.each([-1, 1.5, Number.NaN, 2 ** 31])('refuses a count of %d', (count) => {
    expect(() => permutation(key, count)).toThrow(ArgumentError);
    expect(() => permutation(key, count)).toThrow(
      `permutation: count is ${count}; it must be a whole number`,
    );
  });
});

describe('integers', () => {
  test('all numbers of the range are equally likely', () => {
    const drawn = integers(key, [100, 1000], -4, 6);
    expect([drawn.dtype, drawn.shape]).toEqual(['int32', [100, 1000]]);
    // 99.9% of χ² with 9 degrees of freedom.
    expect(chiSquare(tally(drawn.data, -4, 6))).toBeLessThan(27.88);
  });

  test('the whole of int32, in 16 equal cells', () => {
    const drawn = integers(key, [100_000], -(2 ** 31), 2 ** 31);
    const cells = Array.from(drawn.data, (value) => Math.floor(value / 2 ** 28));
    // 99.9% of χ² with 15 degrees of freedom.
    expect(chiSquare(tally(cells, -8, 8))).toBeLessThan(37.7);
  });

  test('a range of one number', () => {
    expect(integers(key, [3], 7, 8).toArray()).toEqual([7, 7, 7]);
  });

  test.each([
    [0, 0, 'integers: high is 0, which is not above low 0'],
    [0.5, 2, 'integers: low is 0.5; bounds are whole numbers from -2147483648 to 2147483648.'],
    [0, 2 ** 31 + 1, 'integers: high is 2147483649; bounds are whole numbers'],
    [0, Number.NaN, 'integers: high is NaN'],
  ])('refuses [%d, %d)', (low, high, message) => {
    expect(() => integers(key, [2], low, high)).toThrow(ArgumentError);
    expect(() => integers(key, [2], low, high)).toThrow(message);
  });
});
