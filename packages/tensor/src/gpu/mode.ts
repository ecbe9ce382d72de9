/** The ways in which gpu.js runs kernels that are offered here. */
export const gpuModes = ['webgpu', 'webgl2', 'webasm', 'cpu'] as const;

/**
 * `webgpu` and `webgl2` keep tensors on the device. `webasm` and `cpu` run the same kernels in this process, on its
 * arrays: they are for studying and checking kernels where there is no GPU.
 */
export type GpuMode = (typeof gpuModes)[number];
