import { availableParallelism } from 'node:os';
import {
  type Backend,
  referenceBackend,
  useBackend,
  useThreads,
  WasmBackend,
  wasmAvailable,
} from '@reparam/tensor';
import { type GpuMode, GpuUnavailableError, gpuBackend } from '@reparam/tensor/gpu';
import { UserError } from '../files/user-error.ts';

/** Modes of the GPU backend that there can be in Node. */
const deviceNames = ['webgpu', 'webasm'] as const satisfies readonly GpuMode[];

/** What computes: the names that --backend takes. */
export const backendNames = ['wasm', 'reference', ...deviceNames] as const;

/** How a model is trained rather than what comes of it, so that it is no part of a run. */
export interface ExecutionOptions {
  readonly backend?: (typeof backendNames)[number];
  readonly threads: number;
  readonly eager: boolean;
}

/** More threads than this gain little on models of a size that one trains here. */
const mostThreads = 4;

export const usualThreads = Math.min(availableParallelism(), mostThreads);

/** What training steps run on, where that is not what all else does, and how to let go of it. */
export interface Execution {
  readonly device: Backend | undefined;
  readonly close: () => void;
}

/** Chooses the backend and starts its threads; a note on standard error where there are fewer than asked for. */
export async function prepareExecution({ backend, threads, eager }: ExecutionOptions): Promise<Execution> {
  if (backend === 'wasm' && !wasmAvailable()) {
    throw new UserError('This engine has no WebAssembly SIMD; use --backend reference.');
  }
  if (backend === 'wasm') useBackend(new WasmBackend());
  if (backend === 'reference') useBackend(referenceBackend);
  if (threads > 1) {
    const { reason } = await useThreads(threads);
    if (reason !== undefined && backend !== 'reference') console.error(`Note: one thread, as ${reason}.`);
  }
  if (backend !== 'webgpu' && backend !== 'webasm') return { device: undefined, close: () => {} };
  if (eager) throw new UserError('A device runs compiled steps; leave out --eager or --backend.');
  return openDevice(backend);
}

async function openDevice(mode: GpuMode): Promise<Execution> {
  try {
    const device = await gpuBackend({ mode });
    console.error(`Steps run on ${device.description}.`);
    return { device, close: () => device.destroy() };
  } catch (error) {
    if (error instanceof GpuUnavailableError) throw new UserError(error.message, { cause: error });
    throw error;
  }
}
