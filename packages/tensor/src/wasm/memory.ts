import { ArgumentError } from '../errors.ts';
import { maximumPages } from './assembler/module-builder.ts';
import { createMemory, type WasmMemory } from './engine.ts';
import { features } from './features.ts';
import { FreeList } from './free-list.ts';

const pageBytes = 65536;

/** Addresses are multiples of this: a cache line, so that no two threads write to the same one. */
const alignment = 64;

/**
 * The linear memory that kernels work on, by byte addresses. Address 0 is never given out. Memory for keeps comes
 * from {@link allocate}; room for the operands of one eager call from {@link scratch}, which {@link resetScratch}
 * takes back as a whole.
 */
export class KernelMemory {
  readonly memory: WasmMemory;
  /** Whether workers can share it. */
  readonly shared: boolean;
  readonly #free = new FreeList();
  /** Scratch regions in use: the last one is being filled, those before it are full. */
  #regions: { start: number; bytes: number }[] = [];
  #scratchUsed = 0;
  #bytes: Uint8Array;
  #float32: Float32Array;
  #int32: Int32Array;
  #float64: Float64Array;

  /** `shared` defaults to whether this engine has threads; a memory that is asked to be shared may throw without. */
  constructor({ shared = features().threads }: { shared?: boolean } = {}) {
    this.memory = shared ? sharedMemory() : createMemory(1);
    this.shared = shared;
    this.#bytes = new Uint8Array(this.memory.buffer);
    this.#float32 = new Float32Array(this.memory.buffer);
    this.#int32 = new Int32Array(this.memory.buffer);
    this.#float64 = new Float64Array(this.memory.buffer);
    this.#free.add(alignment, pageBytes - alignment);
  }

  // Views of all memory, by byte address / element size. They are remade when memory grows, which any allocation
  // may do: read the property after allocating, and do not keep it.

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get float32(): Float32Array {
    return this.#float32;
  }

  get int32(): Int32Array {
    return this.#int32;
  }

  get float64(): Float64Array {
    return this.#float64;
  }

  /**
   * The address of `bytes` bytes, a multiple of 64, to be given back with {@link free}. What they hold is arbitrary.
   * Throws an {@link ArgumentError} when 4 GiB, or what the machine has, are used up.
   */
  allocate(bytes: number): number {
    const size = roundUp(Math.max(bytes, 1), alignment);
    return this.#free.take(size) ?? this.#growAndTake(size);
  }

  /** Gives back what {@link allocate} gave. */
  free(address: number): void {
    this.#free.giveBack(address);
  }

  /** The address of `bytes` bytes, a multiple of 64, that stay until {@link resetScratch}. */
  scratch(bytes: number): number {
    const size = roundUp(bytes, alignment);
    let region = this.#regions.at(-1);
    if (region === undefined || this.#scratchUsed + size > region.bytes) {
      const larger = Math.max(size, 2 * (region?.bytes ?? pageBytes));
      region = { start: this.allocate(larger), bytes: larger };
      this.#regions.push(region);
      this.#scratchUsed = 0;
    }
    const address = region.start + this.#scratchUsed;
    this.#scratchUsed += size;
    return address;
  }

  /** Takes all scratch memory back. What took several regions fits into one the next time. */
  resetScratch(): void {
    this.#scratchUsed = 0;
    if (this.#regions.length < 2) return;
    const total = this.#regions.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { start } of this.#regions) this.free(start);
    this.#regions = [{ start: this.allocate(total), bytes: total }];
  }

  #growAndTake(bytes: number): number {
    const end = this.memory.buffer.byteLength;
    const lacking = bytes - this.#free.freeBefore(end);
    // A quarter more each time, so that growing n times takes log n steps.
    const wanted = Math.ceil(Math.max(lacking, end / 4) / pageBytes);
    const pages = this.#grow(wanted) ?? this.#grow(Math.ceil(lacking / pageBytes));
    if (pages === undefined) {
      throw new ArgumentError(
        'allocate',
        'bytes',
        bytes,
        `${bytes} bytes more do not fit: WebAssembly memory holds ${end} bytes and cannot grow that far. ` +
          'Use smaller batches, or free what is no longer needed',
      );
    }
    this.#free.add(end, pages * pageBytes);
    return this.#free.take(bytes)!;
  }

  /** Adds pages; undefined if that cannot be. */
  #grow(pages: number): number | undefined {
    try {
      this.memory.grow(pages);
    } catch {
      return undefined;
    }
    const { buffer } = this.memory;
    this.#bytes = new Uint8Array(buffer);
    this.#float32 = new Float32Array(buffer);
    this.#int32 = new Int32Array(buffer);
    this.#float64 = new Float64Array(buffer);
    return pages;
  }
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

/** Engines reserve addresses up to the maximum of a shared memory, so the largest that they grant is taken. */
function sharedMemory(): WasmMemory {
  for (let maximum = maximumPages; ; maximum /= 2) {
    try {
      return createMemory(1, { maximum, shared: true });
    } catch (error) {
      if (maximum <= 1) throw error;
    }
  }
}
