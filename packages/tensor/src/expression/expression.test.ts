import { describe, expect, test } from 'vitest';
import { constant, input, inputCount, topologicalOrder, usedInputs } from './expression.ts';
import * as f from './functions.ts';

const { add, exp, isWhole, multiply, negate, sigmoid, subtract, tanh } = f;
const [x, y] = [input(0), input(1)];

describe('interning', () => {
  test('equal formulas are one object', () => {
    expect(input(0)).toBe(x);
    expect(add(multiply(x, y), exp(x))).toBe(add(multiply(x, y), exp(x)));
    expect(add(x, y)).not.toBe(add(y, x));
    expect(exp(x)).not.toBe(tanh(x));
  });

  test('constants are told apart by value, also 0 from -0, and NaN equals itself', () => {
    expect(constant(0.1)).toBe(constant(0.1));
    expect(constant(0)).not.toBe(constant(-0));
    expect(constant(Number.NaN)).toBe(constant(Number.NaN));
    expect(constant(Infinity)).not.toBe(constant(-Infinity));
  });
});

describe('topologicalOrder', () => {
  test('lists each distinct node once, operands before their calls', () => {
    const shared = exp(x);
    const root = add(multiply(shared, y), shared);
    const order = topologicalOrder(root);
    expect(new Set(order).size).toBe(order.length);
    expect(order).toHaveLength(5);
    expect(order.at(-1)).toBe(root);
    for (const node of order) {
      if (node.kind !== 'call') continue;
      for (const operand of node.operands) {
        expect(order.indexOf(operand)).toBeLessThan(order.indexOf(node));
      }
    }
  });

  test('does not recurse: a chain of 50 000 calls', () => {
    let chain = exp(x);
    for (let i = 0; i < 50_000; i++) chain = tanh(chain);
    expect(topologicalOrder(chain)).toHaveLength(50_002);
  });

  test('shared parts cost no more: 60 doublings', () => {
    let doubled = exp(x);
    for (let i = 0; i < 60; i++) doubled = add(doubled, doubled);
    expect(topologicalOrder(doubled)).toHaveLength(62);
  });
});

test('usedInputs and inputCount', () => {
  const formula = subtract(input(4), negate(input(1)));
  expect(usedInputs(formula)).toEqual([1, 4]);
  expect(inputCount(formula)).toBe(5);
  expect(usedInputs(constant(3))).toEqual([]);
  expect(inputCount(constant(3))).toBe(0);
});

test('isWhole: whole numbers in, whole numbers out', () => {
  expect(isWhole(add(multiply(x, constant(3)), negate(y)))).toBe(true);
  expect(isWhole(add(x, constant(0.5)))).toBe(false);
  expect(isWhole(add(x, sigmoid(y)))).toBe(false);
  for (const whole of [f.sign, f.floor, f.ceil, f.round, f.isFinite, f.isNaN, f.logicalNot]) {
    expect(isWhole(whole(x))).toBe(true);
  }
  for (const whole of [f.notEqual, f.logicalAnd, f.logicalOr]) expect(isWhole(whole(x, y))).toBe(true);
  expect(isWhole(f.polygamma(2, x))).toBe(false);
});
