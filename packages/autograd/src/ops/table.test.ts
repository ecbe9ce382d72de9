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
    acos: acos(x)
    acosh: acosh(x)
    add: a + b
    asin: asin(x)
    asinh: asinh(x)
    atan: atan(x)
    atan2: atan2(a, b)
    atanh: atanh(x)
    ceil: ceil(x)
    clamp: minimum(maximum(a, b), c)
    cos: cos(x)
    cosh: cosh(x)
    digamma: digamma(x)
    div: a / b
    elu: select(lessEqual(a, 0), b * expm1(a), a)
    equal: equal(a, b)
    erf: erf(x)
    erfc: erfc(x)
    exp: exp(x)
    expm1: expm1(x)
    floor: floor(x)
    gelu: x * (0.5 * erfc((-0.7071067811865476) * x))
    greater: less(b, a)
    greaterEqual: lessEqual(b, a)
    hardtanh: select(lessEqual(1, abs(x)), sign(x), x)
    hypot: hypot(a, b)
    isFinite: isFinite(x)
    isNaN: isNaN(x)
    leakyRelu: select(lessEqual(a, 0), b * a, a)
    lerp: a + c * (b - a)
    less: less(a, b)
    lessEqual: lessEqual(a, b)
    lgamma: lgamma(x)
    log: log(x)
    log1p: log1p(x)
    logSigmoid: -softplus(-x)
    logaddexp: select(equal(a, b) * equal(abs(a), Infinity), 0.5 * (a + b), select(less(a, b), b + softplus(a - b), a + softplus(b - a)))
    logicalAnd: (1 - equal(a, 0)) * (1 - equal(b, 0))
    logicalNot: equal(x, 0)
    logicalOr: maximum(1 - equal(a, 0), 1 - equal(b, 0))
    maximum: maximum(a, b)
    minimum: minimum(a, b)
    mish: x * tanh(softplus(x))
    mul: a * b
    neg: -x
    notEqual: 1 - equal(a, b)
    pow: power(a, b)
    reciprocal: 1 / x
    relu: select(lessEqual(x, 0), 0, x)
    round: round(x)
    selu: 1.0507009873554805 * select(lessEqual(x, 0), 1.6732632423543772 * expm1(x), x)
    sigmoid: sigmoid(x)
    sign: sign(x)
    silu: x * sigmoid(x)
    sin: sin(x)
    sinh: sinh(x)
    softplus: softplus(x)
    sqrt: sqrt(x)
    square: x * x
    sub: a - b
    tan: tan(x)
    tanh: tanh(x)
    where: select(a, b, c)
    xlogy: select(equal(a, 0) * maximum(lessEqual(b, 0), equal(b, Infinity)), 0, a * log(b))"
  `);
});

test('records hold the rules that the functions run by', () => {
  for (const { name, rules, samples } of operationTable) {
    for (const { run, inputs } of samples) {
      const output = run(...inputs.map((x) => new Variable(x, { requiresGrad: true })));
      // Whole numbers end the tape, so it need not show an operation that gives them.
      if (rules === undefined || rules.derivative === '0') continue;
      expect(
        tapeOf(output).filter((node) => node.rules === rules),
        name,
      ).not.toHaveLength(0);
    }
  }
});

test('every record can tell its derivative', () => {
  const silent = operationTable.filter(
    ({ rules }) =>
      rules !== undefined && !rules.linear && !rules.expression && rules.derivative === undefined,
  );
  expect(silent.map(({ name }) => name)).toEqual([]);
});
