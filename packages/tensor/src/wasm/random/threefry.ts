import type { FunctionBuilder } from '../assembler/function-builder.ts';
import { i32 } from '../assembler/scalar.ts';
import type { Local, Value } from '../assembler/value.ts';
import { i32x4, v128 } from '../assembler/vector.ts';

const parity = 0x1bd11bda;
const rotations = [13, 15, 26, 6, 17, 29, 16, 24];
const rounds = 20;

/** What is added to the two words before the first round and after every fourth, in all lanes. */
export interface KeySchedule {
  readonly first: readonly Value<'v128'>[];
  readonly second: readonly Value<'v128'>[];
}

/** The two words of four blocks. */
export interface Block {
  readonly x: Local<'v128'>;
  readonly y: Local<'v128'>;
}

/** The key schedule of Threefry-2x32: words k₀, k₁ and k₂ = parity ^ k₀ ^ k₁ in turn, the second one with a count. */
export function keySchedule(f: FunctionBuilder, key0: Local<'i32'>, key1: Local<'i32'>): KeySchedule {
  const words = [key0, key1, f.let(i32.xor(i32.xor(key0, key1), parity))];
  const splats = words.map((word) => f.let(i32x4.splat(word)));
  const steps = Array.from({ length: rounds / 4 + 1 }, (_, step) => step);
  return {
    first: steps.map((step) => splats[step % 3]!),
    second: steps.map((step) => f.let(i32x4.splat(i32.add(words[(step + 1) % 3]!, step)))),
  };
}

/**
 * Threefry-2x32-20 of four counters in each vector of `counters`, as `threefry` of random/threefry.ts computes each.
 * The vectors go through the rounds in step, because every operation of one waits for the operation before it.
 */
export function threefryBlocks(
  f: FunctionBuilder,
  { first, second }: KeySchedule,
  counters: readonly { readonly low: Value<'v128'>; readonly high: Value<'v128'> }[],
): Block[] {
  const blocks = counters.map(({ low, high }) => ({
    x: f.let(i32x4.add(low, first[0]!)),
    y: f.let(i32x4.add(high, second[0]!)),
  }));
  for (let round = 0; round < rounds; round++) {
    const rotation = rotations[round % rotations.length]!;
    for (const { x, y } of blocks) f.set(x, i32x4.add(x, y));
    for (const { x, y } of blocks) f.set(y, v128.xor(rotateLeft(y, rotation), x));
    if (round % 4 === 3) {
      const step = (round + 1) / 4;
      for (const { x } of blocks) f.set(x, i32x4.add(x, first[step]!));
      for (const { y } of blocks) f.set(y, i32x4.add(y, second[step]!));
    }
  }
  return blocks;
}

function rotateLeft(x: Local<'v128'>, bits: number): Value<'v128'> {
  return v128.or(i32x4.shl(x, bits), i32x4.shrU(x, 32 - bits));
}
