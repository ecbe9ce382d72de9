import { RandomKey } from '@reparam/tensor';
import { expect, test } from 'vitest';
import { jitterKnots, randomAffine, randomWaves } from './distort.ts';
import { type Draws, drawsFrom } from './draws.ts';
import { randomPen } from './pen.ts';
import type { Point } from './point.ts';

const hands = Array.from({ length: 300 }, (_, i) => drawsFrom(RandomKey.fromSeed(9).foldIn(i)));

function largest(values: readonly number[]): number {
  return Math.max(...values.map(Math.abs));
}

test('draws: a key gives the same numbers again, however many are taken', () => {
  const take = (draws: Draws, count: number) =>
    Array.from({ length: count }, () => [draws.uniform(0, 1), draws.normal(1)] as const);
  const key = RandomKey.fromSeed(4);
  const many = take(drawsFrom(key), 300);
  expect(take(drawsFrom(key), 300)).toEqual(many);
  expect(new Set(many.map(([uniform]) => uniform)).size).toBe(300);
  expect(new Set(many.map(([, normal]) => normal)).size).toBeGreaterThan(270); // the cut-off ones are ± 2
  expect(largest(many.map(([, normal]) => normal))).toBe(2);
});

test('draws: uniform in its range, with the mean and variance of a uniform', () => {
  const draws = drawsFrom(RandomKey.fromSeed(5));
  const values = Array.from({ length: 20_000 }, () => draws.uniform(-1, 3));
  expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
  expect(Math.max(...values)).toBeLessThan(3);
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
  // Standard errors: 1.155/√20000 = 0.008 and (4²/12)·√(0.8/20000) = 0.0084; five of them.
  expect(Math.abs(mean - 1)).toBeLessThan(0.041);
  expect(Math.abs(variance - 4 ** 2 / 12)).toBeLessThan(0.042);
});

test('jitter keeps knots near the skeleton and corners corners', () => {
  for (const draws of hands.slice(0, 50)) {
    const knots = jitterKnots(
      [
        [10, 20],
        [30, 40, 'corner'],
        [50, 60],
      ],
      draws,
    );
    expect(knots.map(({ corner }) => corner)).toEqual([false, true, false]);
    expect(largest(knots.map(({ x }, i) => x - (10 + 20 * i)))).toBeLessThanOrEqual(6.001);
    expect(largest(knots.map(({ y }, i) => y - (20 + 20 * i)))).toBeLessThanOrEqual(6.001);
  }
});

test('waves move points by little, and neighbours alike', () => {
  const at = (x: number, y: number): Point => ({ x, y });
  for (const draws of hands) {
    const wave = randomWaves(draws);
    for (const [x, y] of [
      [0, 0],
      [30, 50],
      [60, 100],
    ] as const) {
      const moved = wave(at(x, y));
      expect(Math.hypot(moved.x - x, moved.y - y)).toBeLessThanOrEqual(2 * Math.SQRT2 * 6);
      const beside = wave(at(x + 1, y));
      // Two waves of amplitude ≤ 6 and length ≥ 110 stretch by 2·6·2π/110 = 69 % at the very most.
      expect(Math.abs(beside.x - moved.x - 1)).toBeLessThan(0.69);
      expect(Math.abs(beside.y - moved.y)).toBeLessThan(0.69);
    }
  }
});

test('affine: a straight line stays straight, turned by 10° and slanted by 0.4 at most', () => {
  for (const draws of hands) {
    const affine = randomAffine(draws);
    const [origin, right, down, both] = [
      affine({ x: 0, y: 0 }),
      affine({ x: 1, y: 0 }),
      affine({ x: 0, y: 1 }),
      affine({ x: 1, y: 1 }),
    ];
    expect(origin).toEqual({ x: 0, y: 0 });
    expect(both!.x).toBeCloseTo(right.x + down.x, 12);
    expect(both!.y).toBeCloseTo(right.y + down.y, 12);
    expect(Math.abs(Math.atan2(right.y, right.x))).toBeLessThanOrEqual((10.001 * Math.PI) / 180);
    // The determinant is the aspect, e^±0.24 about 1.06; the slant is what is left of the upright along the level.
    const aspect = right.x * down.y - right.y * down.x;
    expect(aspect).toBeGreaterThan(0.83);
    expect(aspect).toBeLessThan(1.35);
    const slant = -(right.x * down.x + right.y * down.y) / aspect;
    expect(slant).toBeGreaterThanOrEqual(-0.1201);
    expect(slant).toBeLessThanOrEqual(0.4001);
  }
});

test('the pen keeps to its path, and its tip between 0.45 and 2.2 pixels for a digit of 20', () => {
  const path = Array.from({ length: 30 }, (_, i): Point => ({ x: i, y: i * i }));
  for (const draws of hands) {
    const inked = randomPen(draws, 20)(path);
    expect(inked.map(({ x, y }) => ({ x, y }))).toEqual(path);
    const radii = inked.map(({ radius }) => radius);
    expect(Math.min(...radii)).toBeGreaterThan(0.45);
    expect(Math.max(...radii)).toBeLessThan(2.2);
    for (let i = 1; i < radii.length; i++) expect(Math.abs(radii[i]! - radii[i - 1]!)).toBeLessThan(0.35);
  }
});
