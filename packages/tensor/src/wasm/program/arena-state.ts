import { allocate, type DType } from '../../dtype.ts';
import type { Value } from '../../program/program.ts';
import type { StateCell, StateHolder } from '../../program/state.ts';
import { type Shape, sizeOf } from '../../shape.ts';
import { Tensor } from '../../tensor.ts';
import type { KernelMemory } from '../memory.ts';
import { typedView } from './typed-view.ts';

/** A state of a program that lies in its arena between runs. */
export class ArenaState implements StateCell {
  readonly owner: object;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly #holder: StateHolder;
  readonly #memory: KernelMemory;
  readonly #address: number;
  /** What it was read as since the last run. */
  #read: Tensor | undefined;
  /** The tensor that was put there, while the holder still holds that very one. */
  #uploaded: Tensor | undefined;

  /** `owner` has the arena, which must live as long as a holder relies on this. */
  constructor(
    owner: object,
    holder: StateHolder,
    memory: KernelMemory,
    address: number,
    { dtype, shape }: Value,
  ) {
    this.shape = shape;
    this.dtype = dtype;
    this.owner = owner;
    this.#holder = holder;
    this.#memory = memory;
    this.#address = address;
  }

  /** A copy, so that it stays what it is when the program goes on; one for all who ask between two runs. */
  tensor(): Tensor {
    this.#read ??= Tensor.wrap(allocate(this.dtype, this.#view()), this.shape);
    return this.#read;
  }

  /** Puts into the arena what the holder holds, if that is not there already. */
  load(): void {
    const held = this.#holder.held();
    if (held === this) return;
    const tensor = held instanceof Tensor ? held : held.tensor();
    if (tensor === this.#uploaded) return;
    const { data, offset, size } = tensor.contiguous();
    this.#view().set(data.subarray(offset, offset + size));
    this.#uploaded = tensor;
  }

  /** A run has changed it: from here on the holder's value is here. */
  changed(): void {
    this.#read = undefined;
    this.#uploaded = undefined;
    this.#holder.hold(this);
  }

  #view() {
    return typedView(this.#memory, this.#address, this.dtype, sizeOf(this.shape));
  }
}
