import { describe, expect, test } from 'vitest';
import { compactInputs, differentiate, substitute, tangent } from './differentiate.ts';
import { constant, type Expression, input, transformExpression } from './expression.ts';
import { formatExpression } from './format.ts';
import * as f from './functions.ts';

const [x, y] = [input(0), input(1)];

function evaluate(expression: Expression, ...inputs: number[]): number {
  return transformExpression<number>(
    expression,
    (leaf) => (leaf.kind === 'input' ? inputs[leaf.index]! : leaf.value),
    ({ callee }, operands) => callee.evaluate(...operands),
  );
}

const halved = f.multiply(constant(0.5), x);

/** The derivative again and again: of what order, and its closed form. */
const closedForms: readonly [string, Expression, number, (x: number) => number][] = [
  ['x³ = x·x·x', f.multiply(f.multiply(x, x), x), 1, (t) => 3 * t * t],
  ['x³ twice', f.multiply(f.multiply(x, x), x), 2, (t) => 6 * t],
  ['x³ three times', f.multiply(f.multiply(x, x), x), 3, () => 6],
  ['1/x', f.divide(constant(1), x), 1, (t) => -1 / t ** 2],
  ['1/x twice', f.divide(constant(1), x), 2, (t) => 2 / t ** 3],
  ['x^2.5', f.power(x, constant(2.5)), 1, (t) => 2.5 * t ** 1.5],
  ['x^2.5 twice', f.power(x, constant(2.5)), 2, (t) => 3.75 * t ** 0.5],
  ['2^x', f.power(constant(2), x), 1, (t) => Math.LN2 * 2 ** t],
  ['exp(-x)', f.exp(f.negate(x)), 3, (t) => -Math.exp(-t)],
  ['expm1', f.expm1(x), 1, Math.exp],
  ['log', f.log(x), 2, (t) => -1 / t ** 2],
  ['log1p', f.log1p(x), 1, (t) => 1 / (1 + t)],
  ['sqrt', f.sqrt(x), 1, (t) => 1 / (2 * Math.sqrt(t))],
  ['sqrt twice', f.sqrt(x), 2, (t) => -1 / (4 * t ** 1.5)],
  ['tanh', f.tanh(x), 1, (t) => 1 / Math.cosh(t) ** 2],
  ['tanh twice', f.tanh(x), 2, (t) => (-2 * Math.tanh(t)) / Math.cosh(t) ** 2],
  ['sigmoid', f.sigmoid(x), 1, (t) => Math.exp(-t) / (1 + Math.exp(-t)) ** 2],
  ['softplus', f.softplus(x), 1, (t) => 1 / (1 + Math.exp(-t))],
  ['erf', f.erf(x), 1, (t) => (2 / Math.sqrt(Math.PI)) * Math.exp(-t * t)],
  ['erfc twice', f.erfc(x), 2, (t) => ((4 * t) / Math.sqrt(Math.PI)) * Math.exp(-t * t)],
  ['abs', f.abs(f.negate(x)), 1, () => 1],
  ['max(x, 1 - x)', f.maximum(x, f.subtract(constant(1), x)), 1, (t) => (t > 0.5 ? 1 : -1)],
  ['min(x, 1 - x)', f.minimum(x, f.subtract(constant(1), x)), 1, (t) => (t < 0.5 ? 1 : -1)],
  ['a comparison', f.less(x, constant(1)), 1, () => 0],
  ['isFinite', f.isFinite(x), 1, () => 0],
  ['a conjunction', f.logicalAnd(x, f.notEqual(x, constant(1))), 1, () => 0],
  ['rounding', f.add(f.floor(x), f.add(f.ceil(x), f.round(x))), 1, () => 0],
  ['sin', f.sin(x), 1, Math.cos],
  ['sin three times', f.sin(x), 3, (t) => -Math.cos(t)],
  ['cos', f.cos(x), 1, (t) => -Math.sin(t)],
  ['tan', f.tan(x), 1, (t) => 1 / Math.cos(t) ** 2],
  ['asin(x/2)', f.asin(halved), 1, (t) => 1 / Math.sqrt(4 - t * t)],
  ['asin(x/2) twice', f.asin(halved), 2, (t) => t / (4 - t * t) ** 1.5],
  ['acos(x/2)', f.acos(halved), 1, (t) => -1 / Math.sqrt(4 - t * t)],
  ['atan', f.atan(x), 1, (t) => 1 / (1 + t * t)],
  ['atan twice', f.atan(x), 2, (t) => (-2 * t) / (1 + t * t) ** 2],
  ['atan three times', f.atan(x), 3, (t) => (6 * t * t - 2) / (1 + t * t) ** 3],
  ['atan2(x, 3)', f.atan2(x, constant(3)), 1, (t) => 3 / (9 + t * t)],
  ['atan2(3, x) twice', f.atan2(constant(3), x), 2, (t) => (6 * t) / (9 + t * t) ** 2],
  ['hypot(x, 3) twice', f.hypot(x, constant(3)), 2, (t) => 9 / (9 + t * t) ** 1.5],
  ['sinh', f.sinh(x), 1, Math.cosh],
  ['cosh', f.cosh(x), 1, Math.sinh],
  ['asinh', f.asinh(x), 1, (t) => 1 / Math.sqrt(1 + t * t)],
  ['asinh twice', f.asinh(x), 2, (t) => -t / (1 + t * t) ** 1.5],
  ['acosh(x + 1)', f.acosh(f.add(x, constant(1))), 1, (t) => 1 / Math.sqrt(t * (t + 2))],
  ['acosh(x + 1) twice', f.acosh(f.add(x, constant(1))), 2, (t) => -(t + 1) / (t * (t + 2)) ** 1.5],
  ['atanh(x/2)', f.atanh(halved), 1, (t) => 2 / (4 - t * t)],
  ['atanh(x/2) twice', f.atanh(halved), 2, (t) => (4 * t) / (4 - t * t) ** 2],
];

describe.each(closedForms)('the derivative of %s', (_, formula, order, closedForm) => {
  test.each([0.2, 0.7, 1.9])('at %d', (at) => {
    let derivative = formula;
    for (let i = 0; i < order; i++) derivative = differentiate(derivative, 0);
    const expected = closedForm(at);
    expect(Math.abs(evaluate(derivative, at) - expected)).toBeLessThanOrEqual(
      4e-15 * Math.max(1, Math.abs(expected)),
    );
  });
});

describe('as text', () => {
  test.each<[string, Expression]>([
    ['y', f.multiply(x, y)],
    ['3 * exp(3 * x)', f.exp(f.multiply(constant(3), x))],
    ['1 / x', f.log(x)],
    ['1 - tanh(x) * tanh(x)', f.tanh(x)],
    ['sigmoid(x)', f.softplus(x)],
    ['sign(x)', f.abs(x)],
    ['select(y, x + x, 1)', f.select(y, f.multiply(x, x), x)],
    ['0', f.add(y, constant(2))],
    ['digamma(x)', f.lgamma(x)],
    ['polygamma(1, x)', f.digamma(x)],
    ['polygamma(4, x)', f.polygamma(3, x)],
  ])('%s', (text, formula) => {
    expect(formatExpression(differentiate(formula, 0))).toBe(text);
  });
});

describe('at the edges', () => {
  const derivativeAt = (formula: Expression, index: number, ...at: number[]): number =>
    evaluate(differentiate(formula, index), ...at);

  test('x⁰ has slope 0 at 0, and 0ᵇ has none in b', () => {
    expect(derivativeAt(f.power(x, y), 0, 0, 0)).toBe(0);
    expect(derivativeAt(f.power(x, y), 0, 0, 2)).toBe(0);
    expect(derivativeAt(f.power(x, y), 1, 0, 2)).toBe(0);
  });

  test('ties share: half to each side', () => {
    for (const formula of [f.maximum(x, y), f.minimum(x, y)]) {
      expect(derivativeAt(formula, 0, 3, 3)).toBe(0.5);
      expect(derivativeAt(formula, 1, 3, 3)).toBe(0.5);
    }
  });

  test('|x| is flat at 0', () => {
    expect(derivativeAt(f.abs(x), 0, 0)).toBe(0);
  });

  test('the branch of a select that is not taken does no harm', () => {
    const safeLog = f.select(f.less(constant(0), x), f.log(x), constant(0));
    expect(derivativeAt(safeLog, 0, 0)).toBe(0);
    expect(derivativeAt(f.select(f.less(constant(0), x), f.sqrt(x), x), 0, 0)).toBe(1);
  });

  test('far tails neither overflow nor turn into NaN', () => {
    for (const at of [-800, 800]) {
      expect(evaluate(f.softplus(x), at)).toBe(Math.max(at, 0));
      expect(derivativeAt(f.softplus(x), 0, at)).toBe(at > 0 ? 1 : 0);
      expect(derivativeAt(f.sigmoid(x), 0, at)).toBe(0);
      expect(derivativeAt(f.tanh(x), 0, at)).toBe(0);
    }
    // −(a/b)/b, where b² would overflow.
    expect(derivativeAt(f.divide(x, y), 1, 1e200, 1e200)).toBe(-1e-200);
    // x/(x² + y²) and −y/(x² + y²), where the squares would overflow and vanish.
    for (const size of [1e-200, 1e200]) {
      const slopes = [0, 1].map((index) => derivativeAt(f.atan2(x, y), index, 3 * size, 4 * size) * size);
      expect(slopes[0]).toBeCloseTo(4 / 25, 15);
      expect(slopes[1]).toBeCloseTo(-3 / 25, 15);
      expect(derivativeAt(f.hypot(x, y), 0, 3 * size, 4 * size)).toBeCloseTo(0.6, 15);
    }
    expect(derivativeAt(f.asinh(x), 0, 1e200)).toBe(1e-200);
    expect(derivativeAt(f.acosh(x), 0, 1e200)).toBeCloseTo(1e-200, 214);
  });

  test('at infinity all derivatives of what levels off are 0', () => {
    for (const fn of [f.atan, f.asinh, f.tanh, f.sigmoid, f.erf, f.erfc]) {
      let derivative = fn(x);
      for (let order = 1; order <= 3; order++) {
        derivative = differentiate(derivative, 0);
        for (const at of [Infinity, -Infinity]) expect(Math.abs(evaluate(derivative, at))).toBe(0);
      }
    }
    for (const fn of [f.log, f.log1p, f.sqrt, f.acosh, f.digamma]) {
      const slope = differentiate(fn(x), 0);
      for (const derivative of [slope, differentiate(slope, 0)]) {
        expect(Math.abs(evaluate(derivative, Infinity))).toBe(0);
      }
    }
    for (const [a, b] of [
      [Infinity, 2],
      [2, -Infinity],
      [Infinity, Infinity],
    ] as const) {
      for (const index of [0, 1]) expect(Math.abs(derivativeAt(f.atan2(x, y), index, a, b))).toBe(0);
    }
    expect(derivativeAt(f.hypot(x, y), 0, -Infinity, 2)).toBe(-1);
    expect(derivativeAt(f.hypot(x, y), 1, -Infinity, 2)).toBe(0);
  });

  test('where there is no direction, hypot and atan2 are flat', () => {
    for (const formula of [f.hypot(x, y), f.atan2(x, y)]) {
      for (const index of [0, 1]) expect(Math.abs(derivativeAt(formula, index, 0, 0))).toBe(0);
    }
  });

  test('NaN shows in the derivative too', () => {
    for (const fn of [f.erf, f.atan, f.asinh, f.lgamma, f.sin, f.acosh]) {
      expect(derivativeAt(fn(x), 0, Number.NaN)).toBeNaN();
    }
  });
});

test('tangent adds up what each input contributes', () => {
  const formula = f.multiply(x, f.exp(y));
  const [dx, dy] = [input(2), input(3)];
  const both = tangent(
    formula,
    new Map([
      [0, dx],
      [1, dy],
    ]),
  );
  const [a, b, da, db] = [1.7, -0.4, 0.3, 2.2] as const;
  expect(evaluate(both, a, b, da, db)).toBeCloseTo(Math.exp(b) * da + a * Math.exp(b) * db, 14);
  expect(tangent(formula, new Map())).toBe(constant(0));
});

test('compactInputs renumbers, substitute replaces and simplifies', () => {
  const { expression, inputs } = compactInputs(f.subtract(input(5), f.exp(input(2))));
  expect(inputs).toEqual([2, 5]);
  expect(formatExpression(expression)).toBe('y - exp(x)');
  expect(substitute(f.multiply(x, y), (index) => (index === 0 ? constant(1) : f.exp(x)))).toBe(f.exp(x));
});
