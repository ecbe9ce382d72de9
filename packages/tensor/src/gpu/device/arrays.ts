import { ReparamError } from '../../errors.ts';
import type { Kernel } from '../kernel.ts';
import type { GpuJsInstance, GpuJsKernel } from '../library.ts';
import type { Device, DeviceBuffer, DeviceMemory } from './device.ts';
import { requireMode } from './require-mode.ts';
import { kernelSettings } from './settings.ts';

interface HeldArray extends DeviceBuffer {
  readonly values: Float32Array;
}

/** The modes that compute in this process: results are arrays, and garbage like others. */
export class ArrayKernels implements Device {
  readonly mode: 'webasm' | 'cpu';
  readonly isLocal = true;
  readonly description: string;
  readonly mostOperands = 7;
  /** Indices are float32 on the way. */
  readonly mostElements = 2 ** 24;
  readonly memory: DeviceMemory = { buffers: 0, bytes: 0 };
  readonly #gpu: GpuJsInstance;
  readonly #kernels = new Map<string, GpuJsKernel>();
  #destroyed = false;

  constructor(gpu: GpuJsInstance, mode: 'webasm' | 'cpu') {
    this.#gpu = gpu;
    this.mode = mode;
    this.description = mode === 'webasm' ? 'WebAssembly in this process' : 'JavaScript in this process';
  }

  upload(values: Float32Array): HeldArray {
    return { size: values.length, values };
  }

  run(kernel: Kernel, operands: readonly DeviceBuffer[]): HeldArray {
    if (this.#destroyed) {
      throw new ReparamError('gpu', 'this backend was destroyed. Make a new one with gpuBackend().');
    }
    const lengths = operands.map(({ size }) => size);
    const key = `${kernel.size} ${lengths.join()} ${kernel.source}`;
    let compiled = this.#kernels.get(key);
    if (compiled === undefined) {
      compiled = this.#gpu.createKernel(kernel.source, kernelSettings(kernel, this.mode));
      this.#kernels.set(key, compiled);
    }
    const arrays = (operands as readonly HeldArray[]).map(({ values }) => nonEmpty(values));
    const values = compiled(...arrays) as Float32Array;
    requireMode(this.mode, this.#gpu, kernel, compiled);
    return { size: kernel.size, values };
  }

  async finished(): Promise<void> {}

  async read(buffers: readonly DeviceBuffer[]): Promise<Float32Array[]> {
    return buffers.map((buffer) => this.readNow(buffer));
  }

  readNow(buffer: DeviceBuffer): Float32Array {
    return (buffer as HeldArray).values;
  }

  release(): void {}

  async destroy(): Promise<void> {
    this.#destroyed = true;
    await this.#gpu.destroy();
  }
}

/** gpu.js asks the first element of an array what type it is. */
function nonEmpty(values: Float32Array): Float32Array {
  return values.length > 0 ? values : new Float32Array(1);
}
