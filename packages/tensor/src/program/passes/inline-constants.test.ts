import { expect, test } from 'vitest';
import { onReferenceBackend, rewritten } from '../../../../../test/support/programs.ts';
import { fromTypedArray, scalar } from '../../create.ts';
import { input } from '../../expression/expression.ts';
import * as f from '../../expression/functions.ts';
import { map } from '../../primitives.ts';
import type { Tensor } from '../../tensor.ts';
import { deadCode } from './dead-code.ts';
import { inlineConstants } from './inline-constants.ts';

onReferenceBackend();

const x = fromTypedArray(Float32Array.of(1, -0, Infinity, Number.NaN, -5, 6), [2, 3]);
const product = f.multiply(input(0), input(1));
const sum = f.add(input(0), input(1));

test('a constant that a map reads as one number goes into its formula', () => {
  const { after } = rewritten(
    [inlineConstants, deadCode],
    (given: Tensor) => [
      map(product, [given, scalar(0.1)]),
      map(sum, [given, fromTypedArray(Float32Array.of(3, 4, 5)).slice([1])]),
      map(sum, [given, fromTypedArray(Float32Array.of(3, 4, 5))]),
    ],
    x,
  );
  expect(after).toMatchInlineSnapshot(`
    "  %0: f32[2, 3]      = input 0
      %1: f32[1]         = constant 0.10000000149011612
      %2: f32[3]         = constant
      %3: f32[3]         = constant
      %4: f32[2, 3]      = map %0, %1[2, 3; 0, 0] x * 0.10000000149011612
      %5: f32[2, 3]      = map %0, %2[2, 3; 0, 0 + 1] x + 4
      %6: f32[2, 3]      = map %0, %3[2, 3; 0, 1] x + y
    return %4, %5, %6"
  `);
});

test('0 · x and x + 0 stay, which differ from 0 and x in a bit', () => {
  const { after } = rewritten(
    [inlineConstants, deadCode],
    (given: Tensor) => [map(product, [given, scalar(0)]), map(sum, [given, scalar(0)])],
    x,
  );
  expect(after).toMatch(/map .* x \* 0$/m);
  expect(after).toMatch(/map .* x \+ 0$/m);
});

test('a formula of numbers alone is a constant', () => {
  const { after } = rewritten(
    [inlineConstants, deadCode],
    (given: Tensor) => {
      const chosen = map(f.select(input(0), input(1), input(2)), [scalar(1), scalar(2).expand([3]), given]);
      return map(sum, [given, map(sum, [chosen, scalar(0.5)])]);
    },
    x,
  );
  expect(after).toMatchInlineSnapshot(`
    "  %0: f32[2, 3]      = input 0
      %1: f32[]          = constant 2.5
      %2: f32[2, 3]      = map %0, %1[2, 3; 0, 0] x + 2.5
    return %2"
  `);
});
