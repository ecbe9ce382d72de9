// The GPU backend, and its kernels one by one, as the subpath @reparam/tensor/gpu.
export { type BackendDescription, describeBackends } from './describe-backends.ts';
export type { Device, DeviceBuffer, DeviceMemory } from './device/device.ts';
export { DeviceLostError, DeviceReadError, GpuUnavailableError, NoKernelError } from './errors.ts';
export { type GpuOptions, gpuBackend } from './gpu-backend.ts';
export type { HandwrittenShader, Kernel, NativeFunction } from './kernel.ts';
export type { KernelBackend } from './kernel-backend.ts';
export { type MatmulLayout, type MatrixLayout, matmulLayout } from './kernels/matmul-layout.ts';
export { naiveMatmul } from './kernels/matmul-naive.ts';
export { tiledMatmul } from './kernels/matmul-tiled.ts';
export { unrolledMatmul } from './kernels/matmul-unrolled.ts';
export { type GpuMode, gpuModes } from './mode.ts';
