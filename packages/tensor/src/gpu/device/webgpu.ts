import { ReparamError } from '../../errors.ts';
import { DeviceLostError } from '../errors.ts';
import type { Kernel } from '../kernel.ts';
import type { GpuJsInstance } from '../library.ts';
import type { Device, DeviceBuffer, DeviceMemory } from './device.ts';
import { shaderOf } from './shader.ts';
import {
  mapModeRead,
  usage,
  type WebGpu,
  type WebGpuBuffer,
  type WebGpuDevice,
  type WebGpuEncoder,
  type WebGpuPass,
  type WebGpuPipeline,
} from './webgpu-api.ts';
import { BufferPool } from './webgpu-memory.ts';

/** Submitted at the latest after so many kernels, so that the device does not wait for a long list to be written. */
const mostPending = 256;

export interface StorageBuffer extends DeviceBuffer {
  readonly buffer: WebGpuBuffer;
}

interface CompiledKernel {
  readonly pipeline: WebGpuPipeline;
  readonly layout: unknown;
  readonly workgroups: readonly [number, number, number];
}

/** A kernel with the buffers it reads and writes, ready to be put on the list again and again. */
export interface Dispatch {
  readonly pipeline: WebGpuPipeline;
  readonly bindGroup: unknown;
  readonly workgroups: readonly [number, number, number];
}

/** WebGPU: gpu.js translates kernels, and they are run on buffers of our own, many in one submission. */
export class WebGpuKernels implements Device {
  readonly mode = 'webgpu';
  readonly isLocal = false;
  readonly description: string;
  readonly mostOperands: number;
  readonly mostElements: number;
  readonly #gpu: GpuJsInstance;
  /** Held here, since the package webgpu ends the process when it is collected before its devices. */
  readonly api: WebGpu;
  readonly #device: WebGpuDevice;
  readonly #pool: BufferPool;
  readonly #kernels = new Map<string, CompiledKernel>();
  readonly #idleStaging: WebGpuBuffer[] = [];
  #encoder: WebGpuEncoder | undefined;
  #pass: WebGpuPass | undefined;
  #pending = 0;
  #failure: Error | undefined;

  constructor(gpu: GpuJsInstance, api: WebGpu, device: WebGpuDevice, description: string) {
    this.#gpu = gpu;
    this.api = api;
    this.#device = device;
    this.#pool = new BufferPool(device);
    this.description = description;
    const { limits } = device;
    this.mostOperands = limits.maxStorageBuffersPerShaderStage - 1;
    this.mostElements = Math.floor(Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize) / 4);
    void device.lost.then(({ message }) => {
      this.#failure ??= new DeviceLostError(
        'gpu',
        `the device was lost${message ? ` (${message})` : ''}, and everything on it. Make a new backend with ` +
          'gpuBackend(), or go on from the last checkpoint with useBackend(referenceBackend) or the default one.',
      );
    });
    device.onuncapturederror = ({ error }) => {
      this.#failure ??= new ReparamError('gpu', `the device refused what it was told: ${error.message}`);
    };
  }

  get memory(): DeviceMemory {
    return this.#pool.memory;
  }

  upload(values: Float32Array): StorageBuffer {
    const target = this.allocate(values.length);
    this.write(target, values);
    return target;
  }

  /** Room for so many elements, whose values are not set. */
  allocate(size: number): StorageBuffer {
    this.requireWorking();
    return { size, buffer: this.#pool.take(size) };
  }

  write({ buffer }: StorageBuffer, values: Float32Array): void {
    // Writing comes before everything that is not submitted yet, which may still read what the buffer held before.
    this.flush();
    this.#device.queue.writeBuffer(buffer, 0, values);
  }

  run(kernel: Kernel, operands: readonly DeviceBuffer[]): StorageBuffer {
    const result = this.allocate(kernel.size);
    this.dispatch(this.prepare(kernel, operands as readonly StorageBuffer[], result));
    return result;
  }

  prepare(kernel: Kernel, operands: readonly StorageBuffer[], result: StorageBuffer): Dispatch {
    const { pipeline, layout, workgroups } = this.#compile(kernel);
    const entries = [...operands, result].map(({ buffer }, binding) => ({ binding, resource: { buffer } }));
    return { pipeline, workgroups, bindGroup: this.#device.createBindGroup({ layout, entries }) };
  }

  dispatch({ pipeline, bindGroup, workgroups }: Dispatch): void {
    this.requireWorking();
    this.#pass ??= this.#commands().beginComputePass();
    this.#pass.setPipeline(pipeline);
    this.#pass.setBindGroup(0, bindGroup);
    this.#pass.dispatchWorkgroups(...workgroups);
    if (++this.#pending >= mostPending) this.flush();
  }

  copy(from: StorageBuffer, to: StorageBuffer): void {
    this.#endPass();
    this.#commands().copyBufferToBuffer(from.buffer, 0, to.buffer, 0, from.size * 4);
  }

  /** Hands everything on the list to the device. */
  flush(): void {
    if (this.#encoder === undefined) return;
    this.#endPass();
    this.#device.queue.submit([this.#encoder.finish()]);
    this.#encoder = undefined;
    this.#pending = 0;
  }

  async read(buffers: readonly DeviceBuffer[]): Promise<Float32Array[]> {
    this.requireWorking();
    const total = buffers.reduce((sum, { size }) => sum + size, 0);
    const staging = this.#takeStaging(Math.max(4, total * 4));
    this.#endPass();
    let offset = 0;
    for (const { buffer, size } of buffers as readonly StorageBuffer[]) {
      if (size > 0) this.#commands().copyBufferToBuffer(buffer, 0, staging, offset, size * 4);
      offset += size * 4;
    }
    this.flush();
    try {
      await staging.mapAsync(mapModeRead);
    } catch (cause) {
      this.requireWorking();
      throw new DeviceLostError('read', 'the device could not be read.', { cause });
    }
    const all = new Float32Array(staging.getMappedRange().slice(0, total * 4));
    staging.unmap();
    this.#idleStaging.push(staging);
    // Errors are reported some time after they are made; by now those of what was read are known.
    this.requireWorking();
    let end = 0;
    return buffers.map(({ size }) => {
      end += size;
      return all.slice(end - size, end);
    });
  }

  async finished(): Promise<void> {
    this.flush();
    await this.#device.queue.onSubmittedWorkDone();
    this.requireWorking();
  }

  release(buffer: DeviceBuffer): void {
    this.#pool.giveBack((buffer as StorageBuffer).buffer);
  }

  async destroy(): Promise<void> {
    this.#failure ??= new ReparamError(
      'gpu',
      'this backend was destroyed. Make a new one with gpuBackend().',
    );
    this.#device.destroy();
    await this.#gpu.destroy();
  }

  #compile(kernel: Kernel): CompiledKernel {
    const key = kernel.wgsl?.code ?? `${kernel.size} ${kernel.source}`;
    let compiled = this.#kernels.get(key);
    if (compiled === undefined) {
      const { maxComputeWorkgroupsPerDimension } = this.#device.limits;
      const { code, workgroups } = shaderOf(kernel, this.#gpu, maxComputeWorkgroupsPerDimension);
      const module = this.#device.createShaderModule({ code });
      const pipeline = this.#device.createComputePipeline({
        layout: 'auto',
        compute: { module, entryPoint: 'main' },
      });
      compiled = { pipeline, layout: pipeline.getBindGroupLayout(0), workgroups };
      this.#kernels.set(key, compiled);
    }
    return compiled;
  }

  #commands(): WebGpuEncoder {
    this.#encoder ??= this.#device.createCommandEncoder();
    return this.#encoder;
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = undefined;
  }

  #takeStaging(bytes: number): WebGpuBuffer {
    const fitting = this.#idleStaging.findIndex(({ size }) => size >= bytes && size <= 4 * bytes);
    if (fitting >= 0) return this.#idleStaging.splice(fitting, 1)[0]!;
    for (const buffer of this.#idleStaging.splice(0)) buffer.destroy();
    return this.#device.createBuffer({ size: bytes, usage: usage.mapRead | usage.copyTarget });
  }

  /** @throws DeviceLostError, and whatever else went wrong on the device since it was last asked. */
  requireWorking(): void {
    if (this.#failure) throw this.#failure;
  }
}
