import { backend } from './backend/backend.ts';
import { WasmBackend } from './wasm/backend.ts';
import type { ThreadsInUse } from './wasm/threads/kernel-runner.ts';

/**
 * From now on kernels run on `count` threads, the calling one among them; results are the same bits on any number.
 * Idle workers sleep, and do not keep a process from ending. Where memory cannot be shared, as on pages that are not
 * cross-origin isolated, one thread does the work, and `reason` says why.
 * @throws ArgumentError unless `count` is a whole number from 1 to 64.
 */
export async function useThreads(count: number): Promise<ThreadsInUse> {
  const active = backend();
  if (active instanceof WasmBackend) return active.useThreads(count);
  return { threads: 1, reason: `the ${active.name} backend runs on one thread` };
}
