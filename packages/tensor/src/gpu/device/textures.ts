import { ReparamError } from '../../errors.ts';
import { type Kernel, kernelFunction } from '../kernel.ts';
import type { GpuJsInstance, GpuJsKernel, GpuJsTexture } from '../library.ts';
import type { Device, DeviceBuffer, DeviceMemory } from './device.ts';
import { requireMode } from './require-mode.ts';
import { kernelSettings } from './settings.ts';

interface TextureBuffer extends DeviceBuffer {
  readonly texture: GpuJsTexture;
}

/** WebGL2: gpu.js draws every result into a texture of its own. */
export class TextureKernels implements Device {
  readonly mode = 'webgl2';
  readonly isLocal = false;
  readonly description: string;
  readonly mostOperands = 7;
  /** Indices are float32 on the way. */
  readonly mostElements = 2 ** 24;
  readonly #gpu: GpuJsInstance;
  readonly #kernels = new Map<string, GpuJsKernel>();
  #buffers = 0;
  #bytes = 0;
  #destroyed = false;

  constructor(gpu: GpuJsInstance, description: string) {
    this.#gpu = gpu;
    this.description = description;
  }

  get memory(): DeviceMemory {
    return { buffers: this.#buffers, bytes: this.#bytes };
  }

  upload(values: Float32Array): TextureBuffer {
    // A kernel that hands its operand on leaves it on the device.
    const source = kernelFunction(1, 'return operand0[this.thread.x];');
    const size = Math.max(1, values.length);
    const kernel: Kernel = { name: 'upload', source, size, operands: 1 };
    const { texture } = this.#draw(kernel, [values.length > 0 ? values : new Float32Array(1)], 'array');
    return { size: values.length, texture };
  }

  run(kernel: Kernel, operands: readonly DeviceBuffer[]): TextureBuffer {
    const textures = (operands as readonly TextureBuffer[]).map(({ texture }) => texture);
    return this.#draw(kernel, textures, operands.map(({ size }) => size).join());
  }

  #draw(kernel: Kernel, operands: readonly unknown[], kind: string): TextureBuffer {
    if (this.#destroyed) {
      throw new ReparamError('gpu', 'this backend was destroyed. Make a new one with gpuBackend().');
    }
    const key = `${kernel.size} ${kind} ${kernel.source}`;
    let compiled = this.#kernels.get(key);
    if (compiled === undefined) {
      compiled = this.#gpu.createKernel(kernel.source, {
        ...kernelSettings(kernel, this.mode),
        pipeline: true,
        immutable: true,
        tactic: 'precision',
      });
      this.#kernels.set(key, compiled);
    }
    const texture = compiled(...operands) as GpuJsTexture;
    requireMode(this.mode, this.#gpu, kernel, compiled);
    this.#buffers++;
    this.#bytes += kernel.size * 4;
    return { size: kernel.size, texture };
  }

  async finished(): Promise<void> {
    this.#gpu.context?.finish();
  }

  async read(buffers: readonly DeviceBuffer[]): Promise<Float32Array[]> {
    return buffers.map((buffer) => this.readNow(buffer));
  }

  readNow(buffer: DeviceBuffer): Float32Array {
    return (buffer as TextureBuffer).texture.toArray().slice(0, buffer.size);
  }

  release(buffer: DeviceBuffer): void {
    this.#buffers--;
    this.#bytes -= Math.max(1, buffer.size) * 4;
    (buffer as TextureBuffer).texture.delete();
  }

  async destroy(): Promise<void> {
    this.#destroyed = true;
    await this.#gpu.destroy();
  }
}
