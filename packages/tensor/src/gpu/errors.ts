import { ReparamError } from '../errors.ts';
import type { GpuMode } from './mode.ts';

/** A mode of gpu.js that cannot be had here; the message says what is missing, and what to do about it. */
export class GpuUnavailableError extends ReparamError {
  readonly mode: GpuMode;

  constructor(mode: GpuMode, explanation: string, options?: ErrorOptions) {
    super('gpuBackend', explanation, options);
    this.mode = mode;
  }
}

/** The device went away, with everything that was on it. */
export class DeviceLostError extends ReparamError {}

/** Something that has no kernel, of elements that only a kernel could reach. */
export class NoKernelError extends ReparamError {}

/** Elements on a device were wanted at once, or after their memory was given back. */
export class DeviceReadError extends ReparamError {}
