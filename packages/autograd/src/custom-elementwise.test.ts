import { ArgumentError, constant, type Expression, scalarFunctions as f, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { backward } from './backward.ts';
import { checkGradients } from './check/check-gradients.ts';
import { elementwise } from './custom-elementwise.ts';
import { sum } from './ops/reductions.ts';
import { type Differentiable, grad, jvp, valueAndGrad } from './transforms.ts';
import { parameter, variable } from './variable.ts';

const swish = elementwise('swish', (x, beta) => f.multiply(x, f.sigmoid(f.multiply(beta, x))));
const cube = elementwise('cube', (x) => f.multiply(x, f.multiply(x, x)));
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const double = (value: number) => variable(value, { dtype: 'float64' });

describe('an operation from its formula', () => {
  test('has its value and its gradients', () => {
    const { value, gradients } = valueAndGrad((x, beta) => swish(x!, beta!))(double(0.7), double(1.5));
    const s = logistic(1.05);
    expect(value.item()).toBeCloseTo(0.7 * s, 15);
    expect(gradients[0]!.item()).toBeCloseTo(s + 0.7 * 1.5 * s * (1 - s), 15);
    expect(gradients[1]!.item()).toBeCloseTo(0.7 * 0.7 * s * (1 - s), 15);
  });

  test('agrees with finite differences, first and second order', () => {
    const point = [
      [-1.3, 0.4, 2.2],
      [0.5, 1.5, -0.7],
    ];
    for (const order of [1, 2] as const) {
      expect(checkGradients((x, beta) => swish(x!, beta!), point, { order }).ok).toBe(true);
    }
  });

  test('of any order: x³ has 3x², 6x, 6 and then 0', () => {
    let fn: Differentiable = (x) => cube(x!);
    for (const expected of [12, 12, 6, 0]) {
      const before = fn;
      fn = (x) => grad(before)(x!)[0]!;
      expect(fn(double(2)).item()).toBe(expected);
    }
  });

  test('in forward mode', () => {
    const { tangent } = jvp((x) => cube(x!), [double(2)], [double(0.5)]);
    expect(tangent.item()).toBe(6);
  });

  test('broadcasts, and sums the gradients back', () => {
    const x = parameter([1, 2, 3]);
    const beta = parameter(0);
    const y = swish(x, beta);
    expect(y.toArray()).toEqual([0.5, 1, 1.5]);
    backward(sum(y));
    // x²σ′(0) = x²/4
    expect(beta.grad?.item()).toBe(14 / 4);
  });

  test('is named on the tape and in errors', () => {
    expect(cube(parameter([1, 2])).node?.rules.name).toBe('cube');
    expect(() => swish(tensor([1, 2]), tensor([1, 2, 3]))).toThrow('swish: shapes do not broadcast');
  });

  test('works for whole numbers where the formula does', () => {
    const whole = tensor([-2, 3], { dtype: 'int32' });
    expect(cube(whole).dtype).toBe('int32');
    expect(cube(whole).toArray()).toEqual([-8, 27]);
  });

  test('like any function, ignores further arguments', () => {
    expect([tensor(2), tensor(3)].map(cube).map((y) => y.item())).toEqual([8, 27]);
  });
});

describe('refuses', () => {
  // What someone writes who comes from plain JavaScript, where no compiler objects.
  const untyped = (formula: unknown) => formula as (x: Expression) => Expression;

  test.each<[string, unknown, string]>([
    ['x * 2', (x: number) => x * 2, 'NaN'],
    ['a number', (_x: unknown) => 2, '2'],
    ['nothing', (_x: unknown) => undefined, 'undefined'],
    ['a variable', (_x: unknown) => variable(1), 'object'],
    ['null', (_x: unknown) => null, 'object'],
  ])('%s for a formula', (_, formula, returned) => {
    expect(() => elementwise('twice', untyped(formula))).toThrow(ArgumentError);
    expect(() => elementwise('twice', untyped(formula))).toThrow(
      `elementwise: the formula of twice returned ${returned}, not an expression. JavaScript's operators do not work ` +
        'on formulas, nor do methods of variables: with scalarFunctions as f, write f.multiply(constant(2), x) for 2 * x.',
    );
  });

  test('a number or x * 2 inside a formula', () => {
    expect(() => elementwise('shrink', (x) => f.exp(untyped((y: number) => -y)(x)))).toThrow(
      'exp: an operand is NaN, not a formula.',
    );
    expect(() => elementwise('scale', (x) => f.multiply(2 as unknown as Expression, x))).toThrow(
      'multiply: an operand is 2, not a formula. A number goes in as constant(2)',
    );
  });

  test.each<[string, (...x: Expression[]) => Expression]>([
    ['no parameters', () => constant(1)],
    ['rest parameters', (...x) => f.add(x[0]!, x[1]!)],
    ['only default values', (x = constant(1)) => f.exp(x)],
  ])('a formula with %s, which cannot be counted', (_, formula) => {
    expect(() => elementwise('many', formula)).toThrow(ArgumentError);
    expect(() => elementwise('many', formula)).toThrow(
      'elementwise: the formula of many has no parameters to count. Give it one for each operand, without default ' +
        "values and not as ...rest: elementwise('many', (x, y) => …).",
    );
  });

  test('too few operands', () => {
    const short = swish as unknown as typeof cube;
    expect(() => short(tensor([1]))).toThrow('swish: the formula reads 2 inputs, but is given 1.');
  });
});
