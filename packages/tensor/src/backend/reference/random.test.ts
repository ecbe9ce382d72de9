import { describe, expect, test } from 'vitest';
import { RandomKey } from '../../random/key.ts';
import { threefry } from '../../random/threefry.ts';
import { random } from './random.ts';

const kinds = ['uniform', 'normal'] as const;
const dtypes = ['float32', 'float64'] as const;
const cases = kinds.flatMap((kind) => dtypes.map((dtype) => [kind, dtype] as const));
const key = RandomKey.fromSeed(20_111_112);
const count = 100_000;

/** Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + …), G. Marsaglia, "Evaluating the normal distribution" (2004). */
function normalCdf(x: number): number {
  if (Math.abs(x) > 8) return x > 0 ? 1 : 0;
  let term = x;
  let sum = x;
  for (let n = 3; Math.abs(term) > 1e-17 * Math.abs(sum); n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

/** The largest distance between the empirical distribution function and `cdf`, times √n. */
function kolmogorovSmirnov(values: ArrayLike<number>, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(values).sort();
  let distance = 0;
  sorted.forEach((value, i) => {
    const expected = cdf(value);
    distance = Math.max(distance, expected - i / sorted.length, (i + 1) / sorted.length - expected);
  });
  return distance * Math.sqrt(sorted.length);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

test('the normal CDF of this file has the published values', () => {
  expect(normalCdf(0)).toBe(0.5);
  expect(normalCdf(1)).toBeCloseTo(0.8413447460685429, 14);
  expect(normalCdf(-1.959963984540054)).toBeCloseTo(0.025, 14);
});

describe.each(cases)('%s %s', (kind, dtype) => {
  const values = Array.from(random(kind, key, [count], dtype).data);

  test('has the type and shape asked for', () => {
    const drawn = random(kind, key, [2, 3, 4], dtype);
    expect([drawn.dtype, drawn.shape]).toEqual([dtype, [2, 3, 4]]);
    expect(random(kind, key, [3, 0], dtype).size).toBe(0);
    expect(random(kind, key, [], dtype).size).toBe(1);
  });

  test('element i depends neither on the shape nor on how many are drawn', () => {
    for (const size of [1, 2, 3, 2047, 2048, 2049, 4095, 4097, 10_001]) {
      expect(Array.from(random(kind, key, [size], dtype).data)).toEqual(values.slice(0, size));
    }
    expect(Array.from(random(kind, key, [5, 1, 7], dtype).data)).toEqual(values.slice(0, 35));
  });

  test('keys give unrelated numbers', () => {
    const other = random(kind, key.split(1)[0]!, [count], dtype).data;
    const centre = kind === 'uniform' ? 0.5 : 0;
    const variance = kind === 'uniform' ? 1 / 12 : 1;
    const correlation = mean(values.map((value, i) => (value - centre) * (other[i]! - centre))) / variance;
    // Standard deviation 1/√n, here and in the test below.
    expect(Math.abs(correlation) * Math.sqrt(count)).toBeLessThan(4);
  });

  test.each([1, 2, 3, 1024])('elements %d apart are uncorrelated', (lag) => {
    const centre = kind === 'uniform' ? 0.5 : 0;
    const variance = kind === 'uniform' ? 1 / 12 : 1;
    const products = values.slice(lag).map((value, i) => (value - centre) * (values[i]! - centre));
    expect((Math.abs(mean(products)) / variance) * Math.sqrt(count)).toBeLessThan(4);
  });

  test('follows its distribution: Kolmogorov–Smirnov', () => {
    const cdf = kind === 'uniform' ? (x: number) => Math.min(x, 1) : normalCdf;
    // P(√n D > 1.95) = 2 Σ (−1)ᵏ⁻¹ exp(−2 k² 1.95²) = 0.001.
    expect(kolmogorovSmirnov(values, cdf)).toBeLessThan(1.95);
    // The test has teeth: numbers 5% too large are 0.05·φ(1)·√n = 3.8 away if normal, 15.8 if uniform.
    const tooLarge = values.map((x) => x * 1.05);
    expect(kolmogorovSmirnov(tooLarge, cdf)).toBeGreaterThan(1.95);
  });
});

describe('moments', () => {
  // E xᵏ of the uniform distribution is 1/(k + 1); of the standard normal 0, 1, 0, 3, 0, 15.
  const exact = { uniform: [2, 3, 4, 5, 6, 7].map((k) => 1 / k), normal: [0, 1, 0, 3, 0, 15] };
  // E x²ᵏ, for the standard error √((E x²ᵏ − (E xᵏ)²)/n).
  const even = { uniform: [3, 5, 7, 9, 11, 13].map((k) => 1 / k), normal: [1, 3, 15, 105, 945, 10_395] };

  test.each(cases)('%s %s: the first six lie within four standard errors', (kind, dtype) => {
    const values = Array.from(random(kind, key, [count], dtype).data);
    exact[kind].forEach((moment, i) => {
      const error = Math.sqrt((even[kind][i]! - moment ** 2) / count);
      expect(Math.abs(mean(values.map((value) => value ** (i + 1))) - moment) / error).toBeLessThan(4);
    });
  });
});

describe('the bits behind the numbers', () => {
  test('uniform float32 are multiples of 2⁻²⁴ below 1, float64 of 2⁻⁵³', () => {
    const singles = Array.from(random('uniform', key, [count], 'float32').data);
    expect(singles.every((value) => value >= 0 && value < 1 && Number.isInteger(value * 2 ** 24))).toBe(true);
    const doubles = Array.from(random('uniform', key, [count], 'float64').data);
    expect(doubles.every((value) => value >= 0 && value < 1 && Number.isInteger(value * 2 ** 53))).toBe(true);
    expect(doubles.some((value) => !Number.isInteger(value * 2 ** 52))).toBe(true);
  });

  test('key 0: uniforms from the published block 6b200159 99ba4efe', () => {
    const zero = RandomKey.fromSeed(0);
    expect(random('uniform', zero, [2], 'float32').toArray()).toEqual([
      0x6b2001 / 2 ** 24,
      0x99ba4e / 2 ** 24,
    ]);
    const bits = (0x6b200159n >> 5n) * 2n ** 26n + (0x99ba4efen >> 6n);
    expect(random('uniform', zero, [1], 'float64').toArray()).toEqual([Number(bits) / 2 ** 53]);
  });

  test('normals are Box–Muller of words from counters of their own', () => {
    const words = new Uint32Array(4);
    threefry(...key.words, 0, 0x01000000, words);
    const [a, b, c, d] = words as unknown as [number, number, number, number];
    const single = random('normal', key, [2], 'float32').data;
    const radius = Math.sqrt(-2 * Math.log((a + 1) / 2 ** 32));
    expect(single[0]).toBeCloseTo(radius * Math.cos((2 * Math.PI * b) / 2 ** 32), 6);
    expect(single[1]).toBeCloseTo(radius * Math.sin((2 * Math.PI * b) / 2 ** 32), 6);
    const first = (a >>> 5) * 2 ** 26 + (b >>> 6);
    const second = (c >>> 5) * 2 ** 26 + (d >>> 6);
    const double = random('normal', key, [2], 'float64').data;
    const wide = Math.sqrt(-2 * Math.log((first + 1) / 2 ** 53));
    expect(double[0]).toBeCloseTo(wide * Math.cos((2 * Math.PI * second) / 2 ** 53), 13);
    expect(double[1]).toBeCloseTo(wide * Math.sin((2 * Math.PI * second) / 2 ** 53), 13);
  });
});
