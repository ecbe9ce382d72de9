import { expect, test } from 'vitest';
import {
  expectSame,
  onReferenceBackend,
  recorded,
  rewritten,
  run,
} from '../../../../../test/support/programs.ts';
import { fromTypedArray, zeros } from '../../create.ts';
import { input } from '../../expression/expression.ts';
import * as f from '../../expression/functions.ts';
import { map } from '../../primitives.ts';
import { normal } from '../../random/distributions.ts';
import { RandomKey } from '../../random/key.ts';
import { Tensor } from '../../tensor.ts';
import { fusion } from '../fusion/fuse.ts';
import { formatProgram } from '../print.ts';
import { activeRecording, effect, varying } from '../recording.ts';
import type { StateHolder } from '../state.ts';
import { deadCode } from './dead-code.ts';

onReferenceBackend();

const x = fromTypedArray(Float32Array.of(1, -2, 3));
const exponential = f.exp(input(0));
const square = f.multiply(input(0), input(0));

test('takes away what nothing reads, from the end to the beginning', () => {
  const { before, after } = rewritten(
    [deadCode],
    (used: Tensor, unused: Tensor) => {
      map(square, [map(exponential, [unused])]);
      map(f.add(input(0), input(1)), [used, fromTypedArray(Float32Array.of(4, 5, 6))]);
      varying(() => 1);
      return map(square, [used]);
    },
    x,
    x,
  );
  expect(before.split('\n')).toHaveLength(9);
  expect(after).toMatchInlineSnapshot(`
    "  %0: f32[3]         = input 0
      %1: f32[3]         = map %0 x * x
    return %1"
  `);
});

test('keeps the keys that are drawn from, and gives them new numbers', () => {
  const [first, second] = [RandomKey.fromSeed(1), RandomKey.fromSeed(2)];
  const { after } = rewritten(
    [deadCode],
    (one: RandomKey, two: RandomKey) => {
      normal(one, [3]);
      return normal(two.foldIn(7), [2]);
    },
    first,
    second,
  );
  expect(after).toMatchInlineSnapshot(`
    "  %0: f32[2]         = random normal with key 0
    return %0"
  `);
});

test('keeps effects, and states that are given a value', () => {
  const holder: StateHolder = { name: 'mean', held: () => zeros([3]), hold: () => {} };
  const program = deadCode.rewrite(
    recorded((next: Tensor) => {
      effect(() => {});
      activeRecording()!.read({ ...holder, name: 'unread' });
      activeRecording()!.write(holder, next);
    }, x),
  );
  expect(program.effects).toHaveLength(1);
  expect(formatProgram(program)).toMatchInlineSnapshot(`
    "  %0: f32[3]         = input 0
      %1: f32[3]         = state mean
    return nothing
    mean ← %0"
  `);
});

test('takes single formulas out of a map that gives several', () => {
  const program = fusion.rewrite(
    recorded((given: Tensor) => [map(exponential, [given]), map(square, [given])], x),
  );
  expect(program.instructions).toHaveLength(1);
  const [, squares] = program.outputs;
  const less = deadCode.rewrite({ ...program, outputs: [squares!] });
  expect(formatProgram(less)).toMatchInlineSnapshot(`
    "  %0: f32[3]         = input 0
      %1: f32[3]         = map %0 x * x
    return %1"
  `);
  expectSame(run(less, x), [Tensor.wrap(Float32Array.of(1, 4, 9), [3])]);
});
