import { describe, expect, test } from 'vitest';
import { tangent } from '../../expression/differentiate.ts';
import { constant, type Expression, input } from '../../expression/expression.ts';
import { formatExpression } from '../../expression/format.ts';
import * as f from '../../expression/functions.ts';
import {
  codeGenerationAllowed,
  generateMapKernel,
  interpretMapKernel,
  type MapKernel,
} from './map-kernel.ts';

const [x, y, z] = [input(0), input(1), input(2)];
const special = [0, -0, 1, -1, 0.5, -2.75, 3, 1e-310, 1e300, -1e300, Infinity, -Infinity, Number.NaN];
const rows = special.flatMap((a) =>
  special.flatMap((b) => [1, -0, Number.NaN].map((c) => [a, b, c] as const)),
);
const columns = [0, 1, 2].map((k) => Float64Array.from(rows, (row) => row[k]!));

function run(kernel: MapKernel): number[] {
  const out = new Float64Array(rows.length);
  kernel(rows.length, out, 0, columns, [0, 0, 0], [1, 1, 1]);
  return Array.from(out);
}

const unary = [
  f.negate,
  f.exp,
  f.expm1,
  f.log,
  f.log1p,
  f.sqrt,
  f.tanh,
  f.sigmoid,
  f.softplus,
  f.erf,
  f.erfc,
  f.sign,
  f.abs,
  f.floor,
  f.ceil,
  f.round,
  f.sin,
  f.cos,
  f.tan,
  f.asin,
  f.acos,
  f.atan,
  f.sinh,
  f.cosh,
  f.asinh,
  f.acosh,
  f.atanh,
  f.lgamma,
  f.digamma,
  (a: Expression) => f.polygamma(2, a),
  f.isFinite,
  f.isNaN,
  f.logicalNot,
];
const binary = [
  f.add,
  f.subtract,
  f.multiply,
  f.divide,
  f.power,
  f.maximum,
  f.minimum,
  f.less,
  f.lessEqual,
  f.equal,
  f.notEqual,
  f.logicalAnd,
  f.logicalOr,
  f.hypot,
  f.atan2,
];
const shared = f.exp(f.multiply(x, y));
const composed: readonly Expression[] = [
  x,
  constant(-0),
  constant(Number.NaN),
  constant(-Infinity),
  f.subtract(x, constant(-0)),
  f.subtract(x, constant(-2)),
  f.divide(constant(-1), f.multiply(constant(-0.25), x)),
  f.select(x, y, z),
  f.select(f.less(x, y), f.maximum(x, z), f.minimum(y, f.negate(z))),
  f.add(f.multiply(shared, shared), f.divide(shared, f.add(shared, z))),
  f.multiply(x, f.sigmoid(x)),
  z,
];
const formulas = [
  ...unary.map((g) => g(x)),
  ...binary.map((g) => g(x, y)),
  ...composed,
  ...[...unary.map((g) => g(x)), ...binary.map((g) => g(x, y))].map((formula) =>
    tangent(
      formula,
      new Map([
        [0, z],
        [1, x],
      ]),
    ),
  ),
];

describe('the generated loop and the closures give the same bits', () => {
  test.each(formulas.map((formula) => [formatExpression(formula), formula] as const))('%s', (_, formula) => {
    // toEqual tells 0 from -0, and takes NaN for equal to itself.
    expect(run(interpretMapKernel(formula))).toEqual(run(generateMapKernel(formula)));
  });
});

describe.each([
  ['generated', generateMapKernel],
  ['interpreted', interpretMapKernel],
])('%s', (_, create) => {
  test('values are those of JavaScript itself', () => {
    const formula = f.select(f.less(x, y), f.maximum(x, z), f.minimum(y, f.negate(z)));
    expect(run(create(formula))).toEqual(rows.map(([a, b, c]) => (a < b ? Math.max(a, c) : Math.min(b, -c))));
  });

  test('starts and strides are kept apart, for the output too', () => {
    const out = new Float32Array(6).fill(-1);
    const a = new Int32Array([9, 1, 2, 3]);
    const b = new Float64Array([100, 200, 300, 400, 500]);
    create(f.add(x, y))(3, out, 2, [a, b], [1, 4], [1, -2]);
    expect(Array.from(out)).toEqual([-1, -1, 501, 302, 103, -1]);
    create(x)(0, out, 0, [a], [0], [1]);
    expect(out[0]).toBe(-1);
  });

  test('a kernel can be used again with other operands', () => {
    const kernel = create(f.multiply(x, constant(3)));
    const out = new Float64Array(2);
    kernel(2, out, 0, [new Float64Array([1, 2])], [0], [1]);
    kernel(1, out, 1, [new Float32Array([10])], [0], [0]);
    expect(Array.from(out)).toEqual([3, 30]);
  });

  test('shared parts are computed once: 60 doublings take no time', () => {
    let doubled: Expression = x;
    for (let i = 0; i < 60; i++) doubled = f.add(doubled, doubled);
    const out = new Float64Array(1);
    create(doubled)(1, out, 0, [new Float64Array([1])], [0], [1]);
    expect(out[0]).toBe(2 ** 60);
  });
});

test('this test runs where code may be generated', () => {
  expect(codeGenerationAllowed()).toBe(true);
});
