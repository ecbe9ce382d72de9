import type { DType } from '../dtype.ts';
import type { Executable, ProgramBackend } from '../program/executable.ts';
import { fusion } from '../program/fusion/fuse.ts';
import type { Program } from '../program/program.ts';
import type { Shape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import type { StorageBuffer, WebGpuKernels } from './device/webgpu.ts';
import { DeviceStorage } from './device-storage.ts';
import { KernelBackend } from './kernel-backend.ts';
import { DeviceProgram } from './program/device-program.ts';
import { toFloats } from './to-floats.ts';

/** The kernels on a WebGPU device, and compiled programs on it as a whole. */
export class WebGpuBackend extends KernelBackend implements ProgramBackend {
  declare readonly device: WebGpuKernels;
  readonly passes = [fusion];

  prepare(program: Program): Executable {
    return new DeviceProgram(program, this);
  }

  /** A tensor of its own with what a buffer holds now. */
  copied(from: StorageBuffer, shape: Shape, dtype: DType): Tensor {
    const to = this.device.allocate(from.size);
    this.device.copy(from, to);
    return this.tensorOf(to, shape, dtype);
  }

  /** Writes the elements of a tensor, row-major, to a buffer. */
  put(x: Tensor, to: StorageBuffer): void {
    if (!(x.elements instanceof DeviceStorage)) {
      this.device.write(to, toFloats(x));
      return;
    }
    const whole = x.isContiguous && x.offset === 0 && x.elements.buffer.size === x.size;
    const { elements } = whole ? x : this.compact(x);
    this.device.copy((elements as DeviceStorage).buffer as StorageBuffer, to);
  }
}
