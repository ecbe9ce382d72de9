import { expect, test } from 'vitest';
import { onReferenceBackend, rewritten } from '../../../../../test/support/programs.ts';
import { fromTypedArray } from '../../create.ts';
import { input } from '../../expression/expression.ts';
import * as f from '../../expression/functions.ts';
import { map, reduce } from '../../primitives.ts';
import type { Tensor } from '../../tensor.ts';
import { aliases } from './aliases.ts';
import { deadCode } from './dead-code.ts';

onReferenceBackend();

const passes = [aliases, deadCode];
const x = fromTypedArray(Float32Array.of(1, -0, 3, 4), [4, 1]);
const exponential = f.exp(input(0));

test('a map that gives what it is given is read through, in whatever view', () => {
  const { after } = rewritten(
    passes,
    (given: Tensor) => {
      const same = map(input(0), [given.reshape([2, 2]).transpose()]);
      return [map(exponential, [same.transpose()]), map(exponential, [same.slice([1])]), same.reshape([4])];
    },
    x,
  );
  expect(after).toMatchInlineSnapshot(`
    "  %0: f32[4, 1]      = input 0
      %1: f32[2, 2]      = map %0[2, 2; 1, 2] x
      %2: f32[2, 2]      = map %0[2, 2] exp(x)
      %3: f32[2]         = map %0[2; 2 + 1] exp(x)
    return %2, %3, %1[4]"
  `);
});

test('extremes and products over axes of length 1 are what they are of; a sum of −0 is 0', () => {
  const { after } = rewritten(
    passes,
    (given: Tensor) =>
      (['maximum', 'minimum', 'product', 'sum'] as const).map((kind) => reduce(kind, given, { axes: 1 })),
    x,
  );
  expect(after).toMatchInlineSnapshot(`
    "  %0: f32[4, 1]      = input 0
      %1: f32[4, 1]      = map %0 x + 0
    return %0[4], %0[4], %0[4], %1[4]"
  `);
});
