import { f32, f64 } from '../assembler/scalar.ts';
import type { Value } from '../assembler/value.ts';
import { f32x4, f64x2, v128 } from '../assembler/vector.ts';
import { highHalf, lowHalf } from '../math/double.ts';
import type { LaneMath, Vector } from '../math/lane-math.ts';
import type { MapReduction } from './spec.ts';

/** Running values of one reduction in registers: everything added since {@link reset} ends in one number. */
export interface Accumulator {
  reset(): void;
  /** Takes in the vectors of one step; `mask` keeps those lanes alone. */
  add(vectors: readonly Vector[], mask?: Vector): void;
  result(): Value<'f64'>;
}

export function createAccumulator(m: LaneMath, kind: MapReduction): Accumulator {
  return kind === 'sum' ? sumAccumulator(m) : extremeAccumulator(m, kind);
}

/**
 * Four sums in float64 lanes. The vectors of a step, 2 or 4, are first added pairwise in float32, which rounds
 * log₂ of their number times: at most 2·2⁻²⁴ of the sum of sizes is lost, and a pair may overflow. Steady sums go on in
 * float64 at once, so that what else a kernel computes, and how many vectors it takes at a time, hardly ever shows
 * after rounding.
 */
function sumAccumulator({ f, steady }: LaneMath): Accumulator {
  const [low, high] = [f.local('v128'), f.local('v128')];
  return {
    reset() {
      const zero = f.constant(0, 'f64x2');
      f.set(low, zero);
      f.set(high, zero);
    },
    add(vectors, mask) {
      const kept = mask === undefined ? vectors : vectors.map((x) => v128.and(x, mask));
      const terms = steady ? kept : [pairwise(kept, f32x4.add)];
      for (const term of terms) {
        const x = f.let(term);
        f.set(low, f64x2.add(low, lowHalf(x)));
        f.set(high, f64x2.add(high, highHalf(x)));
      }
    },
    result() {
      const both = f.let(f64x2.add(low, high));
      return f64.add(f64x2.extractLane(both, 0), f64x2.extractLane(both, 1));
    },
  };
}

/** Where a running extreme starts, and the instructions that go on. NaN stays, and −0 is below 0. */
export const extremes = {
  maximum: { ofVectors: f32x4.max, ofNumbers: f32.max, identity: -Infinity },
  minimum: { ofVectors: f32x4.min, ofNumbers: f32.min, identity: Infinity },
} as const;

function extremeAccumulator({ f }: LaneMath, kind: 'maximum' | 'minimum'): Accumulator {
  const { ofVectors, ofNumbers, identity } = extremes[kind];
  const running = f.local('v128');
  return {
    reset() {
      f.set(running, f.constant(identity));
    },
    add(vectors, mask) {
      const kept =
        mask === undefined ? vectors : vectors.map((x) => v128.bitselect(x, f.constant(identity), mask));
      f.set(running, ofVectors(running, pairwise(kept, ofVectors)));
    },
    result() {
      const [a, b, c, d] = [0, 1, 2, 3].map((lane) => f32x4.extractLane(running, lane));
      return f64.promoteF32(ofNumbers(ofNumbers(a!, b!), ofNumbers(c!, d!)));
    },
  };
}

function pairwise(vectors: readonly Vector[], combine: (a: Vector, b: Vector) => Vector): Vector {
  if (vectors.length === 1) return vectors[0]!;
  const half = vectors.length / 2;
  return combine(pairwise(vectors.slice(0, half), combine), pairwise(vectors.slice(half), combine));
}
