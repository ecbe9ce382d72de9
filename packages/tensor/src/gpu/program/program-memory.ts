import type { StorageBuffer, WebGpuKernels } from '../device/webgpu.ts';

/** Device memory that a program owns for as long as it, or a state that lies there, is in use. */
export class ProgramMemory {
  readonly device: WebGpuKernels;
  readonly #owned: StorageBuffer[] = [];
  /** What results have left that nothing reads any more, by the room there is. */
  readonly #idle = new Map<number, StorageBuffer[]>();

  constructor(device: WebGpuKernels) {
    this.device = device;
    collected.register(this, { device, owned: this.#owned });
  }

  /** Memory that nothing else uses while the program exists. */
  take(size: number): StorageBuffer {
    const buffer = this.device.allocate(size);
    this.#owned.push(buffer);
    return buffer;
  }

  /** Memory that was used before where there is some, until it is given back. */
  borrow(size: number): StorageBuffer {
    const idle = this.#idle.get(roomOf(size))?.pop();
    return idle === undefined ? this.take(size) : { size, buffer: idle.buffer };
  }

  giveBack(buffer: StorageBuffer): void {
    const room = roomOf(buffer.size);
    const idle = this.#idle.get(room);
    if (idle === undefined) this.#idle.set(room, [buffer]);
    else idle.push(buffer);
  }
}

/** Buffers of one room can take each other's place: see webgpu-memory.ts. */
function roomOf(size: number): number {
  return Math.max(1, Math.ceil(size / 64));
}

const collected = new FinalizationRegistry<{ device: WebGpuKernels; owned: readonly StorageBuffer[] }>(
  ({ device, owned }) => {
    for (const buffer of owned) device.release(buffer);
  },
);
