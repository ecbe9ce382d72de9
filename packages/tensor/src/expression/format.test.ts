import { describe, expect, test } from 'vitest';
import { constant, type Expression, input } from './expression.ts';
import { formatExpression } from './format.ts';
import { add, divide, exp, log1p, maximum, multiply, negate, power, select, subtract } from './functions.ts';

const [x, y, z] = [input(0), input(1), input(2)];

describe('brackets stand where the meaning needs them, and around negative numbers', () => {
  test.each<[string, Expression]>([
    ['x + y * z', add(x, multiply(y, z))],
    ['(x + y) * z', multiply(add(x, y), z)],
    ['x - y - z', subtract(subtract(x, y), z)],
    ['x - (y - z)', subtract(x, subtract(y, z))],
    ['x / y / z', divide(divide(x, y), z)],
    ['x / (y * z)', divide(x, multiply(y, z))],
    ['x * (y / z)', multiply(x, divide(y, z))],
    ['x + (-1)', add(x, constant(-1))],
    ['(-0.5) * x', multiply(constant(-0.5), x)],
    ['-(x + y)', negate(add(x, y))],
    ['x - (-y)', subtract(x, negate(y))],
    ['-exp(x)', negate(exp(x))],
    ['log1p(exp(-x))', log1p(exp(negate(x)))],
    ['select(x, maximum(y, z), power(y, 2))', select(x, maximum(y, z), power(y, constant(2)))],
    ['Infinity', constant(Infinity)],
  ])('%s', (text, formula) => {
    expect(formatExpression(formula)).toBe(text);
  });
});

// The text of arithmetic is JavaScript, so the brackets can be checked by value.
test('printed arithmetic evaluates to the same number', () => {
  const formula = subtract(divide(add(x, y), multiply(constant(-2), z)), subtract(x, negate(divide(y, z))));
  const evaluate = new Function('x', 'y', 'z', `return ${formatExpression(formula)};`);
  const [a, b, c] = [0.7, -1.3, 2.9];
  expect(evaluate(a, b, c)).toBe((a + b) / (-2 * c) - (a - -(b / c)));
});

test('inputs take the names given, and numbers beyond them', () => {
  expect(formatExpression(add(x, y), ['mu', 'sigma'])).toBe('mu + sigma');
  expect(formatExpression(add(x, input(7)))).toBe('x + x7');
});
