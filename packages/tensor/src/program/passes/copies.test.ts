import { expect, test } from 'vitest';
import { onReferenceBackend, rewritten } from '../../../../../test/support/programs.ts';
import { fromTypedArray } from '../../create.ts';
import { input } from '../../expression/expression.ts';
import * as f from '../../expression/functions.ts';
import { map, matmul, place } from '../../primitives.ts';
import type { Tensor } from '../../tensor.ts';
import { copies } from './copies.ts';
import { deadCode } from './dead-code.ts';

onReferenceBackend();

const passes = [copies, deadCode];
const x = fromTypedArray(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);

test('a product reads a transposed matrix where it lies', () => {
  const { before, after } = rewritten(
    passes,
    (given: Tensor) => matmul(given, given.transpose().contiguous()),
    x,
  );
  expect(before).toMatchInlineSnapshot(`
    "  %0: f32[2, 3]      = input 0
      %1: f32[3, 2]      = copy %0ᵀ
      %2: f32[2, 2]      = matmul %0, %1
    return %2"
  `);
  expect(after).toMatchInlineSnapshot(`
    "  %0: f32[2, 3]      = input 0
      %1: f32[2, 2]      = matmul %0, %0ᵀ
    return %1"
  `);
});

test('a map reads rows of the original, but the copy where the original lies against its grain', () => {
  const { after } = rewritten(
    passes,
    (given: Tensor) => [
      map(f.exp(input(0)), [given.slice([null, [0, 2]]).contiguous()]),
      map(f.exp(input(0)), [given.transpose().contiguous()]),
      given.transpose().contiguous(),
      given
        .slice([null, [0, 2]])
        .contiguous()
        .reshape([4]),
    ],
    x,
  );
  expect(after).toMatchInlineSnapshot(`
    "  %0: f32[2, 3]      = input 0
      %1: f32[2, 2]      = map %0[2, 2; 3, 1] exp(x)
      %2: f32[3, 2]      = copy %0ᵀ
      %3: f32[3, 2]      = map %2 exp(x)
      %4: f32[3, 2]      = copy %0ᵀ
      %5: f32[2, 2]      = copy %0[2, 2; 3, 1]
    return %1, %3, %4, %5[4]"
  `);
});

test('what moves, converts or is put together of parts is no copy of one thing', () => {
  const { after } = rewritten(
    passes,
    (given: Tensor) => [
      place([{ source: given, start: [0, 0] }], [3, 3], { dtype: 'float32' }),
      place([{ source: given, start: [0, 0], step: [2, 1] }], [3, 3], { dtype: 'float32' }),
      given.cast('float64'),
      place(
        [
          { source: given, start: [0, 0] },
          { source: given.slice([0]).reshape([1, 3]), start: [0, 0] },
        ],
        [2, 3],
        { dtype: 'float32' },
      ),
    ],
    x,
  );
  expect(after.match(/ = copy/g)).toHaveLength(4);
});
