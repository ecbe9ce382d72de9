import { expect, test } from 'vitest';
import { expectSame, onReferenceBackend, recorded, run } from '../../../../../test/support/programs.ts';
import { fromTypedArray, zeros } from '../../create.ts';
import { input } from '../../expression/expression.ts';
import * as f from '../../expression/functions.ts';
import { map, matmul, reduce } from '../../primitives.ts';
import { normal } from '../../random/distributions.ts';
import { RandomKey } from '../../random/key.ts';
import type { Tensor } from '../../tensor.ts';
import { optimize } from '../optimize.ts';
import { formatProgram } from '../print.ts';
import type { Program } from '../program.ts';
import { deadCode } from './dead-code.ts';
import { foldConstants } from './fold-constants.ts';

onReferenceBackend();

const sum = f.add(input(0), input(1));

/** The program with its first input bound to a tensor; recording itself computes what depends on constants alone. */
function bound(program: Program, tensor: Tensor): Program {
  const sources = program.sources.map(({ value, source }) =>
    source.kind === 'input' && source.position === 0
      ? ({ value, source: { kind: 'constant', tensor } } as const)
      : { value, source },
  );
  return { ...program, sources };
}

test('computes what depends on constants alone', () => {
  const weight = fromTypedArray(Float32Array.of(1, 2, 3, 4), [2, 2]);
  const x = fromTypedArray(Float32Array.of(5, 6), [1, 2]);
  const program = bound(
    recorded(
      (constant: Tensor, given: Tensor) => {
        const square = matmul(constant, constant.transpose());
        return matmul(given, map(sum, [square, reduce('sum', constant, { axes: 0 })]));
      },
      weight,
      x,
    ),
    weight,
  );
  const folded = optimize(program, [foldConstants, deadCode]);
  expect(formatProgram(folded)).toMatchInlineSnapshot(`
    "  %0: f32[1, 2]      = input 1
      %1: f32[2, 2]      = constant
      %2: f32[1, 2]      = matmul %0, %1
    return %2"
  `);
  expectSame(run(folded, x, x), run(program, x, x));
});

test('draws and results of more than 64 KiB are made in every run', () => {
  const large = zeros([128 * 128]);
  const program = bound(
    recorded(
      (constant: Tensor, key: RandomKey) => [
        map(f.exp(input(0)), [constant]),
        map(f.exp(input(0)), [constant.reshape([128, 128]).expand([2, 128, 128])]),
        normal(key, [2]),
      ],
      large,
      RandomKey.fromSeed(1),
    ),
    large,
  );
  const folded = optimize(program, [foldConstants, deadCode]);
  expect(formatProgram(folded)).toMatchInlineSnapshot(`
    "  %0: f32[16384]     = constant
      %1: f32[16384]     = constant
      %2: f32[2, 128, 128] = map %0[2, 128, 128; 0, 128, 1] exp(x)
      %3: f32[2]         = random normal with key 0
    return %1, %2, %3"
  `);
});
