import { describe, expect, test } from 'vitest';
import { constant, type Expression, input, internCall } from '../../expression/expression.ts';
import { formatExpression } from '../../expression/format.ts';
import * as f from '../../expression/functions.ts';
import { substituteExactly } from './exact-formulas.ts';

const [a, b] = [input(0), input(1)];
const numbers = [0, -0, 1, -1, 0.1, -2.5, 1e300, Infinity, -Infinity, Number.NaN];

/** The value of a formula by the definition of its functions. */
function evaluate(node: Expression, values: readonly number[]): number {
  if (node.kind === 'input') return values[node.index]!;
  if (node.kind === 'constant') return node.value;
  return node.callee.evaluate(...node.operands.map((operand) => evaluate(operand, values)));
}

const binaries = [f.add, f.subtract, f.multiply, f.divide, f.power, f.maximum, f.less];

describe('a formula with numbers in it', () => {
  test.each(binaries)('%o gives the same for every number, on both sides', (binary) => {
    const formula = binary(a, b);
    for (const number of numbers) {
      for (const [left, right] of [
        [constant(number), a],
        [a, constant(number)],
      ] as const) {
        const simplified = substituteExactly(formula, [left, right]);
        for (const value of numbers) {
          const values = [value];
          expect(evaluate(simplified, values)).toBe(
            evaluate(formula, [evaluate(left, values), evaluate(right, values)]),
          );
        }
      }
    }
  });

  test.each<[string, Expression, readonly Expression[], string]>([
    ['1 · x', f.multiply(a, b), [constant(1), a], 'x'],
    ['x · −1', f.multiply(a, b), [a, constant(-1)], '-x'],
    ['x / 1', f.divide(a, b), [a, constant(1)], 'x'],
    ['x / −1', f.divide(a, b), [a, constant(-1)], '-x'],
    ['x − 0', f.subtract(a, b), [a, constant(0)], 'x'],
    ['x + −0', f.add(a, b), [a, constant(-0)], 'x'],
    ['x¹', f.power(a, b), [a, constant(1)], 'x'],
    ['−(−1 · x)', f.negate(f.multiply(a, b)), [constant(-1), a], 'x'],
    ['1 ? x : y', f.select(input(2), a, b), [a, b, constant(1)], 'x'],
    ['0 ? x : y', f.select(input(2), a, b), [a, b, constant(0)], 'y'],
    ['z ? x : x', f.select(input(2), a, b), [a, a, input(2)], 'x'],
    ['0 · x', f.multiply(a, b), [constant(0), a], '0 * x'],
    ['x + 0', f.add(a, b), [a, constant(0)], 'x + 0'],
    ['x − x', f.subtract(a, b), [a, a], 'x - x'],
    ['0 / x', f.divide(a, b), [constant(0), a], '0 / x'],
  ])('%s', (_, formula, inputs, expected) => {
    expect(formatExpression(substituteExactly(formula, inputs))).toBe(expected);
  });

  test('is computed ahead where float32 and double precision agree', () => {
    const text = (formula: Expression, ...values: number[]) =>
      formatExpression(substituteExactly(formula, values.map(constant)));
    expect(text(f.subtract(a, b), 1, Math.fround(0.9))).toBe(String(1 - Math.fround(0.9)));
    expect(text(f.divide(a, b), 1, 3)).toBe('1 / 3');
    expect(text(f.divide(a, b), 1, 4)).toBe('0.25');
    expect(text(f.add(a, b), 0.1, 0)).toBe('0.1 + 0');
  });

  test('leaves to backends what each may round in its own way', () => {
    expect(formatExpression(substituteExactly(f.exp(a), [constant(0)]))).toBe('exp(0)');
  });

  test('keeps shared parts shared', () => {
    const shared = f.exp(a);
    const formula = f.add(shared, f.multiply(shared, b));
    const simplified = substituteExactly(formula, [b, a]);
    const exponential = internCall((shared as typeof shared & { kind: 'call' }).callee, [b]);
    expect(simplified).toBe(f.add(exponential, f.multiply(exponential, a)));
  });
});
