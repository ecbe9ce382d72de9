import { GpuUnavailableError } from '../errors.ts';
import type { GpuJs, GpuJsInstance } from '../library.ts';
import { WebGpuKernels } from './webgpu.ts';
import type { WebGpu, WebGpuAdapter } from './webgpu-api.ts';

const nodePackage: string = 'webgpu';

/** The device that the browser, or in Node the package webgpu, finds. @throws GpuUnavailableError */
export async function startWebGpu(library: GpuJs): Promise<WebGpuKernels> {
  const api = await findWebGpu();
  const adapter = await api.requestAdapter();
  if (adapter === null) {
    throw new GpuUnavailableError(
      'webgpu',
      'WebGPU is there, but finds no device. It needs a driver for Vulkan, Metal or Direct3D 12; on Linux the ' +
        "variable VK_ICD_FILENAMES may name a driver's file. Without a GPU, mode: 'webasm' runs the same kernels.",
    );
  }
  const { maxStorageBuffersPerShaderStage, maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  const device = await adapter.requestDevice({
    // What is granted unless asked for is the least that any device has.
    requiredLimits: { maxStorageBuffersPerShaderStage, maxStorageBufferBindingSize, maxBufferSize },
  });
  return new WebGpuKernels(translator(library, api), api, device, describe(adapter));
}

async function findWebGpu(): Promise<WebGpu> {
  const { navigator, process } = globalThis as {
    navigator?: { readonly gpu?: WebGpu };
    process?: { readonly versions?: { readonly node?: string } };
  };
  if (navigator?.gpu) return navigator.gpu;
  if (process?.versions?.node === undefined) {
    throw new GpuUnavailableError(
      'webgpu',
      "this browser has no WebGPU here (navigator.gpu); pages need https or localhost for it. Try mode: 'webgl2'.",
    );
  }
  try {
    // By a name that bundlers for browsers do not follow.
    const { create } = (await import(/* @vite-ignore */ nodePackage)) as { create(flags: string[]): WebGpu };
    return create([]);
  } catch (cause) {
    throw new GpuUnavailableError(
      'webgpu',
      'Node has no WebGPU of its own, and the package webgpu could not be loaded: npm install webgpu@^0.6.2. ' +
        'On Linux it needs libvulkan1 too.',
      { cause },
    );
  }
}

/** gpu.js in webgpu mode. It is never run, but wants to see WebGPU when it is made. */
function translator({ GPU }: GpuJs, api: WebGpu): GpuJsInstance {
  const place = globalThis as { navigator?: object };
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  const has = (place.navigator as { gpu?: unknown } | undefined)?.gpu !== undefined;
  if (has) return new GPU({ mode: 'webgpu' });
  Object.defineProperty(globalThis, 'navigator', { value: { gpu: api }, configurable: true, writable: true });
  try {
    return new GPU({ mode: 'webgpu' });
  } finally {
    if (before) Object.defineProperty(globalThis, 'navigator', before);
    else delete place.navigator;
  }
}

function describe({ info }: WebGpuAdapter): string {
  if (!info) return 'unknown device';
  const words = [info.vendor, info.architecture, info.device, info.description].filter((word) => word !== '');
  return words.join(', ') || 'unnamed device';
}
