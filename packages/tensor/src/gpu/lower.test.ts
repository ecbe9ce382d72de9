import { expect, test } from 'vitest';
import { constant, input } from '../expression/expression.ts';
import { add, lgamma, multiply } from '../expression/functions.ts';
import type { Operation, Value, View } from '../program/program.ts';
import { contiguousStrides, type Shape } from '../shape.ts';
import { NoKernelError } from './errors.ts';
import type { Target } from './launches.ts';
import { lower } from './lower.ts';

const target: Target = { mode: 'webgpu', mostOperands: 3, mostElements: 10_000 };
let id = 0;
const value = (shape: Shape): Value => ({ id: id++, shape, dtype: 'float32' });
const whole = (of: Value): View => ({
  value: of,
  shape: of.shape,
  strides: contiguousStrides(of.shape),
  offset: 0,
});

function launch(operation: Operation, shapes: readonly Shape[], result: Shape, on: Target = target) {
  const operands = shapes.map((shape) => whole(value(shape)));
  return lower({ operation, operands, results: [value(result)] }, on, []).map(({ kernel }) => kernel);
}

test('a map reads its source as text that can be read', () => {
  const expression = add(multiply(input(0), constant(0.5)), input(1));
  const [kernel] = launch(
    { kind: 'map', shape: [2, 3], outputs: [{ expression }] },
    [
      [2, 3],
      [2, 3],
    ],
    [2, 3],
  );
  expect(kernel!.source).toBe(`function (operand0, operand1) {
const v0 = operand0[this.thread.x];
const v1 = 0.5 * v0;
const v2 = operand1[this.thread.x];
const v3 = v1 + v2;
return v3;
}`);
});

test('a broadcast and transposed view is an index, not a copy', () => {
  const x = value([4]);
  const y = value([4, 3]);
  const operands: View[] = [
    { value: x, shape: [3, 4], strides: [0, 1], offset: 0 },
    { value: y, shape: [3, 4], strides: [1, 3], offset: 0 },
  ];
  const operation: Operation = {
    kind: 'map',
    shape: [3, 4],
    outputs: [{ expression: add(input(0), input(1)) }],
  };
  const [only, ...others] = lower({ operation, operands, results: [value([3, 4])] }, target, []);
  expect(others).toEqual([]);
  expect(only!.operands).toEqual([x, y]);
  expect(only!.kernel.source).toContain('operand0[remainder(this.thread.x, 4)]');
  expect(only!.kernel.source).toContain(
    'operand1[quotient(this.thread.x, 4) + remainder(this.thread.x, 4) * 3]',
  );
});

test('long reductions have two stages', () => {
  const reduce: Operation = { kind: 'reduce', reduction: 'sum', axes: [0] };
  expect(launch(reduce, [[1000]], [1]).map(({ size }) => size)).toEqual([1]);
  expect(launch(reduce, [[2560]], [1]).map(({ size }) => size)).toEqual([20, 1]);
});

test('large products are tiled where threads can share memory', () => {
  const names = (rows: number, on: Target) =>
    launch(
      { kind: 'matmul' },
      [
        [rows, 8],
        [8, 64],
      ],
      [rows, 64],
      on,
    ).map(({ name }) => name);
  expect(names(64, target)).toEqual(['matmul tiled']);
  expect(names(8, target)).toEqual(['matmul unrolled']);
  expect(names(64, { ...target, mode: 'webgl2' })).toEqual(['matmul unrolled']);
});

test('an epilogue is part of the kernel, but of tiles', () => {
  const operation: Operation = { kind: 'matmul', epilogue: add(input(0), input(1)) };
  const run = (rows: number) =>
    launch(
      operation,
      [
        [rows, 8],
        [8, 64],
        [rows, 64],
      ],
      [rows, 64],
    );
  expect(run(8).map(({ name, operands }) => [name, operands])).toEqual([['matmul unrolled', 3]]);
  expect(run(64).map(({ name }) => name)).toEqual(['matmul tiled', 'map']);
});

test('what is too large for indices, or has no kernel, is refused', () => {
  const map = (expression = input(0)): Operation => ({
    kind: 'map',
    shape: [101, 100],
    outputs: [{ expression }],
  });
  expect(() => launch(map(), [[101, 100]], [101, 100])).toThrow(
    'map: a tensor [101, 100] has 10100 elements, and kernels in this mode count up to 10000. Work in parts, or on ' +
      'another backend.',
  );
  expect(() =>
    launch({ kind: 'map', shape: [2], outputs: [{ expression: lgamma(input(0)) }] }, [[2]], [2]),
  ).toThrow(NoKernelError);
  expect(() => launch({ kind: 'cholesky' }, [[2, 2]], [2, 2])).toThrow(
    'cholesky: there is no kernel for it, since it goes row by row.',
  );
});

test('what has no elements takes no kernel', () => {
  expect(launch({ kind: 'sort' }, [[0, 3]], [0, 3])).toEqual([]);
});
