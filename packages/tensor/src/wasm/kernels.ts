import { CopyKernels } from './copy/copy-kernels.ts';
import { features } from './features.ts';
import { GatherKernels } from './gather/gather-kernels.ts';
import { type MapKernel, mapKernel } from './map/map-kernel.ts';
import type { MapSpec } from './map/spec.ts';
import type { RoundingOptions } from './math/lane-math.ts';
import { MatmulKernels } from './matmul/matmul-kernels.ts';
import { chooseVariant } from './matmul/variant.ts';
import { KernelMemory } from './memory.ts';
import { RandomKernels } from './random/random-kernels.ts';
import { ReduceKernels } from './reduce/reduce-kernels.ts';
import { KernelLibrary } from './threads/kernel-library.ts';
import { KernelRunner } from './threads/kernel-runner.ts';

export interface KernelOptions {
  /** Multiply and add with two roundings everywhere, so that results have the same bits on every machine. */
  readonly deterministic?: boolean;
  /** Tiles for V8 with --experimental-wasm-revectorize (Node ≥ 24), which makes 256-bit instructions of them. */
  readonly revectorize?: boolean;
}

/** All kernels, on one memory. */
export class Kernels {
  readonly memory: KernelMemory;
  readonly library: KernelLibrary;
  readonly runner: KernelRunner;
  readonly matmul: MatmulKernels;
  readonly copy: CopyKernels;
  readonly gather: GatherKernels;
  readonly reduce: ReduceKernels;
  readonly random: RandomKernels;
  readonly #rounding: RoundingOptions;

  constructor(options: KernelOptions = {}) {
    this.memory = new KernelMemory();
    this.library = new KernelLibrary(this.memory);
    this.runner = new KernelRunner(this.library);
    this.matmul = new MatmulKernels(this.library, chooseVariant(options));
    this.copy = new CopyKernels(this.library);
    this.gather = new GatherKernels(this.library);
    this.reduce = new ReduceKernels(this.library);
    this.random = new RandomKernels(this.library);
    const { deterministic = false } = options;
    this.#rounding = { fused: !deterministic && features().relaxedSimd, steady: deterministic };
  }

  map(spec: MapSpec): MapKernel {
    return mapKernel(this.library, spec, this.#rounding);
  }
}
