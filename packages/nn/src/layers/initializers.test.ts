import { RandomKey, type Tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  lecunNormal,
  lecunUniform,
  normalInitializer,
  zerosInitializer,
} from './initializers.ts';

const fanIn = 300;
const fanOut = 100;
const count = fanIn * fanOut;
const key = RandomKey.fromSeed(3);

function moments(x: Tensor): { mean: number; variance: number; kurtosis: number; largest: number } {
  const values = Array.from(x.toTypedArray());
  const average = (f: (value: number) => number): number =>
    values.reduce((sum, value) => sum + f(value), 0) / values.length;
  const mean = average((value) => value);
  const variance = average((value) => (value - mean) ** 2);
  const kurtosis = average((value) => (value - mean) ** 4) / variance ** 2;
  return { mean, variance, kurtosis, largest: Math.max(...values.map(Math.abs)) };
}

/** Five standard errors of what `count` draws of kurtosis κ show: √(v/n) of the mean, v·√((κ−1)/n) of the variance. */
function expectMoments(
  initializer: Initializer,
  variance: number,
  kurtosis: number,
): ReturnType<typeof moments> {
  const got = moments(initializer(key, fanIn, fanOut, 'float64'));
  expect(Math.abs(got.mean)).toBeLessThan(5 * Math.sqrt(variance / count));
  expect(Math.abs(got.variance - variance)).toBeLessThan(5 * variance * Math.sqrt((kurtosis - 1) / count));
  return got;
}

const uniformKurtosis = 9 / 5;

describe('initialisers', () => {
  test.each([
    ['glorotUniform', glorotUniform, 2 / (fanIn + fanOut)],
    ['heUniform', heUniform, 2 / fanIn],
    ['lecunUniform', lecunUniform, 1 / fanIn],
  ] as const)(
    '%s has its variance and no larger value than √3 standard deviations',
    (_, initializer, variance) => {
      const { largest, kurtosis } = expectMoments(initializer, variance, uniformKurtosis);
      expect(largest).toBeLessThanOrEqual(Math.sqrt(3 * variance));
      expect(largest).toBeGreaterThan(0.999 * Math.sqrt(3 * variance));
      expect(kurtosis).toBeCloseTo(uniformKurtosis, 1);
    },
  );

  test.each([
    ['glorotNormal', glorotNormal, 2 / (fanIn + fanOut)],
    ['heNormal', heNormal, 2 / fanIn],
    ['lecunNormal', lecunNormal, 1 / fanIn],
    ['normalInitializer(.3)', normalInitializer(0.3), 0.09],
  ] as const)('%s has its variance and the tails of a normal', (_, initializer, variance) => {
    const { largest, kurtosis } = expectMoments(initializer, variance, 3);
    expect(largest).toBeGreaterThan(3.5 * Math.sqrt(variance));
    // The kurtosis of n normal draws has a standard error of √(24/n).
    expect(Math.abs(kurtosis - 3)).toBeLessThan(5 * Math.sqrt(24 / count));
  });

  test('zeros are zeros, and all have the shape and the type asked for', () => {
    expect(new Set(zerosInitializer(key, 4, 3, 'float32').data)).toEqual(new Set([0]));
    for (const initializer of [zerosInitializer, glorotUniform, heNormal, normalInitializer(1)]) {
      for (const dtype of ['float32', 'float64'] as const) {
        expect(initializer(key, 4, 3, dtype)).toMatchObject({ shape: [4, 3], dtype });
      }
    }
  });

  test('a kernel has the variance of its fan, whatever its shape', () => {
    // 40 kernels of 5×5 over 12 channels: each output sums 300 inputs, each input goes into 1000 outputs.
    const kernel = glorotNormal(key, 300, 1000, 'float64', [40, 12, 5, 5]);
    expect(kernel.shape).toEqual([40, 12, 5, 5]);
    const variance = 2 / 1300;
    expect(Math.abs(moments(kernel).variance - variance)).toBeLessThan(5 * variance * Math.sqrt(2 / 12_000));
    for (const initializer of [zerosInitializer, heUniform, normalInitializer(1)]) {
      expect(initializer(key, 4, 3, 'float32', [3, 2, 2]).shape).toEqual([3, 2, 2]);
    }
  });

  test('the shape does not change what is drawn', () => {
    const flat = heUniform(key, 12, 5, 'float32').toTypedArray();
    expect(heUniform(key, 12, 5, 'float32', [5, 3, 4]).toTypedArray()).toEqual(flat);
  });
});
