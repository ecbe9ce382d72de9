import { ArgumentError } from '../errors.ts';
import { engine } from '../wasm/engine.ts';
import { ArrayKernels } from './device/arrays.ts';
import type { Device } from './device/device.ts';
import { startWebGl2 } from './device/start-webgl2.ts';
import { startWebGpu } from './device/start-webgpu.ts';
import { WebGpuKernels } from './device/webgpu.ts';
import { GpuUnavailableError } from './errors.ts';
import { KernelBackend } from './kernel-backend.ts';
import { type GpuJs, importGpuJs } from './library.ts';
import { type GpuMode, gpuModes } from './mode.ts';
import { warmUp } from './warm-up.ts';
import { WebGpuBackend } from './webgpu-backend.ts';

export interface GpuOptions {
  /** How kernels run; see {@link GpuMode}. */
  readonly mode: GpuMode;
}

/**
 * A backend whose kernels run through gpu.js, in the mode that was asked for and no other. Give it to
 * `compile(fn, { backend })` or `useBackend`. @throws GpuUnavailableError where the mode cannot be had, saying what is
 * missing; ArgumentError for a mode that does not exist.
 */
export async function gpuBackend({ mode }: GpuOptions): Promise<KernelBackend> {
  if (!gpuModes.includes(mode)) {
    throw new ArgumentError(
      'gpuBackend',
      'mode',
      mode,
      `mode is ${mode}; the modes are ${gpuModes.join(', ')}.`,
    );
  }
  const library = await importGpuJs();
  if (library === undefined) {
    throw new GpuUnavailableError(
      mode,
      'gpu.js is not installed. It is optional: npm install gpu.js@2.24.1 (and webgpu@^0.6.2, for WebGPU in Node).',
    );
  }
  const device = await start(mode, library);
  try {
    await warmUp(device);
  } catch (cause) {
    await device.destroy();
    if (cause instanceof GpuUnavailableError) throw cause;
    throw new GpuUnavailableError(mode, `a first kernel failed on ${device.description}.`, { cause });
  }
  return device instanceof WebGpuKernels ? new WebGpuBackend(device) : new KernelBackend(device);
}

async function start(mode: GpuMode, library: GpuJs): Promise<Device> {
  if (mode === 'webgpu') return startWebGpu(library);
  if (mode === 'webgl2') return startWebGl2(library);
  if (mode === 'webasm' && engine === undefined) {
    throw new GpuUnavailableError(mode, "this engine has no WebAssembly. Use mode: 'cpu'.");
  }
  return new ArrayKernels(new library.GPU({ mode }), mode);
}
