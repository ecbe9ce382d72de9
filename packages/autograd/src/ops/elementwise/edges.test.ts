import { tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { type Differentiable, grad, valueAndGrad } from '../../transforms.ts';
import type { Variable } from '../../variable.ts';
import * as ops from '../elementwise.ts';
import { sum } from '../reductions.ts';

const double = (value: number) => tensor(value, { dtype: 'float64' });

/** Value and partial derivatives of a function of numbers. */
function at(fn: (...x: Variable[]) => Variable, ...point: number[]): number[] {
  const { value, gradients } = valueAndGrad((...x) => sum(fn(...x)))(...point.map(double));
  return [value, ...gradients].map((each) => each.item());
}

/** ∂²/∂x∂y of a function of two numbers. */
function mixed(fn: (x: Variable, y: Variable) => Variable, x: number, y: number): number {
  const byX: Differentiable = (...point) => grad((...p) => sum(fn(p[0]!, p[1]!)))(...point)[0]!;
  return grad((...point) => sum(byX(...point)))(double(x), double(y))[1]!.item();
}

const [inf, nan] = [Infinity, Number.NaN];

describe('xlogy', () => {
  test('is 0 at a = 0, whatever b is, as in SciPy; but NaN stays', () => {
    for (const b of [0, 2, inf, -1]) expect(at(ops.xlogy, 0, b)[0]).toBe(0);
    expect(at(ops.xlogy, 0, nan)[0]).toBeNaN();
    expect(at(ops.xlogy, 1, -1)[0]).toBeNaN();
    expect(at(ops.xlogy, 2, 0)[0]).toBe(-inf);
  });

  test('at a = 0 the derivatives by a and b are ln b and 0, and the mixed one is 1/b', () => {
    expect(at(ops.xlogy, 0, 5)).toEqual([0, Math.log(5), 0]);
    expect(mixed(ops.xlogy, 0, 5)).toBe(0.2);
  });
});

describe('logaddexp', () => {
  test('with infinities', () => {
    expect(at(ops.logaddexp, -inf, -inf)).toEqual([-inf, 0.5, 0.5]);
    expect(at(ops.logaddexp, inf, inf)).toEqual([inf, 0.5, 0.5]);
    expect(at(ops.logaddexp, -inf, 3)).toEqual([3, 0, 1]);
    expect(at(ops.logaddexp, 3, inf)).toEqual([inf, 0, 1]);
    expect(at(ops.logaddexp, inf, -inf)).toEqual([inf, 1, 0]);
    expect(at(ops.logaddexp, nan, 3)[0]).toBeNaN();
  });

  test('neither overflows nor forgets the larger beside a very small one', () => {
    expect(at(ops.logaddexp, 1000, 1000)).toEqual([1000 + Math.LN2, 0.5, 0.5]);
    expect(at(ops.logaddexp, -1e20, 1)).toEqual([1, 0, 1]);
  });

  test('has its second derivatives at a tie: −¼ for the mixed one', () => {
    expect(mixed(ops.logaddexp, 0.7, 0.7)).toBe(-0.25);
  });
});

describe('tails', () => {
  test.each<[string, (x: Variable) => Variable, number, number, number]>([
    ['mish', ops.mish, 1000, 1000, 1],
    ['mish', ops.mish, -1000, -0, 0],
    ['elu', ops.elu, 1000, 1000, 1],
    ['elu', ops.elu, -1000, -1, 0],
    ['selu', ops.selu, 1000, 1050.7009873554805, 1.0507009873554805],
    ['logSigmoid', ops.logSigmoid, 1000, -0, 0],
    ['logSigmoid', ops.logSigmoid, -1000, -1000, 1],
    ['hardtanh', ops.hardtanh, -inf, -1, 0],
    ['atan', ops.atan, 1e200, Math.PI / 2, 0],
    ['erf', ops.erf, -inf, -1, 0],
    ['lgamma', ops.lgamma, inf, inf, inf],
    ['tanh', ops.tanh, -inf, -1, 0],
  ])('%s at %d', (_, fn, x, value, slope) => {
    const got = at((v) => fn(v), x);
    expect(got[0]).toBeCloseTo(value, 12);
    expect(got[1]).toBeCloseTo(slope, 12);
  });

  test('logSigmoid keeps its relative precision far out', () => {
    expect(at(ops.logSigmoid, 40)[0]! / -Math.exp(-40)).toBeCloseTo(1, 14);
  });

  test('the cotangent of elu for alpha does not meet the overflow of eˣ', () => {
    expect(at(ops.elu, 1000, 0.5)).toEqual([1000, 1, 0]);
  });

  test('atan2 of what would overflow when squared', () => {
    const [angle, dy, dx] = at(ops.atan2, 3e200, 4e200) as [number, number, number];
    expect(angle).toBe(Math.atan2(3, 4));
    expect(dy * 1e200).toBeCloseTo(4 / 25, 15);
    expect(dx * 1e200).toBeCloseTo(-3 / 25, 15);
  });
});

describe('the gamma function', () => {
  const euler = 0.5772156649015329;
  const derivative =
    (fn: Differentiable): Differentiable =>
    (x) =>
      grad((v) => sum(fn(v!)))(x!)[0]!;

  test('ln Γ(5) = ln 24 with the slope ψ(5) = 25/12 − γ', () => {
    const [value, slope] = at(ops.lgamma, 5) as [number, number];
    expect(value).toBeCloseTo(Math.log(24), 15);
    expect(slope).toBeCloseTo(25 / 12 - euler, 15);
  });

  test('derivatives of ln Γ at 1: −γ, π²/6, −2ζ(3), π⁴/15', () => {
    const published = [-euler, Math.PI ** 2 / 6, -2 * 1.2020569031595942, Math.PI ** 4 / 15];
    let fn: Differentiable = (x) => ops.lgamma(x!);
    for (const value of published) {
      fn = derivative(fn);
      expect(fn(double(1) as unknown as Variable).item()).toBeCloseTo(value, 14);
    }
  });

  test('poles', () => {
    expect(at(ops.lgamma, -2)[0]).toBe(inf);
    expect(at(ops.digamma, 0)).toEqual([-inf, inf]);
    expect(at(ops.digamma, -2)[0]).toBeNaN();
  });
});

test('halves round to even', () => {
  const x = tensor([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]);
  expect(ops.round(x).toArray()).toEqual([-2, -2, -0, 0, 2, 2]);
});

describe('whole numbers', () => {
  const whole = tensor([-3, 0, 7], { dtype: 'int32' });

  test.each<[string, (x: typeof whole) => Variable, number[]]>([
    ['sign', ops.sign, [-1, 0, 1]],
    ['floor', ops.floor, [-3, 0, 7]],
    ['ceil', ops.ceil, [-3, 0, 7]],
    ['round', ops.round, [-3, 0, 7]],
    ['hardtanh', ops.hardtanh, [-1, 0, 1]],
    ['notEqual', (x) => ops.notEqual(x, 7), [1, 1, 0]],
    ['logicalAnd', (x) => ops.logicalAnd(x, 2), [1, 0, 1]],
    ['logicalOr', (x) => ops.logicalOr(x, 0), [1, 0, 1]],
    ['logicalNot', ops.logicalNot, [0, 1, 0]],
    ['isFinite', ops.isFinite, [1, 1, 1]],
    ['isNaN', ops.isNaN, [0, 0, 0]],
  ])('%s stays int32', (_, fn, expected) => {
    const result = fn(whole);
    expect(result.dtype).toBe('int32');
    expect(result.toArray()).toEqual(expected);
  });

  test('what makes fractions of them refuses', () => {
    expect(() => ops.sin(whole)).toThrow(
      "sin: x is int32, but needs to be float32 or float64. Use x.cast('float32').",
    );
  });
});

test('like any function, an operation ignores further arguments', () => {
  const [x, y] = [tensor([0]), tensor([[1]])];
  expect([x, y].map(ops.exp).map((result) => result.toArray())).toEqual([[1], [[Math.fround(Math.E)]]]);
});
