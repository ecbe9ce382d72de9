import { scalarFunctions as f, input } from '@reparam/tensor';
import type { Kernels } from '../../../packages/tensor/src/wasm/kernels.ts';

/** In GB/s. */
export interface Bandwidth {
  readonly cache: number;
  readonly memory: number;
}

/** Elements of arrays of which three lie in the second-level cache, or for the most part in none. */
const sizes = { cache: 1 << 15, memory: 1 << 23 } as const;
const bytesMoved = 1 << 28;

/** What c = a + b reads and writes on one thread: the fastest of several runs, as for peaks. */
export function streamBandwidth(kernels: Kernels): Bandwidth {
  return { cache: bandwidthOf(kernels, sizes.cache), memory: bandwidthOf(kernels, sizes.memory) };
}

function bandwidthOf(kernels: Kernels, size: number): number {
  const { memory } = kernels;
  memory.resetScratch();
  const [a, b, c] = [0, 1, 2].map(() => ({ address: memory.scratch(4 * size), rowStride: 4 * size }));
  memory.float32.fill(1, a!.address / 4, a!.address / 4 + size);
  memory.float32.fill(1, b!.address / 4, b!.address / 4 + size);
  const kernel = kernels.map({
    inputs: ['vector', 'vector'],
    outputs: [{ expression: f.add(input(0), input(1)), kind: 'store' }],
  });
  const [calls] = kernel.plan(1, size, [a!, b!], [c!], 0);
  const together = Math.max(1, Math.floor(bytesMoved / (12 * size)) >> 4);
  let fastest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 16; i++) {
    const start = performance.now();
    for (let j = 0; j < together; j++) kernels.runner.run(calls!);
    fastest = Math.min(fastest, performance.now() - start);
  }
  return (together * 12 * size) / fastest / 1e6;
}
