import type { Local } from '../assembler/value.ts';
import { f32x4, f64x2, v128 } from '../assembler/vector.ts';
import { highHalf, lowHalf } from '../math/double.ts';
import type { LaneMath, Vector } from '../math/lane-math.ts';
import { extremes } from './accumulators.ts';
import type { ReductionCursor } from './kernel-parts.ts';
import { vectorBytes } from './operands.ts';

/**
 * Sums over rows are made in float32 for so many rows and go on in float64: at most 7·2⁻²⁴ of the sum of sizes is
 * lost.
 */
export const rowBlock = 8;

/** Running values of one reduction of `width` vectors of columns, in registers. */
export interface ColumnAccumulator {
  reset(): void;
  add(vectors: readonly Vector[]): void;
  /** After every {@link rowBlock} rows. */
  endBlock(): void;
  /** Stores one float64 for each of 4·width columns. */
  store(): void;
}

export function columnAccumulator(
  m: LaneMath,
  { kind, start }: ReductionCursor,
  width: number,
): ColumnAccumulator {
  const { f } = m;
  const running = f.locals('v128', width);
  const setAll = (locals: readonly Local<'v128'>[], value: (k: number) => Vector): void => {
    locals.forEach((local, k) => {
      f.set(local, value(k));
    });
  };
  const storeAll = (halves: readonly Vector[]): void => {
    f.emit(...halves.map((half, k) => v128.store(start, half, vectorBytes * k)));
  };
  if (kind !== 'sum') {
    const { ofVectors, identity } = extremes[kind];
    return {
      reset: () => setAll(running, () => f.constant(identity)),
      add: (vectors) => setAll(running, (k) => ofVectors(running[k]!, vectors[k]!)),
      endBlock: () => {},
      store: () => storeAll(running.flatMap((vector) => [lowHalf(vector), highHalf(vector)])),
    };
  }
  const totals = f.locals('v128', 2 * width);
  const zero = () => f.constant(0);
  const promote = (vectors: readonly Vector[]): void =>
    setAll(totals, (k) => {
      const vector = vectors[k >> 1]!;
      return f64x2.add(totals[k]!, k % 2 === 0 ? lowHalf(vector) : highHalf(vector));
    });
  if (m.steady) {
    return {
      reset: () => setAll(totals, zero),
      add: (vectors) => promote(vectors.map((vector) => f.let(vector))),
      endBlock: () => {},
      store: () => storeAll(totals),
    };
  }
  return {
    reset: () => setAll([...running, ...totals], zero),
    add: (vectors) => setAll(running, (k) => f32x4.add(running[k]!, vectors[k]!)),
    endBlock: () => {
      promote(running);
      setAll(running, zero);
    },
    store: () => storeAll(totals),
  };
}
