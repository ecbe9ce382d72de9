import { describe, expect, test } from 'vitest';
import { compile, createMemory, instantiate } from '../engine.ts';
import { features } from '../features.ts';
import { atomic } from './atomic.ts';
import { ModuleBuilder } from './module-builder.ts';
import type { Value } from './value.ts';

/** Runs `build` on shared memory whose i32 at address 8 is `before`; returns its value and what is there then. */
function evaluate(before: number, build: () => Value<'i32'>): { value: number; after: number } {
  const module = new ModuleBuilder({ shared: true });
  module.export(module.function('run', {}, 'i32', build));
  const memory = createMemory(1, { shared: true, maximum: 1 });
  const words = new Int32Array(memory.buffer);
  words[2] = before;
  const value = instantiate(compile(module.build()), memory).run!();
  return { value, after: words[2]! };
}

describe.skipIf(!features().threads)('atomic instructions (skipped where memory cannot be shared)', () => {
  test.each([
    ['load', () => atomic.load(4, 4), 12, 12],
    ['add', () => atomic.add(8, 10), 12, 22],
    ['sub', () => atomic.sub(8, 10), 12, 2],
    ['and', () => atomic.and(4, 10, 4), 12, 8],
    ['or', () => atomic.or(8, 10), 12, 14],
    ['xor', () => atomic.xor(8, 10), 12, 6],
    ['exchange', () => atomic.exchange(8, 10), 12, 10],
    ['compareExchange where it matches', () => atomic.compareExchange(8, 12, 5), 12, 5],
    ['compareExchange where it does not', () => atomic.compareExchange(8, 13, 5), 12, 12],
    ['wait for another value', () => atomic.wait(8, 13, -1n), 1, 12],
    ['wait until time is out', () => atomic.wait(8, 12, 1000n), 2, 12],
    ['notify when nobody waits', () => atomic.notify(8, 1), 0, 12],
  ] as const)('%s', (_name, build, value, after) => {
    expect(evaluate(12, build)).toEqual({ value, after });
  });

  test('store and fence', () => {
    const module = new ModuleBuilder({ shared: true });
    const run = module.function('run', {}, 'none', (f) => f.emit(atomic.store(8, 77), atomic.fence()));
    module.export(run);
    const memory = createMemory(1, { shared: true, maximum: 1 });
    instantiate(compile(module.build()), memory).run!();
    expect(new Int32Array(memory.buffer)[2]).toBe(77);
  });
});
