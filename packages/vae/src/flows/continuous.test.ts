import { checkGradients, matmul, type Variable, variable } from '@reparam/autograd';
import { normal, RandomKey, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { checkModuleGradients } from '../../../../test/support/check-module-gradients.ts';
import { disturbParameters } from '../verify/measure-flow.ts';
import { Continuous } from './continuous.ts';
import { ContinuousFlow } from './continuous-flow.ts';
import type { ParametricFunction } from './parametric-function.ts';

const key = RandomKey.fromSeed(51);
const float64 = { dtype: 'float64' } as const;
const A = [
  [0.3, -1],
  [1, -0.2],
];
const z = tensor(
  [
    [0.7, -1.4],
    [3, 0.1],
  ],
  float64,
);

/** dz/dt = Az, whatever the time. */
function linear(matrix: Variable): ParametricFunction {
  return {
    batchShape: [],
    apply: (point) => matmul(point.slice([null, [0, 2]]), matrix, { transposeB: true }),
    detach: () => linear(matrix.detach()),
  };
}

/** e^A z by its power series. */
function flowed(point: readonly number[]): number[] {
  let [term, sum] = [[...point], [...point]];
  for (let k = 1; k < 30; k++) {
    term = A.map((row) => row.reduce((total, a, j) => total + a * term[j]!, 0) / k);
    sum = sum.map((each, d) => each + term[d]!);
  }
  return sum;
}

describe('of a linear field', () => {
  const create = (steps: number): Continuous =>
    new Continuous({ field: linear(variable(tensor(A, float64))), steps, trace: 'exact' });
  const errorOf = (steps: number): number => {
    const got = create(steps).forwardAndLogDet(z).value.toArray() as number[][];
    const errors = (z.toArray() as number[][]).flatMap((point, i) =>
      flowed(point).map((x, d) => Math.abs(x - got[i]![d]!)),
    );
    return Math.max(...errors);
  };

  test('is e^A z, with an error that falls as the fourth power of the steps', () => {
    expect(errorOf(64)).toBeLessThan(1e-8);
    for (const steps of [4, 8, 16])
      expect(Math.abs(errorOf(steps) / errorOf(2 * steps) - 16)).toBeLessThan(2);
  });

  test('its log-determinant is the trace, 0.1, and the inverse goes back', () => {
    const flow = create(32);
    const there = flow.forwardAndLogDet(z);
    for (const each of there.logDet.toArray() as number[]) expect(each).toBeCloseTo(0.1, 14);
    const back = flow.inverseAndLogDet(there.value);
    expect(back.value.sub(z).abs().max().item()).toBeLessThan(1e-7);
    for (const each of back.logDet.toArray() as number[]) expect(each).toBeCloseTo(-0.1, 14);
  });

  test('an estimated trace is right on average', () => {
    const once = (number: number): number[] => {
      const trace = { key: key.foldIn(number), probes: 1 };
      const field = linear(variable(tensor(A, float64)));
      return new Continuous({ field, steps: 1, trace }).forwardAndLogDet(z).logDet.toArray() as number[];
    };
    // vᵀAv = tr A ± (a₁₂ + a₂₁): exact here, since the off-diagonal entries cancel.
    for (const each of once(0)) expect(each).toBeCloseTo(0.1, 14);
    const skewed = linear(
      variable(
        tensor(
          [
            [0.3, -1],
            [0.4, -0.2],
          ],
          float64,
        ),
      ),
    );
    const trace = { key, probes: 4000 };
    const { logDet } = new Continuous({ field: skewed, steps: 1, trace }).forwardAndLogDet(z.slice([[0, 1]]));
    expect(Math.abs(logDet.item() - 0.1)).toBeLessThan((4 * 0.6) / Math.sqrt(4000));
    expect(logDet.item()).not.toBeCloseTo(0.1, 6);
  });
});

test('time enters: dz/dt = t gives z + ½ with no change of volume', () => {
  const field: ParametricFunction = {
    batchShape: [],
    apply: (point) =>
      point
        .slice([null, [0, 2]])
        .mul(0)
        .add(point.slice([null, [2, 3]])),
    detach: () => field,
  };
  const { value, logDet } = new Continuous({ field, steps: 2, trace: 'exact' }).forwardAndLogDet(z);
  expect(value.sub(z).toArray()).toEqual(Array(2).fill(Array(2).fill(expect.closeTo(0.5, 14))));
  expect(logDet.toArray()).toEqual([0, 0]);
});

describe('ContinuousFlow', () => {
  const create = (trace: 'exact' | { probes: number } = 'exact', steps = 1): ContinuousFlow => {
    const options = { dimensions: 2, layers: 1, hidden: [2], key, dtype: 'float64', context: 1 } as const;
    const flow = new ContinuousFlow({ ...options, steps, trace });
    disturbParameters(flow, key, 0.5);
    return flow;
  };

  test.each([1, 2] as const)(
    'derivatives by point, context and parameters agree with differences, order %i',
    (order) => {
      const flow = create();
      const inputs = [normal(key, [1, 2], float64), normal(key.foldIn(1), [1, 1], float64)];
      for (const map of ['forwardAndLogDet', 'inverseAndLogDet'] as const) {
        checkModuleGradients(
          flow,
          (z, context) => {
            const { value, logDet } = flow.at(context!)[map](z!);
            return value.sum({ axes: -1 }).add(logDet.mul(0.7));
          },
          inputs,
          { order },
        );
      }
    },
  );

  test('derivatives of an estimate with given probes agree with differences', () => {
    const bijector = create({ probes: 2 }, 2).at(tensor([[0.3]], float64));
    checkGradients((z) => bijector.forwardAndLogDet(z!).logDet, [z]);
  });

  test('estimates with fresh probes at each call', () => {
    const flow = create({ probes: 1 }, 4);
    const estimate = (): unknown =>
      flow
        .at(tensor([[0.3]], float64))
        .forwardAndLogDet(z)
        .logDet.toArray();
    const several = Array.from({ length: 8 }, () => JSON.stringify(estimate()));
    expect(new Set(several).size).toBeGreaterThan(1);
    const options = { dimensions: 2, layers: 1, key };
    expect(() => new ContinuousFlow({ ...options, steps: 0 })).toThrow('steps is 0;');
    expect(() => new ContinuousFlow({ ...options, trace: { probes: 0 } })).toThrow('trace.probes is 0;');
  });
});
