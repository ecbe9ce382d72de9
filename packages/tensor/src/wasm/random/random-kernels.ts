import type { RandomKind } from '../../backend/backend.ts';
import { counterOf } from '../../random/counter.ts';
import type { Kernel, KernelCall, KernelLibrary } from '../threads/kernel-library.ts';
import { splitRange } from '../threads/split.ts';
import { type RandomKernel, randomModule } from './random-module.ts';

export interface Draw {
  readonly kind: RandomKind;
  readonly dtype: 'float32' | 'float64';
  /** The words of a `RandomKey`. */
  readonly key: readonly [number, number];
  /** How many elements, below 2³¹. */
  readonly count: number;
  /** Address of the first. */
  readonly to: number;
}

/** Parts begin at multiples of this: whole blocks, whole cache lines. */
const elementsTogether = 64;

/** Draws of `Backend.random`, the same bits. */
export class RandomKernels {
  readonly #library: KernelLibrary;
  readonly #kernels = new Map<RandomKernel, Kernel>();

  constructor(library: KernelLibrary) {
    this.#library = library;
  }

  /** The calls that make a draw, in at most `parts` parts. */
  draw({ kind, dtype, key, count, to }: Draw, parts = 1): KernelCall[] {
    const [bytes, words] = dtype === 'float32' ? [4, 1] : [8, 2];
    const kernel = this.#kernel(dtype === 'float32' ? `${kind}Float32` : `${kind}Float64`);
    return splitRange(count, parts, elementsTogether).map((range) => {
      // A block is two words. Draws are too short for the low counter to wrap.
      const counter = counterOf(kind, (range.from * words) / 2);
      return { kernel, args: [to + bytes * range.from, range.to - range.from, ...key, ...counter] };
    });
  }

  #kernel(name: RandomKernel): Kernel {
    let kernel = this.#kernels.get(name);
    if (kernel === undefined) {
      const bytes = randomModule(name, this.#library.memory);
      kernel = this.#library.add(bytes, [name])[name];
      this.#kernels.set(name, kernel);
    }
    return kernel;
  }
}

/** Gives the calls of a draw another key. */
export function setKey(calls: readonly KernelCall[], [first, second]: readonly [number, number]): void {
  for (const { args } of calls as unknown as readonly { args: number[] }[]) {
    args[2] = first;
    args[3] = second;
  }
}
