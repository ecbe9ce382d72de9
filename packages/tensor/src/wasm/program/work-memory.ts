import type { KernelMemory } from '../memory.ts';

/** Memory for what an instruction needs beside its operands and results; it stays until all of it is given back. */
export class ScratchRegion {
  readonly addresses: number[] = [];
  readonly #memory: KernelMemory;

  constructor(memory: KernelMemory) {
    this.#memory = memory;
  }

  /** The address of so many bytes, or 0 of none. */
  take(bytes: number): number {
    if (bytes === 0) return 0;
    const address = this.#memory.allocate(bytes);
    this.addresses.push(address);
    return address;
  }

  giveBack(): void {
    for (const address of this.addresses.splice(0)) this.#memory.free(address);
  }
}
