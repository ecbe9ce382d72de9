import { expect, test } from 'vitest';
import { type CurveKnot, flattenCurve } from './curve.ts';
import { distance, type Point } from './point.ts';

function knots(...points: [x: number, y: number, corner?: boolean][]): CurveKnot[] {
  return points.map(([x, y, corner = false]) => ({ x, y, corner }));
}

function gap(points: readonly Point[], target: Point): number {
  return Math.min(...points.map((point) => distance(point, target)));
}

test('passes through every knot, from the first to the last', () => {
  const through = knots([0, 0], [10, 3], [12, 20], [40, 22], [41, 23]);
  const curve = flattenCurve(through);
  for (const knot of through) expect(gap(curve, knot)).toBeLessThan(1e-12);
  expect(curve[0]).toMatchObject({ x: 0, y: 0 });
  expect(curve.at(-1)!.x).toBeCloseTo(41, 12);
});

test('two knots make a straight line', () => {
  for (const { x, y } of flattenCurve(knots([1, 2], [7, 14]))) expect(y).toBeCloseTo(2 * x, 12);
});

test('follows a parabola exactly, ends included', () => {
  // Chords of equal length, so that equal durations make the knots samples of (t, t²) at t = −1, 0, 1.
  for (const { x, y } of flattenCurve(knots([-1, 1], [0, 0], [1, 1]))) expect(y).toBeCloseTo(x * x, 12);
});

test('follows a circle closely', () => {
  const circle = Array.from({ length: 9 }, (_, i): [number, number] => [
    50 * Math.cos((i * Math.PI) / 4),
    50 * Math.sin((i * Math.PI) / 4),
  ]);
  for (const { x, y } of flattenCurve(knots(...circle)))
    expect(Math.abs(Math.hypot(x, y) - 50)).toBeLessThan(1.5);
});

test('turns sharply at a corner, and smoothly otherwise', () => {
  const straight = flattenCurve(knots([0, 0], [10, 0, true], [10, 10]));
  for (const { x, y } of straight) expect(Math.min(y, 10 - x)).toBeCloseTo(0, 12);
  const bent = flattenCurve(knots([0, 0], [10, 0], [10, 10]));
  expect(Math.max(...bent.map(({ x, y }) => Math.abs(Math.min(y, 10 - x))))).toBeGreaterThan(0.5);
});

test('does not cross itself where a short span follows a long one', () => {
  // The uniform spline makes a loop around the two close knots; along the centripetal one x only grows.
  const xs = flattenCurve(knots([0, 0], [50, 0], [51, 1], [100, 40])).map(({ x }) => x);
  for (let i = 1; i < xs.length; i++) expect(xs[i]!).toBeGreaterThan(xs[i - 1]!);
});

test('coinciding knots give finite points', () => {
  for (const { x, y } of flattenCurve(knots([3, 3], [3, 3], [5, 5])))
    expect(Number.isFinite(x + y)).toBe(true);
});
