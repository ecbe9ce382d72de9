import { variable } from '@reparam/autograd';
import { tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { gate, scaleAndShift, shift, standardization } from './elementwise-transform.ts';

const { exp, log, tanh } = Math;
const sigmoid = (x: number): number => 1 / (1 + exp(-x));

/** By their formulas: the image and the slope of x. */
const cases = [
  ['shift', shift, [0.7], (x: number, [t]: number[]) => [x + t!, 1]],
  [
    'scaleAndShift',
    scaleAndShift,
    [3, -0.4],
    (x: number, [s, t]: number[]) => [x * exp(2 * tanh(s! / 2)) + t!, exp(2 * tanh(s! / 2))],
  ],
  [
    'standardization',
    standardization,
    [0.5, -1.1],
    (x: number, [mu, alpha]: number[]) => [(x - mu!) * exp(-alpha!), exp(-alpha!)],
  ],
  [
    'gate',
    gate,
    [0.9, -3],
    (x: number, [m, s]: number[]) => [sigmoid(s! + 2) * x + (1 - sigmoid(s! + 2)) * m!, sigmoid(s! + 2)],
  ],
] as const;

describe.each(cases)('%s', (_, transform, numbers, formula) => {
  const xs = [-2, 0, 1.3];
  const x = variable(tensor(xs, { dtype: 'float64' }));
  const raw = variable(
    tensor(
      xs.map(() => [...numbers]),
      { dtype: 'float64' },
    ),
  );

  test('is its formula', () => {
    const { value, logSlope } = transform.forward(x, raw);
    xs.forEach((each, i) => {
      const [image, slope] = formula(each, [...numbers]) as [number, number];
      expect((value.toArray() as number[])[i]).toBeCloseTo(image, 14);
      expect((logSlope.toArray() as number[])[i]).toBeCloseTo(log(slope), 14);
    });
  });

  test('goes back', () => {
    const there = transform.forward(x, raw);
    const back = transform.inverse(there.value, raw);
    expect(back.value.sub(x).abs().max().item()).toBeLessThan(1e-14);
    expect(back.logSlope.add(there.logSlope).abs().max().item()).toBeLessThan(1e-14);
  });
});

test('the scale of a coupling is bounded by e², however far its raw number is', () => {
  const raw = variable(
    tensor([
      [1e30, 0],
      [-1e30, 0],
    ]),
  );
  const { logSlope } = scaleAndShift.forward(variable([1, 1]), raw);
  expect(logSlope.toArray()).toEqual([2, -2]);
});
