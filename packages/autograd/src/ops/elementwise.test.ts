import { tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { grad, valueAndGrad } from '../transforms.ts';
import type { Variable } from '../variable.ts';
import * as ops from './elementwise.ts';
import { sum } from './reductions.ts';

const doubles = (values: readonly number[]) => tensor(values, { dtype: 'float64' });

/** Value and slope of a function at a point. */
function at(fn: (x: Variable) => Variable, x: number): [value: number, slope: number] {
  const { value, gradients } = valueAndGrad((v) => sum(fn(v!)))(doubles([x]));
  return [value.item(), gradients[0]!.item()];
}

const { exp, expm1, log, log1p, sin, cos, sinh, cosh, tanh, sqrt } = Math;
const normalDensity = (x: number): number => exp((-x * x) / 2) / sqrt(2 * Math.PI);
/** Φ by its series (Marsaglia 2004), which has nothing to do with erf's rational approximations. */
function normalCdf(x: number): number {
  let term = x;
  let total = x;
  for (let n = 3; Math.abs(term) > 1e-18; n += 2) {
    term *= (x * x) / n;
    total += term;
  }
  return 0.5 + total * normalDensity(x);
}
const logistic = (x: number): number => 1 / (1 + exp(-x));
const eluOf = (x: number, alpha: number): number => (x > 0 ? x : alpha * expm1(x));

describe('values and slopes against closed forms', () => {
  test.each<[string, (x: Variable) => Variable, (x: number) => number, (x: number) => number]>([
    ['neg', ops.neg, (x) => -x, () => -1],
    ['square', ops.square, (x) => x * x, (x) => 2 * x],
    ['pow 3', (x) => ops.pow(x, 3), (x) => x ** 3, (x) => 3 * x * x],
    ['pow -2', (x) => ops.pow(x, -2), (x) => x ** -2, (x) => -2 * x ** -3],
    ['3 to the power of', (x) => ops.pow(3, x), (x) => 3 ** x, (x) => log(3) * 3 ** x],
    ['div', (x) => ops.div(2, x), (x) => 2 / x, (x) => -2 / (x * x)],
    ['sub', (x) => ops.sub(2, x), (x) => 2 - x, () => -1],
    ['exp', ops.exp, exp, exp],
    ['expm1', ops.expm1, expm1, exp],
    ['log', ops.log, log, (x) => 1 / x],
    ['log1p', ops.log1p, log1p, (x) => 1 / (1 + x)],
    ['sqrt', ops.sqrt, sqrt, (x) => 0.5 / sqrt(x)],
    ['tanh', ops.tanh, tanh, (x) => 1 / cosh(x) ** 2],
    ['sigmoid', ops.sigmoid, logistic, (x) => logistic(x) * (1 - logistic(x))],
    ['softplus', ops.softplus, (x) => log(1 + exp(x)), logistic],
    ['silu', ops.silu, (x) => x * logistic(x), (x) => logistic(x) * (1 + x * (1 - logistic(x)))],
    ['gelu', ops.gelu, (x) => x * normalCdf(x), (x) => normalCdf(x) + x * normalDensity(x)],
    ['relu', ops.relu, (x) => Math.max(x, 0), (x) => (x > 0 ? 1 : 0)],
    ['leakyRelu', (x) => ops.leakyRelu(x), (x) => (x > 0 ? x : 0.01 * x), (x) => (x > 0 ? 1 : 0.01)],
    ['abs', ops.abs, Math.abs, Math.sign],
    ['reciprocal', ops.reciprocal, (x) => 1 / x, (x) => -1 / (x * x)],
    ['hypot', (x) => ops.hypot(x, 3), (x) => sqrt(x * x + 9), (x) => x / sqrt(x * x + 9)],
    ['lerp', (x) => ops.lerp(x, 5, 0.25), (x) => 0.75 * x + 1.25, () => 0.75],
    ['xlogy', (x) => ops.xlogy(x, 3), (x) => x * log(3), () => log(3)],
    ['xlogy by its logarithm', (x) => ops.xlogy(3, x), (x) => 3 * log(x), (x) => 3 / x],
    ['logaddexp', (x) => ops.logaddexp(x, 1), (x) => log(exp(x) + Math.E), (x) => logistic(x - 1)],
    ['logSigmoid', ops.logSigmoid, (x) => log(logistic(x)), (x) => logistic(-x)],
    [
      'elu',
      (x) => ops.elu(ops.sub(x, 1), 0.5),
      (x) => eluOf(x - 1, 0.5),
      (x) => (x < 1 ? 0.5 * exp(x - 1) : 1),
    ],
    [
      'selu',
      (x) => ops.selu(ops.sub(x, 1)),
      (x) => 1.0507009873554805 * eluOf(x - 1, 1.6732632423543772),
      (x) => 1.0507009873554805 * (x < 1 ? 1.6732632423543772 * exp(x - 1) : 1),
    ],
    [
      'mish',
      ops.mish,
      (x) => x * tanh(log(1 + exp(x))),
      (x) => tanh(log(1 + exp(x))) + (x * logistic(x)) / cosh(log(1 + exp(x))) ** 2,
    ],
    ['hardtanh', ops.hardtanh, (x) => Math.min(x, 1), (x) => (x < 1 ? 1 : 0)],
    ['sin', ops.sin, sin, cos],
    ['cos', ops.cos, cos, (x) => -sin(x)],
    ['tan', ops.tan, (x) => sin(x) / cos(x), (x) => 1 / cos(x) ** 2],
    ['asin', (x) => ops.asin(ops.div(x, 3)), (x) => Math.asin(x / 3), (x) => 1 / sqrt(9 - x * x)],
    ['acos', (x) => ops.acos(ops.div(x, 3)), (x) => Math.acos(x / 3), (x) => -1 / sqrt(9 - x * x)],
    ['atan', ops.atan, Math.atan, (x) => 1 / (1 + x * x)],
    ['atan2', (x) => ops.atan2(x, -2), (x) => Math.PI - Math.atan(x / 2), (x) => -2 / (4 + x * x)],
    ['sinh', ops.sinh, (x) => (exp(x) - exp(-x)) / 2, cosh],
    ['cosh', ops.cosh, (x) => (exp(x) + exp(-x)) / 2, sinh],
    ['asinh', ops.asinh, (x) => log(x + sqrt(x * x + 1)), (x) => 1 / sqrt(x * x + 1)],
    [
      'acosh',
      (x) => ops.acosh(ops.add(x, 1)),
      (x) => log(x + 1 + sqrt(x * (x + 2))),
      (x) => 1 / sqrt(x * (x + 2)),
    ],
    ['atanh', (x) => ops.atanh(ops.div(x, 3)), (x) => log((3 + x) / (3 - x)) / 2, (x) => 3 / (9 - x * x)],
    ['erf', ops.erf, (x) => 2 * normalCdf(x * Math.SQRT2) - 1, (x) => (2 / sqrt(Math.PI)) * exp(-x * x)],
    ['erfc', ops.erfc, (x) => 2 - 2 * normalCdf(x * Math.SQRT2), (x) => (-2 / sqrt(Math.PI)) * exp(-x * x)],
    ['sign', ops.sign, Math.sign, () => 0],
    ['floor', ops.floor, Math.floor, () => 0],
    ['ceil', ops.ceil, Math.ceil, () => 0],
    ['round', ops.round, (x) => Math.floor(x + 0.5), () => 0],
    ['maximum', (x) => ops.maximum(x, 1), (x) => Math.max(x, 1), (x) => (x > 1 ? 1 : 0)],
    ['minimum', (x) => ops.minimum(1, x), (x) => Math.min(x, 1), (x) => (x < 1 ? 1 : 0)],
    [
      'clamp',
      (x) => ops.clamp(x, 0.5, 2),
      (x) => Math.min(Math.max(x, 0.5), 2),
      (x) => (x > 0.5 && x < 2 ? 1 : 0),
    ],
    [
      'where',
      (x) => ops.where(ops.less(x, 1), x, ops.square(x)),
      (x) => (x < 1 ? x : x * x),
      (x) => (x < 1 ? 1 : 2 * x),
    ],
  ])('%s', (_, fn, value, slope) => {
    for (const x of [0.1, 0.7, 1.3, 2.9]) {
      const [gotValue, gotSlope] = at(fn, x);
      expect(Math.abs(gotValue - value(x))).toBeLessThanOrEqual(1e-15 * Math.max(1, Math.abs(value(x))));
      expect(Math.abs(gotSlope - slope(x))).toBeLessThanOrEqual(4e-15 * Math.max(1, Math.abs(slope(x))));
    }
  });
});

describe('wrong answers that real libraries gave', () => {
  test('pow does not always have the slope 2x', () => {
    expect(at((x) => ops.pow(x, 5), 2)).toEqual([32, 80]);
    expect(at((x) => ops.pow(x, 0), 2)).toEqual([1, 0]);
    expect(at((x) => ops.pow(x, 1), 2)).toEqual([2, 1]);
  });

  test('powers of 0 and of negative numbers', () => {
    expect(at((x) => ops.pow(x, 2), 0)).toEqual([0, 0]);
    expect(at((x) => ops.pow(x, 1), 0)).toEqual([0, 1]);
    expect(at((x) => ops.pow(x, 0), 0)).toEqual([1, 0]);
    expect(at((x) => ops.pow(x, 3), -2)).toEqual([-8, 12]);
  });

  test('the kinks of abs and relu have the slope 0', () => {
    expect(at(ops.abs, 0)).toEqual([0, 0]);
    expect(at(ops.relu, 0)).toEqual([0, 0]);
    expect(at((x) => ops.leakyRelu(x, 0.2), 0)).toEqual([0, 0.2]);
  });

  test('softplus and sigmoid do not overflow, nor lose their tails', () => {
    expect(at(ops.softplus, 1000)).toEqual([1000, 1]);
    expect(at(ops.softplus, -1000)).toEqual([0, 0]);
    expect(at(ops.sigmoid, -1000)).toEqual([0, 0]);
    expect(at(ops.sigmoid, 1000)).toEqual([1, 0]);
    const [value, slope] = at(ops.softplus, -40);
    expect(value / exp(-40)).toBeCloseTo(1, 14);
    expect(slope / exp(-40)).toBeCloseTo(1, 14);
    // σ(40)·σ(−40), where 1 − σ(40) is 0.
    expect(at(ops.sigmoid, 40)[1] / exp(-40)).toBeCloseTo(1, 14);
  });

  test('ties share: no cotangent is made or lost', () => {
    for (const tie of [ops.maximum, ops.minimum]) {
      const [da, db] = grad((a, b) => sum(tie(a!, b!)))(doubles([3]), doubles([3]));
      expect([da!.item(), db!.item()]).toEqual([0.5, 0.5]);
    }
  });

  test('what is not taken may be NaN or infinite', () => {
    const [da, db] = grad((a, b) => sum(ops.where(doubles([1, 0, 0]), a!, b!)))(
      doubles([4, Number.NaN, Infinity]),
      doubles([Number.NaN, 5, 6]),
    );
    expect([da!.toArray(), db!.toArray()]).toEqual([
      [1, 0, 0],
      [0, 1, 1],
    ]);
  });

  test('a logarithm that is not taken needs a safe argument', () => {
    const safeLog = (x: Variable): Variable => {
      const positive = ops.greater(x, 0);
      return ops.where(positive, ops.log(ops.where(positive, x, 1)), 0);
    };
    expect(at(safeLog, 0)).toEqual([0, 0]);
    expect(at(safeLog, 2)).toEqual([Math.LN2, 0.5]);
  });
});

describe('comparisons', () => {
  const [a, b] = [doubles([1, 2, 3, Number.NaN]), doubles([2, 2, 2, 2])];
  const places = doubles([1000, 100, 10, 1]);

  test.each<[string, (a: Variable, b: Variable) => Variable, number[]]>([
    ['less', ops.less, [1, 0, 0, 0]],
    ['lessEqual', ops.lessEqual, [1, 1, 0, 0]],
    ['greater', ops.greater, [0, 0, 1, 0]],
    ['greaterEqual', ops.greaterEqual, [0, 1, 1, 0]],
    ['equal', ops.equal, [0, 1, 0, 0]],
    ['notEqual', ops.notEqual, [1, 0, 1, 1]],
    ['logicalAnd', (x, y) => ops.logicalAnd(ops.sub(x, 1), y), [0, 1, 1, 1]],
    ['logicalOr', (x, y) => ops.logicalOr(ops.sub(x, 1), ops.sub(y, 2)), [0, 1, 1, 1]],
    ['logicalNot', (x) => ops.logicalNot(ops.sub(x, 1)), [1, 0, 0, 0]],
    ['isNaN', (x) => ops.isNaN(x), [0, 0, 0, 1]],
    ['isFinite', (x) => ops.isFinite(x), [1, 1, 1, 0]],
  ])('%s gives 1 or 0, no gradient, and 0 for NaN', (_, compare, expected) => {
    const { value, gradients } = valueAndGrad((x, y) => sum(ops.mul(compare(x!, y!), places)))(a, b);
    // One decimal place for each entry.
    expect(value.item()).toBe(Number(expected.join('')));
    expect(gradients.map((g) => g.toArray())).toEqual([
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
  });
});

test('NaN goes through what selects, too', () => {
  for (const fn of [
    ops.relu,
    ops.abs,
    (x: Variable) => ops.maximum(x, 0),
    (x: Variable) => ops.clamp(x, 0, 1),
  ]) {
    expect(at(fn, Number.NaN)[0]).toBeNaN();
  }
});
