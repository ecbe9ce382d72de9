import type { Reduction } from '../../backend/backend.ts';
import type { Local, Operand, Statement, Value } from '../assembler/value.ts';
import { f32x4, f64x2, i32x4, i64x2, v128 } from '../assembler/vector.ts';

export type FloatType = 'float32' | 'float64';

type Vector = Value<'v128'>;
type Address = Operand<'i32'>;

/** How elements are read into vectors of accumulators, combined, and written. */
export interface Folding {
  /** What accumulators begin with. */
  readonly start: number;
  readonly type: 'f32x4' | 'f64x2';
  /** Accumulators in a vector. */
  readonly lanes: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** As many elements as there are lanes. */
  readonly load: (address: Address, offset: number) => Vector;
  /** One element in the first lane; the others are of no interest. */
  readonly loadOne: (address: Address, offset: number) => Vector;
  readonly combine: (a: Vector, b: Vector) => Vector;
  /** All lanes folded into the first. */
  readonly across: (x: Local<'v128'>) => Vector;
  readonly store: (address: Address, x: Vector, offset: number) => Statement;
  /** Writes the first lane. */
  readonly storeOne: (address: Address, x: Vector, offset: number) => Statement;
}

const starts: Readonly<Record<Reduction, number>> = {
  sum: 0,
  product: 1,
  maximum: -Infinity,
  minimum: Infinity,
};
// As Math.max and Math.min, the instructions give NaN if there is one, and hold −0 to be less than 0.
const ofSingles = { maximum: f32x4.max, minimum: f32x4.min };
const ofDoubles = { sum: f64x2.add, product: f64x2.mul, maximum: f64x2.max, minimum: f64x2.min };

/** Sums and products are kept in double precision; the largest of singles is one of them and needs no more. */
export function foldingOf(kind: Reduction, from: FloatType, to: FloatType): Folding {
  const isSingle = (kind === 'maximum' || kind === 'minimum') && from === 'float32' && to === 'float32';
  return isSingle ? foldSingles(kind) : foldDoubles(kind, from, to);
}

function foldSingles(kind: 'maximum' | 'minimum'): Folding {
  const combine = ofSingles[kind];
  return {
    start: starts[kind],
    type: 'f32x4',
    lanes: 4,
    bytesIn: 4,
    bytesOut: 4,
    load: v128.load,
    loadOne: v128.load32Splat,
    combine,
    across: (x) => {
      const pairs = combine(x, i32x4.shuffle(x, x, [2, 3, 2, 3]));
      const swapped = combine(i32x4.shuffle(x, x, [1, 0, 1, 0]), i32x4.shuffle(x, x, [3, 2, 3, 2]));
      return combine(pairs, swapped);
    },
    store: v128.store,
    storeOne: (address, x, offset) => v128.store32Lane(address, x, 0, offset),
  };
}

function foldDoubles(kind: Reduction, from: FloatType, to: FloatType): Folding {
  const combine = ofDoubles[kind];
  const widen = from === 'float32';
  const narrow = to === 'float32';
  return {
    start: starts[kind],
    type: 'f64x2',
    lanes: 2,
    bytesIn: widen ? 4 : 8,
    bytesOut: narrow ? 4 : 8,
    load: (address, offset) =>
      widen ? f64x2.promoteLowF32x4(v128.load64Zero(address, offset)) : v128.load(address, offset),
    loadOne: (address, offset) =>
      widen ? f64x2.promoteLowF32x4(v128.load32Splat(address, offset)) : v128.load64Splat(address, offset),
    combine,
    across: (x) => combine(x, i64x2.shuffle(x, x, [1, 0])),
    store: (address, x, offset) =>
      narrow
        ? v128.store64Lane(address, f32x4.demoteF64x2Zero(x), 0, offset)
        : v128.store(address, x, offset),
    storeOne: (address, x, offset) =>
      narrow
        ? v128.store32Lane(address, f32x4.demoteF64x2Zero(x), 0, offset)
        : v128.store64Lane(address, x, 0, offset),
  };
}
