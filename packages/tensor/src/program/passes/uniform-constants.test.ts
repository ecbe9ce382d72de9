import { expect, test } from 'vitest';
import { onReferenceBackend, rewritten } from '../../../../../test/support/programs.ts';
import { fromTypedArray, full, ones, scalar, zeros } from '../../create.ts';
import { input } from '../../expression/expression.ts';
import * as f from '../../expression/functions.ts';
import { map, matmul } from '../../primitives.ts';
import type { Tensor } from '../../tensor.ts';
import { deadCode } from './dead-code.ts';
import { uniformConstants } from './uniform-constants.ts';

onReferenceBackend();

const x = fromTypedArray(Float32Array.of(1, -2, 3, 4, 5, 6), [2, 3]);
const product = f.multiply(input(0), input(1));
const constants = (program: string) => program.split('\n').filter((line) => line.includes('constant'));

test('one number all over is a constant without axes, read with strides of 0', () => {
  const { before, after } = rewritten(
    [uniformConstants, deadCode],
    (given: Tensor) => [
      map(product, [given, full([2, 3], 0.5)]),
      map(product, [given, full([3], 0.5)]),
      matmul(given, ones([3, 2]).transpose(), { transposeB: true }),
    ],
    x,
  );
  expect(constants(before)).toHaveLength(3);
  expect(after).toMatchInlineSnapshot(`
    "  %0: f32[2, 3]      = input 0
      %1: f32[]          = constant 0.5
      %2: f32[]          = constant 1
      %3: f32[2, 3]      = map %0, %1[2, 3; 0, 0] x * y
      %4: f32[2, 3]      = map %0, %1[2, 3; 0, 0] x * y
      %5: f32[2, 2]      = matmul %0, %2[3, 2; 0, 0]
    return %3, %4, %5"
  `);
});

test('−0 is another number than 0, and each type has its own', () => {
  const { after } = rewritten(
    [uniformConstants, deadCode],
    (given: Tensor) => [
      map(product, [given, full([2, 3], -0)]),
      map(product, [given, zeros([2, 3])]),
      map(product, [given, fromTypedArray(Float32Array.of(0, -0, 0))]),
      map(product, [given.cast('float64'), scalar(0, { dtype: 'float64' })]),
      map(product, [given, full([3], Number.NaN)]),
    ],
    x,
  );
  expect(constants(after)).toHaveLength(5);
});
