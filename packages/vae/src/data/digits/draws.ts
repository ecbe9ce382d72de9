import { normal, type RandomKey, type Tensor, uniform } from '@reparam/tensor';

/** The random numbers of one digit, handed out one by one; the same key hands out the same ones. */
export interface Draws {
  /** Uniform in [low, high). */
  uniform(low: number, high: number): number;
  /** Normal with mean 0, cut off at ± 2 standard deviations: hands vary, but none goes wild. */
  normal(standardDeviation: number): number;
}

const FIRST_BATCH = 48;

export function drawsFrom(key: RandomKey): Draws {
  const nextUniform = stream((count) => uniform(key, [count]));
  const nextNormal = stream((count) => normal(key, [count]));
  return {
    uniform: (low, high) => low + (high - low) * nextUniform(),
    normal: (standardDeviation) => standardDeviation * Math.max(-2, Math.min(2, nextNormal())),
  };
}

/** Number i of a key does not depend on how many are drawn, so a longer batch continues the shorter one. */
function stream(draw: (count: number) => Tensor): () => number {
  let batch = draw(FIRST_BATCH).toTypedArray();
  let next = 0;
  return () => {
    if (next === batch.length) batch = draw(2 * batch.length).toTypedArray();
    return batch[next++]!;
  };
}
