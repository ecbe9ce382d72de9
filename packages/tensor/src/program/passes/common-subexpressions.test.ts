import { expect, test } from 'vitest';
import { onReferenceBackend, rewritten } from '../../../../../test/support/programs.ts';
import { fromTypedArray } from '../../create.ts';
import { input } from '../../expression/expression.ts';
import * as f from '../../expression/functions.ts';
import { map, matmul, reduce } from '../../primitives.ts';
import { normal, uniform } from '../../random/distributions.ts';
import { RandomKey } from '../../random/key.ts';
import type { Tensor } from '../../tensor.ts';
import { varying } from '../recording.ts';
import { commonSubexpressions } from './common-subexpressions.ts';
import { deadCode } from './dead-code.ts';

onReferenceBackend();

const passes = [commonSubexpressions, deadCode];
const x = fromTypedArray(Float32Array.of(1, -2, 3, 4), [2, 2]);
const exponential = f.exp(input(0));
const sum = f.add(input(0), input(1));

test('computes once what is computed twice, and what is computed from that', () => {
  const { after } = rewritten(
    passes,
    (given: Tensor) => {
      const twice = [0, 1].map(() => reduce('sum', map(exponential, [matmul(given, given.transpose())])));
      return map(sum, twice);
    },
    x,
  );
  expect(after).toMatchInlineSnapshot(`
    "  %0: f32[2, 2]      = input 0
      %1: f32[2, 2]      = matmul %0, %0ᵀ
      %2: f32[2, 2]      = map %1 exp(x)
      %3: f32[1, 1]      = reduce %2 sum over 0, 1
      %4: f32[]          = map %3[], %3[] x + y
    return %4"
  `);
});

test('tells apart what differs in one thing alone', () => {
  const { after } = rewritten(
    passes,
    (given: Tensor) => [
      reduce('sum', given, { axes: 0 }),
      reduce('sum', given, { axes: 1 }),
      reduce('maximum', given, { axes: 0 }),
      reduce('sum', given.transpose(), { axes: 0 }),
      map(exponential, [given]),
      map(exponential, [given.slice([0])]),
      map(f.log(input(0)), [given]),
      given.cast('int32'),
      given.cast('float64'),
    ],
    x,
  );
  expect(after.match(/ = (map|reduce|copy)/g)).toHaveLength(9);
});

test('draws are the same where key, kind, shape and type are', () => {
  const key = RandomKey.fromSeed(3);
  const { after } = rewritten(
    passes,
    (given: RandomKey) => {
      const child = given.foldIn(1);
      return [
        normal(child, [3]),
        normal(child, [3]),
        uniform(child, [3]),
        normal(child, [4]),
        normal(child, [3], { dtype: 'float64' }),
        normal(given.foldIn(2), [3]),
      ];
    },
    key,
  );
  expect(after).toMatchInlineSnapshot(`
    "  %0: f32[3]         = random normal with key 0
      %1: f32[3]         = random uniform with key 1
      %2: f32[4]         = random normal with key 2
      %3: f64[3]         = random normal with key 3
      %4: f32[3]         = random normal with key 4
    return %0, %0, %1, %2, %3, %4"
  `);
});

test('numbers that one function gives are one', () => {
  let rate = 2;
  const { after } = rewritten(
    passes,
    (given: Tensor) => {
      const now = () => rate;
      return [
        map(sum, [given, varying(now)]),
        map(sum, [given, varying(now)]),
        map(sum, [given, varying(() => rate)]),
      ];
    },
    x,
  );
  rate = 3;
  expect(after).toMatchInlineSnapshot(`
    "  %0: f32[2, 2]      = input 0
      %1: f32[]          = varying
      %2: f32[]          = varying
      %3: f32[2, 2]      = map %0, %1[2, 2; 0, 0] x + y
      %4: f32[2, 2]      = map %0, %2[2, 2; 0, 0] x + y
    return %3, %3, %4"
  `);
});
