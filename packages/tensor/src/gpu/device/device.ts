import type { Kernel } from '../kernel.ts';
import type { GpuMode } from '../mode.ts';

/** Elements where kernels can reach them: all float32, also those of int32 tensors. */
export interface DeviceBuffer {
  /** How many elements. */
  readonly size: number;
}

/** What device memory is in use. */
export interface DeviceMemory {
  /** Buffers that hold elements, or are kept for new ones. */
  readonly buffers: number;
  readonly bytes: number;
}

/** Where kernels run. Everything but reading is done in order, and asked for without waiting. */
export interface Device {
  readonly mode: GpuMode;
  /** The device in words, as its driver calls it. */
  readonly description: string;
  /** How many arrays a kernel may read. */
  readonly mostOperands: number;
  /** How many elements indices can count. */
  readonly mostElements: number;
  upload(values: Float32Array): DeviceBuffer;
  run(kernel: Kernel, operands: readonly DeviceBuffer[]): DeviceBuffer;
  /** When everything asked for so far is done. */
  finished(): Promise<void>;
  read(buffers: readonly DeviceBuffer[]): Promise<Float32Array[]>;
  /** Reads at once, where the mode can. */
  readNow?(buffer: DeviceBuffer): Float32Array;
  release(buffer: DeviceBuffer): void;
  /** Whether buffers are arrays of this process. */
  readonly isLocal: boolean;
  readonly memory: DeviceMemory;
  destroy(): Promise<void>;
}
