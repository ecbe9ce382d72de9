import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../errors.ts';
import { constant, type Expression, input } from './expression.ts';
import { add, divide, exp, maximum, multiply, negate, power, select, subtract } from './functions.ts';

const [x, y] = [input(0), input(1)];
const [zero, one] = [constant(0), constant(1)];

describe('what derivatives leave behind is removed', () => {
  test.each<[string, Expression, Expression]>([
    ['x + 0', add(x, zero), x],
    ['0 + x', add(zero, x), x],
    ['x - 0', subtract(x, zero), x],
    ['0 - x', subtract(zero, x), negate(x)],
    ['x - x', subtract(exp(x), exp(x)), zero],
    ['x · 0', multiply(x, zero), zero],
    ['0 · x', multiply(zero, x), zero],
    ['x · 1', multiply(x, one), x],
    ['1 · x', multiply(one, x), x],
    ['x · -1', multiply(x, constant(-1)), negate(x)],
    ['x / 1', divide(x, one), x],
    ['0 / x', divide(zero, x), zero],
    ['-(-x)', negate(negate(x)), x],
    ['x¹', power(x, one), x],
    ['1 ? x : y', select(one, x, y), x],
    ['0 ? x : y', select(zero, x, y), y],
    ['NaN is not 0', select(constant(Number.NaN), x, y), x],
    ['x ? y : y', select(x, y, y), y],
  ])('%s', (_, formula, expected) => {
    expect(formula).toBe(expected);
  });
});

test('constants are computed', () => {
  expect(add(constant(2), multiply(constant(3), constant(4)))).toBe(constant(14));
  expect(exp(zero)).toBe(one);
  expect(maximum(constant(2), constant(5))).toBe(constant(5));
  expect(divide(one, zero)).toBe(constant(Infinity));
});

test('2·x and x·2 are one formula', () => {
  expect(multiply(x, constant(2))).toBe(multiply(constant(2), x));
});

test('what is not the same is left alone', () => {
  expect(subtract(x, y).kind).toBe('call');
  expect(divide(x, x).kind).toBe('call');
  expect(power(x, constant(2)).kind).toBe('call');
});

test.each([
  ['a number', 2],
  ["what JavaScript's operators make of a formula", Number.NaN],
  ['nothing', undefined],
  ['null', null],
])('%s is no formula', (_, operand) => {
  const notAnExpression = operand as unknown as Expression;
  expect(() => multiply(x, notAnExpression)).toThrow(ArgumentError);
  expect(() => exp(notAnExpression)).toThrow(
    `exp: an operand is ${operand}, not a formula. A number goes in as constant(2), and JavaScript's operators do ` +
      'not work on formulas: write multiply(constant(2), x) for 2 * x.',
  );
});
