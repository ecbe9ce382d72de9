import { describe, expect, test } from 'vitest';
import * as autograd from '../index.ts';
import type { OperationRecord } from '../operation.ts';
import { tapeOf } from '../tape.ts';
import { Variable } from '../variable.ts';
import { operationTable } from './table.ts';

const exported = Object.entries(autograd).flatMap(([name, value]) =>
  typeof value === 'function' && 'operation' in value
    ? [[name, value.operation as OperationRecord] as const]
    : [],
);

test('names are unique', () => {
  const names = operationTable.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test('the table and the public operations are the same', () => {
  expect(exported.map(([name]) => name).toSorted()).toEqual(
    operationTable.map(({ name }) => name).toSorted(),
  );
  for (const [name, operation] of exported) {
    expect(operation.name).toBe(name);
    expect(operationTable).toContain(operation);
  }
});

describe.each(operationTable.map((operation) => [operation.name, operation] as const))(
  '%s',
  (_, operation) => {
    test('has a formula, a domain and samples with entries', () => {
      expect(operation.formula).not.toBe('');
      expect(operation.domain).not.toBe('');
      expect(operation.samples.length).toBeGreaterThan(0);
      for (const { inputs } of operation.samples) {
        expect(inputs.length).toBeGreaterThan(0);
        for (const input of inputs) {
          expect(input.dtype).toBe('float64');
          expect(input.size).toBeGreaterThan(0);
        }
      }
    });
  },
);

test('the formulas of elementwise operations, as they are printed', () => {
  const lines = operationTable.flatMap(({ kind, name, formula }) =>
    kind === 'elementwise' ? [`${name}: ${formula}`] : [],
  );
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "abs: abs(x)
    add: a + b
    clamp: minimum(maximum(a, b), c)
    div: a / b
    equal: equal(a, b)
    exp: exp(x)
    expm1: expm1(x)
    gelu: x * (0.5 * erfc((-0.7071067811865476) * x))
    greater: less(b, a)
    greaterEqual: lessEqual(b, a)
    leakyRelu: select(lessEqual(a, 0), b * a, a)
    less: less(a, b)
    lessEqual: lessEqual(a, b)
    log: log(x)
    log1p: log1p(x)
    maximum: maximum(a, b)
    minimum: minimum(a, b)
    mul: a * b
    neg: -x
    pow: power(a, b)
    relu: select(lessEqual(x, 0), 0, x)
    sigmoid: sigmoid(x)
    silu: x * sigmoid(x)
    softplus: softplus(x)
    sqrt: sqrt(x)
    square: x * x
    sub: a - b
    tanh: tanh(x)
    where: select(a, b, c)"
  `);
});

test('records hold the rules that the functions run by, or are compositions of such', () => {
  const compositions = operationTable.filter(({ rules }) => rules === undefined).map(({ name }) => name);
  expect(compositions).toEqual(['logSoftmax', 'logsumexp', 'mean', 'softmax', 'stack', 'transpose']);
  for (const { name, rules, samples } of operationTable) {
    if (rules === undefined) continue;
    for (const { run, inputs } of samples) {
      const tape = tapeOf(run(...inputs.map((x) => new Variable(x, { requiresGrad: true }))));
      const own = tape.filter((node) => node.rules === rules);
      expect(own.length, name).toBeGreaterThan(0);
    }
  }
});
