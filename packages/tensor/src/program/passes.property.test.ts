import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectSame, onReferenceBackend, recorded, run } from '../../../../test/support/programs.ts';
import { argumentsOf, randomFunction } from '../../../../test/support/random-programs.ts';
import { RandomKey } from '../random/key.ts';
import { fusion } from './fusion/fuse.ts';
import { optimize, type Pass, passes } from './optimize.ts';
import type { Program, Value } from './program.ts';
import { resultsOf } from './program.ts';

onReferenceBackend();

const key = RandomKey.fromSeed(11);

/** Every operand was computed or came in before it is read, and no value comes twice. */
function expectWellFormed({ sources, instructions, ...program }: Program): void {
  const known = new Set<Value>();
  const define = (value: Value): void => {
    expect(known.has(value)).toBe(false);
    known.add(value);
  };
  for (const { value } of sources) define(value);
  for (const { operands, results, operation } of instructions) {
    for (const { value } of operands) expect(known.has(value)).toBe(true);
    if (operation.kind === 'random') expect(program.keys[operation.key]).toBeDefined();
    results.forEach(define);
  }
  for (const { value } of resultsOf({ ...program, sources, instructions }))
    expect(known.has(value)).toBe(true);
  for (const { state } of program.updates) expect(known.has(state)).toBe(true);
}

/** Any of the passes, in any order, some of them more than once. */
function sequences(from: readonly Pass[]): fc.Arbitrary<readonly Pass[]> {
  return fc.array(fc.constantFrom(...from), { maxLength: 2 * from.length });
}

describe('random programs give the same, bit for bit,', () => {
  test.each(['float32', 'float64'] as const)('after any passes in any order (%s)', (dtype) => {
    const arguments_ = [...argumentsOf(dtype), key] as const;
    // What is fused is rounded to float32 once, not after every operation as the reference backend does by itself.
    const all = dtype === 'float64' ? [...passes, fusion] : passes.filter((pass) => pass !== fusion);
    fc.assert(
      fc.property(randomFunction(dtype), sequences(all), (random, chosen) => {
        const program = recorded(random.run, ...arguments_);
        const better = optimize(program, chosen);
        expectWellFormed(better);
        expectSame(run(better, ...arguments_), run(program, ...arguments_));
      }),
      { numRuns: 300 },
    );
  });
});

test('all passes together leave no more instructions than there were', () => {
  const arguments_ = [...argumentsOf('float32'), key] as const;
  fc.assert(
    fc.property(randomFunction('float32'), (random) => {
      const program = recorded(random.run, ...arguments_);
      expect(optimize(program).instructions.length).toBeLessThanOrEqual(program.instructions.length);
    }),
  );
});
