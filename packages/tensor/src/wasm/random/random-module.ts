import type { FunctionBuilder } from '../assembler/function-builder.ts';
import { ModuleBuilder } from '../assembler/module-builder.ts';
import { i32 } from '../assembler/scalar.ts';
import type { Local, Value } from '../assembler/value.ts';
import { f32x4, f64x2, i32x4, i64x2, v128 } from '../assembler/vector.ts';
import { polar } from './box-muller.ts';
import { type Block, keySchedule, threefryBlocks } from './threefry.ts';

type Vector = Value<'v128'>;

/** Makes elements, in order, of blocks, four in each of the list. */
type Converter = (f: FunctionBuilder, blocks: readonly Block[]) => Vector[];

const converters = {
  uniformFloat32: (f, blocks) =>
    blocks.flatMap(({ x, y }) =>
      interleaved(x, y).map((words) =>
        f32x4.mul(f32x4.convertI32x4S(i32x4.shrU(words, 8)), f.constant(2 ** -24)),
      ),
    ),

  uniformFloat64: (f, blocks) =>
    blocks.flatMap((block) =>
      high53(f, block).map((wholes) => f64x2.mul(wholes, f.constant(2 ** -53, 'f64x2'))),
    ),

  normalFloat32: (f, blocks) => {
    const inputs = blocks.flatMap(({ x, y }) => {
      // 2πv with v = y/2³²: the two bits above the last 30 of y + 2²⁹ count quarter turns, and what is left of y
      // is the rest of at most an eighth of a turn either way.
      const rest = f.let(i32x4.shrS(i32x4.shl(y, 2), 2));
      const scale = f.constant(2 * Math.PI * 2 ** -32, 'f64x2');
      return [
        [x, rest],
        [upperHalf(x), upperHalf(rest)],
      ].map(([word, eighths]) => ({
        numerator: f64x2.add(f64x2.convertLowI32x4U(word!), f.constant(1, 'f64x2')),
        angle: f64x2.mul(f64x2.convertLowI32x4S(eighths!), scale),
      }));
    });
    const points = polar(f, inputs, 32).map(({ cosine, sine }) => ({
      cosine: f.let(f32x4.demoteF64x2Zero(cosine)),
      sine: f.let(f32x4.demoteF64x2Zero(sine)),
    }));
    return blocks.flatMap(({ y }, i) => {
      const [low, high] = points.slice(2 * i, 2 * i + 2);
      const quarters = f.let(i32x4.add(y, f.constant(2 ** 29, 'i32x4')));
      const odd = f.let(i32x4.shrS(i32x4.shl(quarters, 1), 31));
      const { first, second } = turned(
        f,
        f.let(i64x2.shuffle(low!.cosine, high!.cosine, [0, 2])),
        f.let(i64x2.shuffle(low!.sine, high!.sine, [0, 2])),
        odd,
        quarters,
        f.constant(-0),
      );
      return interleaved(first, second);
    });
  },

  normalFloat64: (f, blocks) => {
    const turns: Local<'v128'>[] = [];
    const inputs = blocks.map((block) => {
      const [low, high] = high53(f, block).map((wholes) => f.let(wholes));
      // Blocks in pairs: the first gives the numerator, the second the turn.
      const numerator = f64x2.add(i64x2.shuffle(low!, high!, [0, 2]), f.constant(1, 'f64x2'));
      const turn = f.let(f64x2.mul(i64x2.shuffle(low!, high!, [1, 3]), f.constant(2 ** -53, 'f64x2')));
      const eighths = f64x2.add(f64x2.mul(f.constant(4, 'f64x2'), turn), f.constant(0.5, 'f64x2'));
      const quarters = f.let(f64x2.floor(eighths));
      turns.push(quarters);
      const rest = f64x2.sub(turn, f64x2.mul(quarters, f.constant(0.25, 'f64x2')));
      return { numerator, angle: f64x2.mul(f.constant(2 * Math.PI, 'f64x2'), rest) };
    });
    return polar(f, inputs, 53).flatMap(({ cosine, sine }, i) => {
      const is = (count: number): Vector => f64x2.eq(turns[i]!, f.constant(count, 'f64x2'));
      const odd = f.let(v128.or(is(1), is(3)));
      const beyondHalf = f.let(v128.or(is(2), is(3)));
      const signBit = f.constant(-0, 'f64x2');
      const { first, second } = turned(f, f.let(cosine), f.let(sine), odd, beyondHalf, signBit);
      return [i64x2.shuffle(first, second, [0, 2]), i64x2.shuffle(first, second, [1, 3])];
    });
  },
} satisfies Record<string, Converter>;

export type RandomKernel = keyof typeof converters;

/** (a, b) turned by a number of quarters: swapped if it is odd; to (−b, a), (−a, −b), (b, −a). */
function turned(
  f: FunctionBuilder,
  cosine: Local<'v128'>,
  sine: Local<'v128'>,
  odd: Local<'v128'>,
  beyondHalf: Local<'v128'>,
  signBit: Local<'v128'>,
): { first: Local<'v128'>; second: Local<'v128'> } {
  const first = v128.bitselect(sine, cosine, odd);
  const second = v128.bitselect(cosine, sine, odd);
  return {
    first: f.let(v128.xor(first, v128.and(signBit, v128.xor(odd, beyondHalf)))),
    second: f.let(v128.xor(second, v128.and(signBit, beyondHalf))),
  };
}

/** x₀ y₀ x₁ y₁, x₂ y₂ x₃ y₃ */
function interleaved(x: Vector, y: Vector): [Vector, Vector] {
  return [i32x4.shuffle(x, y, [0, 4, 1, 5]), i32x4.shuffle(x, y, [2, 6, 3, 7])];
}

function upperHalf(x: Vector): Vector {
  return i32x4.shuffle(x, x, [2, 3, 2, 3]);
}

/** Whole numbers below 2⁵³, from the high 27 bits of x and the high 26 of y: two vectors of two. */
function high53(f: FunctionBuilder, { x, y }: Block): Vector[] {
  const high = f.let(i32x4.shrU(x, 5));
  const low = f.let(i32x4.shrU(y, 6));
  const whole = (a: Vector, b: Vector): Vector =>
    f64x2.add(f64x2.mul(f64x2.convertLowI32x4S(a), f.constant(2 ** 26, 'f64x2')), f64x2.convertLowI32x4S(b));
  return [whole(high, low), whole(upperHalf(high), upperHalf(low))];
}

/** Vectors of four blocks that are worked on in step. Twice as many gain 5 % in time for twice the code. */
const vectors = 2;

/**
 * The module of one kernel (to, count, key0, key1, counter0, counter1): `count` elements from the blocks
 * (counter0, counter1), (counter0 + 1, counter1), … of a key, to consecutive addresses.
 */
export function randomModule(name: RandomKernel, { shared }: { shared: boolean }): Uint8Array {
  const module = new ModuleBuilder({ shared });
  const bytes = name.endsWith('Float32') ? 4 : 8;
  const handle = module.function(
    name,
    { to: 'i32', count: 'i32', key0: 'i32', key1: 'i32', counter0: 'i32', counter1: 'i32' },
    'none',
    (f, { to, count, key0, key1, counter0, counter1 }) => {
      const schedule = keySchedule(f, key0, key1);
      const counters = countersFrom(f, counter0, counter1);
      f.block((leave) => {
        f.loop((again) => {
          f.branchIf(leave, i32.eqz(count));
          const blocks = threefryBlocks(f, schedule, counters);
          const elements = converters[name](f, blocks).map((vector) => f.let(vector));
          const perGroup = (16 / bytes) * elements.length;
          f.if(i32.geU(count, perGroup), () => {
            elements.forEach((vector, i) => {
              f.emit(v128.store(to, vector, 16 * i));
            });
            f.increment(to, perGroup * bytes);
            f.increment(count, -perGroup);
            for (const { low } of counters) {
              f.set(low, i32x4.add(low, f.constant(4 * vectors, 'i32x4')));
            }
            f.branch(again);
          });
          storeFirst(f, to, count, elements, bytes);
        });
      });
    },
  );
  module.export(handle);
  return module.build();
}

/** Stores the first `count` elements of the vectors, fewer than there are. */
function storeFirst(
  f: FunctionBuilder,
  to: Local<'i32'>,
  count: Local<'i32'>,
  vectors: readonly Local<'v128'>[],
  bytes: number,
): void {
  const lanes = 16 / bytes;
  const storeLane = bytes === 4 ? v128.store32Lane : v128.store64Lane;
  for (let i = 0; i < lanes * vectors.length - 1; i++) {
    f.if(i32.gtU(count, i), () => {
      f.emit(storeLane(to, vectors[Math.floor(i / lanes)]!, i % lanes, bytes * i));
    });
  }
}

/** The first counters, four in each vector. */
function countersFrom(
  f: FunctionBuilder,
  counter0: Local<'i32'>,
  counter1: Local<'i32'>,
): { low: Local<'v128'>; high: Local<'v128'> }[] {
  const high = f.let(i32x4.splat(counter1));
  return Array.from({ length: vectors }, (_, vector) => {
    const low = f.let(i32x4.splat(counter0));
    for (const lane of [0, 1, 2, 3]) {
      f.set(low, i32x4.replaceLane(low, lane, i32.add(counter0, 4 * vector + lane)));
    }
    return { low, high };
  });
}
