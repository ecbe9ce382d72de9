import type { DType } from '../../dtype.ts';
import type { Value } from '../../program/program.ts';
import type { StateCell, StateHolder } from '../../program/state.ts';
import type { Shape } from '../../shape.ts';
import { Tensor } from '../../tensor.ts';
import type { StorageBuffer } from '../device/webgpu.ts';
import type { WebGpuBackend } from '../webgpu-backend.ts';
import type { ProgramMemory } from './program-memory.ts';

/** A state of a program that stays on the device between runs. */
export class DeviceState implements StateCell {
  readonly shape: Shape;
  readonly dtype: DType;
  /** Held, so that the buffer stays as long as this. */
  readonly memory: ProgramMemory;
  readonly buffer: StorageBuffer;
  readonly #backend: WebGpuBackend;
  readonly #holder: StateHolder;
  /** What it was read as since the last run. */
  #read: Tensor | undefined;
  /** What was put there, while the holder still holds that very one. */
  #uploaded: Tensor | undefined;

  constructor(
    backend: WebGpuBackend,
    holder: StateHolder,
    memory: ProgramMemory,
    buffer: StorageBuffer,
    value: Value,
  ) {
    this.shape = value.shape;
    this.dtype = value.dtype;
    this.memory = memory;
    this.buffer = buffer;
    this.#backend = backend;
    this.#holder = holder;
  }

  /** A tensor on the device, which stays what it is when the program goes on. */
  tensor(): Tensor {
    this.#read ??= this.#backend.copied(this.buffer, this.shape, this.dtype);
    return this.#read;
  }

  /** Puts there what the holder holds, if that is not there already. */
  load(): void {
    const held = this.#holder.held();
    if (held === this) return;
    const { device } = this.memory;
    if (held instanceof DeviceState && held.memory.device === device) {
      device.copy(held.buffer, this.buffer);
      this.#uploaded = undefined;
      return;
    }
    const tensor = held instanceof Tensor ? held : held.tensor();
    if (tensor === this.#uploaded) return;
    this.#backend.put(tensor, this.buffer);
    this.#uploaded = tensor;
  }

  /** A run has changed it: from here on the holder's value is here. */
  changed(): void {
    this.#read = undefined;
    this.#uploaded = undefined;
    this.#holder.hold(this);
  }
}
