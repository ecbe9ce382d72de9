import { checkGradients } from '@reparam/autograd';
import { normal, RandomKey, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { Radial } from './radial.ts';

const key = RandomKey.fromSeed(43);
const float64 = { dtype: 'float64' } as const;
const softplus = (x: number): number => Math.log1p(Math.exp(x));
const center = [0.5, -1, 0.2];

function example(rawAlpha: number, rawBeta: number): Radial {
  return new Radial({ center: tensor(center, float64), rawAlpha, rawBeta });
}

describe.each([
  [0.3, 1.5],
  [1.2, -2],
  [-3, -6],
])('α̂ = %d, β̂ = %d', (rawAlpha, rawBeta) => {
  const alpha = softplus(rawAlpha);
  const beta = softplus(rawBeta) - alpha;
  const flow = example(rawAlpha, rawBeta);

  test('is the formula of the paper', () => {
    const z = normal(key, [5, 3], float64);
    const { value, logDet } = flow.forwardAndLogDet(z);
    (z.toArray() as number[][]).forEach((point, i) => {
      const r = Math.hypot(...point.map((x, d) => x - center[d]!));
      const h = 1 / (alpha + r);
      point.forEach((x, d) => {
        expect((value.toArray() as number[][])[i]![d]).toBeCloseTo(x + beta * h * (x - center[d]!), 13);
      });
      // h′(r) = −h²
      const expected = 2 * Math.log1p(beta * h) + Math.log1p(beta * h - beta * r * h * h);
      expect((logDet.toArray() as number[])[i]).toBeCloseTo(expected, 10);
    });
  });

  test.each([1e-8, 1, 1e6])('goes back from images at distance %d', (spread) => {
    const z = normal(key, [20, 3], { standardDeviation: spread, ...float64 }).toArray() as number[][];
    const points = tensor(
      z.map((point) => point.map((x, d) => x + center[d]!)),
      float64,
    );
    const image = flow.forwardAndLogDet(points);
    const back = flow.inverseAndLogDet(image.value);
    expect(back.value.sub(points).abs().max().item() / Math.max(1, spread)).toBeLessThan(1e-12);
    expect(back.logDet.add(image.logDet).abs().max().item()).toBeLessThan(1e-6);
  });
});

test('at its centre it is smooth: the map stretches by 1 + β/α', () => {
  const flow = example(0.3, 1.5);
  const [alpha, sum] = [softplus(0.3), softplus(1.5)];
  for (const map of ['forwardAndLogDet', 'inverseAndLogDet'] as const) {
    const { value, logDet } = flow[map](tensor(center, float64));
    expect(value.toArray()).toEqual(center);
    const sign = map === 'forwardAndLogDet' ? 1 : -1;
    expect(logDet.item()).toBeCloseTo(sign * 3 * Math.log(sum / alpha), 13);
  }
});

test('derivatives of its inverse on both sides of r′ = α + β agree with differences', () => {
  const y = [
    [0.6, -0.9, 0.3],
    [4, 2, -3],
  ];
  for (const order of [1, 2] as const) {
    checkGradients(
      (y, z0, a, b) => new Radial({ center: z0!, rawAlpha: a!, rawBeta: b! }).inverseAndLogDet(y!).value,
      [y, center, 0.3, -1],
      { order },
    );
    checkGradients(
      (y, z0, a, b) => new Radial({ center: z0!, rawAlpha: a!, rawBeta: b! }).inverseAndLogDet(y!).logDet,
      [y, center, 0.3, -1],
      { order },
    );
  }
});
