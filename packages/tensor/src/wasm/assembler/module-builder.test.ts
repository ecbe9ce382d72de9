import { expect, test } from 'vitest';
import { compile, createMemory, instantiate } from '../engine.ts';
import { ModuleBuilder } from './module-builder.ts';
import { f64, i32 } from './scalar.ts';
import type { Value } from './value.ts';
import { f32x4 } from './vector.ts';

test('functions call those defined before, with arguments by name', () => {
  const module = new ModuleBuilder({ shared: false });
  const difference = module.function(
    'difference',
    { from: 'i32', take: 'i32' },
    'i32',
    (_f, { from, take }) => i32.sub(from, take),
  );
  const keep = module.function('keep', { value: 'i32' }, 'none', (_f, { value }) => i32.store(8, value));
  const run = module.function('run', { x: 'i32' }, 'none', (f, { x }) => {
    f.emit(keep.call({ value: difference.call({ take: x, from: 100 }) }));
  });
  module.export(run, difference);
  const memory = createMemory(1);
  const exports = instantiate(compile(module.build()), memory);
  expect(Object.keys(exports)).toEqual(['run', 'difference']);
  exports.run!(42);
  expect(new Int32Array(memory.buffer)[2]).toBe(58);
  expect(exports.difference!(5, 7)).toBe(-2);
});

test('modules of hundreds of functions, longer than any buffer began', () => {
  const module = new ModuleBuilder({ shared: false });
  let previous: Value<'f64'> | undefined;
  for (let i = 0; i < 300; i++) {
    const before = previous;
    const next = module.function(`f${i}`, { x: 'f64' }, 'f64', (_f, { x }) =>
      f64.add(
        before ?? x,
        Array(20)
          .fill(0)
          .reduce<Value<'f64'>>((sum) => f64.add(sum, 0.5), f64.const(i)),
      ),
    );
    previous = next.call({ x: 1 });
    module.export(next);
  }
  const exports = instantiate(compile(module.build()), createMemory(1));
  // x + Σ (i + 10), where all but the first call pass x = 1.
  expect(exports.f0!(3)).toBe(13);
  expect(exports.f299!(0)).toBe(1 + (299 * 300) / 2 + 300 * 10);
});

test('a module for shared memory takes shared memory only, and the other way round', () => {
  const build = (shared: boolean): Uint8Array => {
    const module = new ModuleBuilder({ shared });
    module.export(module.function('run', {}, 'i32', () => i32.load(0)));
    return module.build();
  };
  const sharedMemory = createMemory(1, { shared: true, maximum: 2 });
  expect(instantiate(compile(build(true)), sharedMemory).run!()).toBe(0);
  expect(instantiate(compile(build(false)), createMemory(1)).run!()).toBe(0);
  expect(() => instantiate(compile(build(true)), createMemory(1))).toThrow(/memory/);
  expect(() => instantiate(compile(build(false)), sharedMemory)).toThrow(/memory/);
});

test('values know their types', () => {
  // @ts-expect-error a vector is not an address
  i32.load(f32x4.splat(1));
  // @ts-expect-error a vector has no literal
  expect(() => f32x4.add(1, 2)).toThrow(/v128 has no literal/);
  // @ts-expect-error a double is not an integer
  i32.add(f64.const(1), 2);
});
