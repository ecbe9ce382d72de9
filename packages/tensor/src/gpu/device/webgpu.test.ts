import { expect, test } from 'vitest';
import { DeviceLostError } from '../errors.ts';
import type { GpuJsInstance } from '../library.ts';
import { WebGpuKernels } from './webgpu.ts';
import type { WebGpu, WebGpuDevice } from './webgpu-api.ts';

const limits = {
  maxStorageBuffersPerShaderStage: 8,
  maxStorageBufferBindingSize: 2 ** 27,
  maxBufferSize: 2 ** 28,
  maxComputeWorkgroupsPerDimension: 65535,
};

/** A device that does nothing, and goes away when told. */
function standIn() {
  let lose: (info: { reason: string; message: string }) => void = () => {};
  const lost = new Promise<{ reason: string; message: string }>((resolve) => {
    lose = resolve;
  });
  const device: WebGpuDevice = {
    limits,
    lost,
    onuncapturederror: null,
    queue: { submit() {}, writeBuffer() {}, onSubmittedWorkDone: async () => undefined },
    createBuffer: ({ size }) => ({
      size,
      mapAsync: async () => undefined,
      getMappedRange: () => new ArrayBuffer(size),
      unmap() {},
      destroy() {},
    }),
    createShaderModule: () => ({}),
    createComputePipeline: () => ({ getBindGroupLayout: () => ({}) }),
    createBindGroup: () => ({}),
    createCommandEncoder: () => ({
      beginComputePass: () => ({ setPipeline() {}, setBindGroup() {}, dispatchWorkgroups() {}, end() {} }),
      copyBufferToBuffer() {},
      finish: () => ({}),
    }),
    destroy() {},
  };
  const gpu = { destroy: async () => {} } as Partial<GpuJsInstance> as GpuJsInstance;
  const api: WebGpu = { requestAdapter: async () => null };
  return { kernels: new WebGpuKernels(gpu, api, device, 'stand-in'), device, lose };
}

test('a lost device is an error, at the next thing that is asked of it', async () => {
  const { kernels, lose } = standIn();
  const buffer = kernels.upload(Float32Array.of(1, 2));
  expect(await kernels.read([buffer])).toEqual([Float32Array.of(0, 0)]);
  lose({ reason: 'unknown', message: 'driver reset' });
  await Promise.resolve();
  await Promise.resolve();
  expect(() => kernels.upload(Float32Array.of(1))).toThrow(DeviceLostError);
  await expect(kernels.read([buffer])).rejects.toThrow(
    'gpu: the device was lost (driver reset), and everything on it. Make a new backend with gpuBackend(), or go on ' +
      'from the last checkpoint with useBackend(referenceBackend) or the default one.',
  );
});

test('what the device refuses is an error, at the next thing that is asked of it', async () => {
  const { kernels, device } = standIn();
  const buffer = kernels.upload(Float32Array.of(1));
  device.onuncapturederror?.({ error: { message: 'a shader is wrong' } });
  await expect(kernels.read([buffer])).rejects.toThrow(
    'gpu: the device refused what it was told: a shader is wrong',
  );
});

test('memory that was given back is used again by what needs as much', () => {
  const { kernels } = standIn();
  const first = kernels.upload(new Float32Array(100));
  expect(kernels.memory).toEqual({ buffers: 1, bytes: 512 });
  kernels.release(first);
  kernels.upload(new Float32Array(90));
  expect(kernels.memory).toEqual({ buffers: 1, bytes: 512 });
  kernels.upload(new Float32Array(90));
  expect(kernels.memory).toEqual({ buffers: 2, bytes: 1024 });
});
