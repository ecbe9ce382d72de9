import { expect, test } from 'vitest';
import { onReferenceBackend, rewritten } from '../../../../../test/support/programs.ts';
import { fromTypedArray } from '../../create.ts';
import { input } from '../../expression/expression.ts';
import * as f from '../../expression/functions.ts';
import { map } from '../../primitives.ts';
import type { Tensor } from '../../tensor.ts';
import { deadCode } from './dead-code.ts';
import { mapOperands } from './map-operands.ts';

onReferenceBackend();

const x = fromTypedArray(Float32Array.of(1, -2, 3, 4), [2, 2]);

test('reads each view once, and none that no formula reads', () => {
  const { before, after } = rewritten(
    [mapOperands, deadCode],
    (a: Tensor, b: Tensor) => [
      map(f.subtract(f.add(input(0), input(3)), input(2)), [a, b, a.transpose(), a]),
      map(f.exp(input(1)), [a, b]),
    ],
    x,
    x,
  );
  expect(before).toMatchInlineSnapshot(`
    "  %0: f32[2, 2]      = input 0
      %1: f32[2, 2]      = input 1
      %2: f32[2, 2]      = map %0, %1, %0ᵀ, %0 x + x3 - z
      %3: f32[2, 2]      = map %0, %1 exp(y)
    return %2, %3"
  `);
  expect(after).toMatchInlineSnapshot(`
    "  %0: f32[2, 2]      = input 0
      %1: f32[2, 2]      = input 1
      %2: f32[2, 2]      = map %0, %0ᵀ x + x - y
      %3: f32[2, 2]      = map %1 exp(x)
    return %2, %3"
  `);
});
