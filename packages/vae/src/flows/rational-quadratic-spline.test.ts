import { checkGradients, gradients, parameter, variable } from '@reparam/autograd';
import { linspace, normal, RandomKey, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { rationalQuadraticSpline } from './rational-quadratic-spline.ts';

const float64 = { dtype: 'float64' } as const;
const bins = 3;
const spline = rationalQuadraticSpline({ bins, tailBound: 2 });
const numbers = [0.3, -0.8, 0.5, /**/ -0.2, 0.9, 0.1, /**/ 1.2, -2];

const softmax = (raw: number[]): number[] => {
  const total = raw.reduce((sum, x) => sum + Math.exp(x), 0);
  return raw.map((x) => Math.exp(x) / total);
};
function knots(raw: number[]): number[] {
  const found = [-2];
  for (const share of softmax(raw)) found.push(found.at(-1)! + 4 * (0.001 + (1 - 0.003) * share));
  return found;
}

/** Equations 4 and 5 of Durkan et al. 2019, by loops. */
function byDefinition(x: number): { y: number; slope: number } {
  const [xs, ys] = [knots(numbers.slice(0, 3)), knots(numbers.slice(3, 6))];
  const slopeOf = (raw: number): number => 0.001 + Math.log1p(Math.exp(raw + Math.log(Math.expm1(0.999))));
  const d = [1, slopeOf(numbers[6]!), slopeOf(numbers[7]!), 1];
  const k = xs.findIndex((_, i) => i === bins - 1 || x < xs[i + 1]!);
  const [width, height] = [xs[k + 1]! - xs[k]!, ys[k + 1]! - ys[k]!];
  const s = height / width;
  const xi = (x - xs[k]!) / width;
  const denominator = s + (d[k + 1]! + d[k]! - 2 * s) * xi * (1 - xi);
  const y = ys[k]! + (height * (s * xi * xi + d[k]! * xi * (1 - xi))) / denominator;
  const top = s * s * (d[k + 1]! * xi * xi + 2 * s * xi * (1 - xi) + d[k]! * (1 - xi) ** 2);
  return { y, slope: top / denominator ** 2 };
}

function forEach(xs: readonly number[]): ReturnType<typeof spline.forward> {
  const raw = tensor(
    xs.map(() => numbers),
    float64,
  );
  return spline.forward(variable(tensor([...xs], float64)), variable(raw));
}

describe('a rational-quadratic spline', () => {
  const inside = Array.from({ length: 41 }, (_, i) => -1.99 + (i * 3.98) / 40);

  test('is its definition inside', () => {
    const { value, logSlope } = forEach(inside);
    inside.forEach((x, i) => {
      const { y, slope } = byDefinition(x);
      expect((value.toArray() as number[])[i]).toBeCloseTo(y, 13);
      expect((logSlope.toArray() as number[])[i]).toBeCloseTo(Math.log(slope), 12);
    });
  });

  test('passes through its knots, where both neighbours meet in value and slope', () => {
    const [xs, ys] = [knots(numbers.slice(0, 3)), knots(numbers.slice(3, 6))];
    for (let k = 1; k < bins; k++) {
      const { value, logSlope } = forEach([xs[k]! - 1e-9, xs[k]! + 1e-9]);
      const [left, right] = value.toArray() as [number, number];
      expect(left).toBeCloseTo(ys[k]!, 7);
      expect(right).toBeCloseTo(ys[k]!, 7);
      const [before, after] = logSlope.toArray() as [number, number];
      expect(before).toBeCloseTo(after, 6);
    }
  });

  test('is the identity from its ends on, with slope 1 up to them', () => {
    const { value, logSlope } = forEach([-1000, -2, 2, 7]);
    expect(value.toArray()).toEqual([-1000, -2, 2, 7]);
    expect(logSlope.toArray()).toEqual([0, 0, 0, 0]);
    const near = forEach([-2 + 1e-9, 2 - 1e-9]);
    for (const slope of near.logSlope.toArray() as number[]) expect(Math.abs(slope)).toBeLessThan(1e-6);
  });

  test('goes back, also with bins and slopes as small as they get', () => {
    const grid = variable(linspace(-2.5, 2.5, 501, float64));
    const extreme = normal(RandomKey.fromSeed(46), [8], { standardDeviation: 30, ...float64 });
    for (const row of [tensor(numbers, float64), extreme]) {
      const raw = variable(row.reshape([1, 8]).expand([501, 8]));
      const there = spline.forward(grid, raw);
      const back = spline.inverse(there.value, raw);
      const steepest = Math.exp(there.logSlope.neg().max().item());
      expect(back.value.sub(grid).abs().max().item()).toBeLessThan(1e-12 * steepest);
      expect((there.value.toArray() as number[]).every((y, i, all) => i === 0 || y > all[i - 1]!)).toBe(true);
    }
  });

  test('has finite gradients for points anywhere', () => {
    for (const map of ['forward', 'inverse'] as const) {
      const x = parameter(tensor([-1e30, -5, -2, 0, 2, 1000]));
      const raw = parameter(normal(RandomKey.fromSeed(47), [6, 8]));
      const { value, logSlope } = spline[map](x, raw);
      const found = gradients(value.sum().add(logSlope.sum()), [x, raw]);
      for (const gradient of found) expect(gradient.value.toTypedArray().every(Number.isFinite)).toBe(true);
    }
  });

  test('its derivatives agree with differences', () => {
    const xs = [-3, -1.7, -0.2, 0.4, 1.6];
    for (const order of [1, 2] as const) {
      for (const map of ['forward', 'inverse'] as const) {
        for (const part of ['value', 'logSlope'] as const) {
          checkGradients((x, raw) => spline[map](x!, raw!)[part], [xs, xs.map(() => numbers)], { order });
        }
      }
    }
  });
});
