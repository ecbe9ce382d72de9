import { GpuUnavailableError } from './errors.ts';
import { gpuBackend } from './gpu-backend.ts';
import { type GpuMode, gpuModes } from './mode.ts';

/** What a mode runs on here, or what it lacks. */
export type BackendDescription =
  | { readonly mode: GpuMode; readonly available: true; readonly device: string }
  | { readonly mode: GpuMode; readonly available: false; readonly missing: string };

/** Tries every mode, one after the other: starts it, runs a kernel, and ends it again. */
export async function describeBackends(): Promise<BackendDescription[]> {
  const described: BackendDescription[] = [];
  for (const mode of gpuModes) {
    try {
      const backend = await gpuBackend({ mode });
      described.push({ mode, available: true, device: backend.description });
      await backend.destroy();
    } catch (error) {
      if (!(error instanceof GpuUnavailableError)) throw error;
      described.push({ mode, available: false, missing: error.message });
    }
  }
  return described;
}
