import { variable } from '@reparam/autograd';
import { normal, RandomKey, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { disturbParameters } from '../verify/measure-flow.ts';
import { ActNorm } from './act-norm.ts';
import { GlowFlow } from './glow-flow.ts';
import { InvertibleLinear } from './invertible-linear.ts';

const key = RandomKey.fromSeed(49);
const float64 = { dtype: 'float64' } as const;

test('actnorm scales and shifts each coordinate', () => {
  const norm = new ActNorm(
    variable(tensor([Math.log(2), Math.log(3)], float64)),
    variable(tensor([1, -1], float64)),
  );
  const { value, logDet } = norm.forwardAndLogDet(tensor([[5, 7]], float64));
  expect((value.toArray() as number[][])[0]).toEqual([expect.closeTo(11, 13), expect.closeTo(20, 13)]);
  expect(logDet.toArray()).toEqual([expect.closeTo(Math.log(6), 14)]);
});

describe('the invertible linear map', () => {
  const factors = variable(
    tensor(
      [
        [Math.log(2), 0.5, -1],
        [3, Math.log(0.5), 0.25],
        [-2, 1, Math.log(4)],
      ],
      float64,
    ),
  );
  // L·(U + diag s), multiplied out by hand.
  const product = [
    [2, 0.5, -1],
    [6, 2, -2.75],
    [-4, -0.5, 6.25],
  ];
  const x = [1, -2, 0.5];
  const image = product.map((row) => row.reduce((sum, w, j) => sum + w * x[j]!, 0));

  test.each([false, true])('is PL(U + diag s); order turned round: %s', (reverses) => {
    const map = new InvertibleLinear(factors, reverses);
    const { value, logDet } = map.forwardAndLogDet(tensor(x, float64));
    const expected = reverses ? image.toReversed() : image;
    expect(value.toArray()).toEqual(expected.map((each) => expect.closeTo(each, 13)));
    expect(logDet.item()).toBeCloseTo(Math.log(4), 14);
    const back = map.inverseAndLogDet(value);
    expect(back.value.toArray()).toEqual(x.map((each) => expect.closeTo(each, 13)));
    expect(back.logDet.item()).toBeCloseTo(-Math.log(4), 14);
  });
});

describe('initialisation from data', () => {
  const data = normal(key, [400, 3], { mean: 4, standardDeviation: 7, ...float64 });
  const create = (context?: number): GlowFlow => {
    const flow = new GlowFlow({
      dimensions: 3,
      layers: 2,
      key,
      dtype: 'float64',
      ...(context && { context }),
    });
    disturbParameters(flow, key, 0.2);
    return flow;
  };

  test('makes the first actnorm from the data standardise it, and the next what comes through', () => {
    const flow = create();
    flow.initialize(data);
    const last = flow.steps[1]!;
    const standard = new ActNorm(last.logScale, last.shift).inverseAndLogDet(data).value;
    const second = last.at(undefined).inverseAndLogDet(data).value;
    const through = new ActNorm(flow.steps[0]!.logScale, flow.steps[0]!.shift).inverseAndLogDet(second).value;
    for (const each of [standard, through]) {
      const columns = each.transpose().toArray() as number[][];
      for (const column of columns) {
        const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
        const square = column.reduce((sum, value) => sum + (value - mean) ** 2, 0);
        expect(mean).toBeCloseTo(0, 12);
        expect(square / column.length).toBeCloseTo(1, 2);
      }
    }
  });

  test('takes a context, a constant coordinate, and no other shapes', () => {
    const flow = create(2);
    flow.initialize(
      tensor(
        [
          [1, 2, 3],
          [2, 2, 5],
          [4, 2, 9],
        ],
        float64,
      ),
      normal(key, [3, 2], float64),
    );
    expect(flow.parameters().every((each) => each.value.toTypedArray().every(Number.isFinite))).toBe(true);
    expect(() => create().initialize(tensor([[1, 2]]))).toThrow(
      'GlowFlow.initialize: data is [1, 2]; it must be [N, 3] with N ≥ 2 examples.',
    );
  });
});
