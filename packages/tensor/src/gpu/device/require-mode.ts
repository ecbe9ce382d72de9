import { GpuUnavailableError } from '../errors.ts';
import type { Kernel } from '../kernel.ts';
import type { GpuJsInstance, GpuJsKernel } from '../library.ts';
import type { GpuMode } from '../mode.ts';

/** gpu.js goes over to another mode in silence when one fails. @throws GpuUnavailableError when it has. */
export function requireMode(mode: GpuMode, gpu: GpuJsInstance, kernel: Kernel, compiled: GpuJsKernel): void {
  const { constructor: kind } = compiled.kernel;
  if (kind === gpu.Kernel) return;
  const reason = compiled.fallbackReason;
  throw new GpuUnavailableError(
    mode,
    `gpu.js ran the kernel "${kernel.name}" in mode ${kind.mode} instead of ${mode}${reason ? `: ${reason}` : ''}.`,
  );
}
