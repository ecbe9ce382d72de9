import type { DeviceMemory } from './device.ts';
import { usage, type WebGpuBuffer, type WebGpuDevice } from './webgpu-api.ts';

/** At most this much is kept for new results of the same size. */
const mostIdleBytes = 256 * 2 ** 20;
const granularity = 256;

/** Device memory in buffers, which are used again by what needs as much. */
export class BufferPool {
  readonly #device: WebGpuDevice;
  readonly #idle = new Map<number, WebGpuBuffer[]>();
  #idleBytes = 0;
  #buffers = 0;
  #bytes = 0;

  constructor(device: WebGpuDevice) {
    this.#device = device;
  }

  get memory(): DeviceMemory {
    return { buffers: this.#buffers, bytes: this.#bytes };
  }

  /** Room for so many float32. What is in it is left over from others. */
  take(elements: number): WebGpuBuffer {
    const size = Math.max(1, Math.ceil((elements * 4) / granularity)) * granularity;
    const idle = this.#idle.get(size)?.pop();
    if (idle !== undefined) {
      this.#idleBytes -= size;
      return idle;
    }
    this.#buffers++;
    this.#bytes += size;
    return this.#device.createBuffer({
      size,
      usage: usage.storage | usage.copySource | usage.copyTarget,
    });
  }

  giveBack(buffer: WebGpuBuffer): void {
    if (this.#idleBytes + buffer.size > mostIdleBytes) {
      this.#buffers--;
      this.#bytes -= buffer.size;
      buffer.destroy();
      return;
    }
    const idle = this.#idle.get(buffer.size);
    if (idle === undefined) this.#idle.set(buffer.size, [buffer]);
    else idle.push(buffer);
    this.#idleBytes += buffer.size;
  }
}
