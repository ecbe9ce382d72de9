import { compile, instantiate, type KernelFunction } from '../engine.ts';
import type { KernelMemory } from '../memory.ts';

/** A function of a module of a {@link KernelLibrary}; the two numbers name it to workers. */
export interface Kernel {
  readonly name: string;
  readonly module: number;
  /** Its position among the module's exports. */
  readonly position: number;
  /** Runs it on this thread. */
  readonly run: KernelFunction;
}

/**
 * A kernel with its arguments: what the drivers of this folder make of sizes and addresses. The calls of one list
 * write to memory of their own, so they may run in any order and at the same time.
 */
export interface KernelCall {
  readonly kernel: Kernel;
  readonly args: readonly number[];
}

/** The modules whose functions work on one memory, on this thread and on others. */
export class KernelLibrary {
  readonly memory: KernelMemory;
  readonly #modules: Uint8Array[] = [];

  constructor(memory: KernelMemory) {
    this.memory = memory;
  }

  /** The bytes of all modules added so far, by number. */
  get modules(): readonly Uint8Array[] {
    return this.#modules;
  }

  /** Compiles a module and returns its exports. `names` are those that the caller wants to see in the type. */
  add<const Name extends string>(
    bytes: Uint8Array,
    names: readonly Name[],
  ): { readonly [K in Name]: Kernel } {
    const functions = instantiate(compile(bytes), this.memory.memory);
    const exported = Object.keys(functions);
    const module = this.#modules.push(bytes) - 1;
    const kernels = names.map((name): [Name, Kernel] => {
      const run = functions[name];
      if (run === undefined)
        throw new RangeError(`the module exports ${exported.join(', ')}, but no ${name}`);
      return [name, { name, module, position: exported.indexOf(name), run }];
    });
    return Object.fromEntries(kernels) as { readonly [K in Name]: Kernel };
  }
}

/** Runs calls one after the other on this thread. */
export function runCalls(calls: readonly KernelCall[]): void {
  // Spreading the arguments would make a copy of them for every call.
  for (const { kernel, args } of calls) Reflect.apply(kernel.run, undefined, args);
}
