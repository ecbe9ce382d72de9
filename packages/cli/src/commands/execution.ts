import { availableParallelism } from 'node:os';
import { referenceBackend, useBackend, useThreads, WasmBackend, wasmAvailable } from '@reparam/tensor';
import { UserError } from '../files/user-error.ts';

/** What computes: the names that --backend takes. */
export const backendNames = ['wasm', 'reference'] as const;

/** How a model is trained rather than what comes of it, so that it is no part of a run. */
export interface ExecutionOptions {
  readonly backend?: (typeof backendNames)[number];
  readonly threads: number;
  readonly eager: boolean;
}

/** More threads than this gain little on models of a size that one trains here. */
const mostThreads = 4;

export const usualThreads = Math.min(availableParallelism(), mostThreads);

/** Chooses the backend and starts its threads; a note on standard error where there are fewer than asked for. */
export async function prepareExecution({ backend, threads }: ExecutionOptions): Promise<void> {
  if (backend === 'wasm' && !wasmAvailable()) {
    throw new UserError('This engine has no WebAssembly SIMD; use --backend reference.');
  }
  if (backend === 'wasm') useBackend(new WasmBackend());
  if (backend === 'reference') useBackend(referenceBackend);
  if (threads === 1) return;
  const inUse = await useThreads(threads);
  if (inUse.reason !== undefined && backend !== 'reference')
    console.error(`Note: one thread, as ${inUse.reason}.`);
}
