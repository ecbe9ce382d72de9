const goldenRatio = 0.6180339887498949;

/** Float32 spread evenly over ±1 (a Weyl sequence), the same in every process; `seed` shifts them. */
export function evenNumbers(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => (((i + 1) * goldenRatio + seed * 0.37) % 1) * 2 - 1);
}
