import type { Value } from '../assembler/value.ts';
import { f32x4 } from '../assembler/vector.ts';
import { features } from '../features.ts';

type Vector = Value<'v128'>;

/** How the inner loop of the matrix product is generated. */
export interface MatmulVariant {
  readonly name: string;
  /** The tile of sums that is held in registers: rows × 4·vectors. */
  readonly rows: number;
  readonly vectors: number;
  /** a·b + c */
  multiplyAdd(a: Vector, b: Vector, c: Vector): Vector;
}

const twoRoundings = (a: Vector, b: Vector, c: Vector): Vector => f32x4.add(c, f32x4.mul(a, b));

// x64 has 16 vector registers, one of which V8 keeps for itself: sums, a row of b, and an element of a have to fit.

/** Multiply, round, add, round: the same bits on every machine. */
export const exact: MatmulVariant = { name: 'exact', rows: 2, vectors: 4, multiplyAdd: twoRoundings };

/** Fused where the machine can, which may differ in the last bits from machine to machine. Needs relaxed SIMD. */
export const relaxed: MatmulVariant = {
  name: 'relaxed',
  rows: 6,
  vectors: 2,
  multiplyAdd: f32x4.relaxedMadd,
};

/**
 * As {@link relaxed}, for V8 with --experimental-wasm-revectorize (Node ≥ 24), which turns two neighbouring vectors
 * into one of 256 bits. Without that flag the tile does not fit into registers, and it is slower. Whether the flag
 * is set cannot be detected.
 */
export const revectorized: MatmulVariant = {
  name: 'revectorized',
  rows: 6,
  vectors: 4,
  multiplyAdd: f32x4.relaxedMadd,
};

/** The fastest variant that this engine runs and that is allowed. */
export function chooseVariant({ deterministic = false, revectorize = false } = {}): MatmulVariant {
  if (deterministic || !features().relaxedSimd) return exact;
  return revectorize ? revectorized : relaxed;
}
