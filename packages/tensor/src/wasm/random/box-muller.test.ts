import { describe, expect, test } from 'vitest';
import { logOfFraction, writeNormalPair } from '../../random/box-muller.ts';
import { ModuleBuilder } from '../assembler/module-builder.ts';
import { v128 } from '../assembler/vector.ts';
import { KernelMemory } from '../memory.ts';
import { KernelLibrary } from '../threads/kernel-library.ts';
import { polar } from './box-muller.ts';

const memory = new KernelMemory({ shared: false });
const library = new KernelLibrary(memory);

/** A kernel (at): numerators of two pairs at `at`, angles after them, replaced by cosines and sines. */
function polarKernel(bits: number): (numerators: readonly number[], angles: readonly number[]) => number[] {
  const module = new ModuleBuilder({ shared: false });
  const handle = module.function('polar', { at: 'i32' }, 'none', (f, { at }) => {
    const [point] = polar(f, [{ numerator: v128.load(at), angle: v128.load(at, 16) }], bits);
    f.emit(v128.store(at, point!.cosine), v128.store(at, point!.sine, 16));
  });
  module.export(handle);
  const { polar: kernel } = library.add(module.build(), ['polar']);
  const at = memory.allocate(32);
  return (numerators, angles) => {
    memory.float64.set([...numerators, ...angles], at / 8);
    kernel.run(at);
    return Array.from(memory.float64.slice(at / 8, at / 8 + 4));
  };
}

const around = (x: number): number[] => [x - 1, x, x + 1];

describe.each([32, 53])('numerators of 2^%d', (bits) => {
  const compute = polarKernel(bits);
  const numerators = [
    ...Array.from({ length: bits - 2 }, (_, i) => around(2 ** (i + 2))).flat(),
    ...Array.from({ length: bits - 3 }, (_, i) => around(Math.floor(Math.SQRT2 * 2 ** (i + 3)))).flat(),
    ...[1, 2 ** bits - 1, 2 ** bits],
  ].filter((numerator) => numerator <= 2 ** bits);

  test('the radius is that of the reference around every power of two and its middle', () => {
    for (const numerator of numerators) {
      // cos 0 = 1 and sin 0 = 0.
      const radius = Math.sqrt(-2 * logOfFraction(numerator, bits));
      expect(compute([numerator, 1], [0, 0]).slice(0, 1)).toEqual([radius]);
      expect(compute([1, numerator], [0, 0]).slice(1, 2)).toEqual([radius]);
    }
  });

  test('the point is that of the reference at every angle', () => {
    const pair = new Float64Array(2);
    for (let i = -512; i <= 512; i++) {
      // Turns from −1/8 to 1/8, for which the reference takes quarter turn 0.
      const turn = i === 512 ? 1 / 8 - 2 ** -32 : i / 4096 + (i > 0 ? 2 ** -32 : 0);
      writeNormalPair(pair, 0, 12345 * i ** 2 + 1, bits, turn);
      const point = compute([12345 * i ** 2 + 1, 1], [2 * Math.PI * turn, 0]);
      expect([point[0], point[2]]).toEqual([...pair]);
    }
  });
});
