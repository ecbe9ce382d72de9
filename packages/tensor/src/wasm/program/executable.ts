import { allocate } from '../../dtype.ts';
import { wholeWindow } from '../../layout.ts';
import type { Executable } from '../../program/executable.ts';
import { type Plan, planMemory } from '../../program/plan.ts';
import type { Program, Value, View } from '../../program/program.ts';
import { separateStates } from '../../program/separate-states.ts';
import type { RandomKey } from '../../random/key.ts';
import { sizeOf } from '../../shape.ts';
import { Tensor } from '../../tensor.ts';
import type { Kernels } from '../kernels.ts';
import { ArenaState } from './arena-state.ts';
import { lower } from './lower.ts';
import type { Lowering, Step } from './lowering.ts';
import { releaseLater } from './release.ts';
import { runSteps } from './run-steps.ts';
import { typedView } from './typed-view.ts';
import { ScratchRegion } from './work-memory.ts';

/**
 * A program in one arena of WebAssembly memory: constants and states stay there, inputs are copied in, outputs out, and
 * nothing is allocated on the way.
 */
export class ArenaProgram implements Executable {
  /** Bytes of the arena. */
  readonly bytes: number;
  readonly #program: Program;
  readonly #plan: Plan;
  readonly #kernels: Kernels;
  readonly #base: number;
  /** What each instruction does, and then each copy to a state; split for so many threads. */
  #parts: readonly (readonly Step[])[] = [];
  #threads = 0;
  readonly #scratch: ScratchRegion;
  readonly #states: ReadonlyMap<Value, ArenaState>;
  readonly #changed: readonly ArenaState[];
  #keys: readonly RandomKey[] = [];

  constructor(given: Program, kernels: Kernels) {
    const program = separateStates(given);
    this.#program = program;
    this.#plan = planMemory(program);
    this.#kernels = kernels;
    this.bytes = this.#plan.bytes;
    this.#base = kernels.memory.allocate(this.bytes);
    this.#scratch = new ScratchRegion(kernels.memory);
    this.#states = new Map(
      program.sources.flatMap(({ value, source }) =>
        source.kind === 'state'
          ? [
              [
                value,
                new ArenaState(this, source.holder, kernels.memory, this.#addressOf(value), value),
              ] as const,
            ]
          : [],
      ),
    );
    this.#changed = program.updates.map(({ state }) => this.#states.get(state)!);
    for (const { value, source } of program.sources) {
      if (source.kind === 'constant') this.#write(value, source.tensor);
    }
    this.#lower();
    releaseLater(this, kernels.memory, this.#base, this.#scratch);
  }

  /** Instructions as kernel calls, for as many threads as there are now. */
  #lower(): void {
    const { instructions } = this.#program;
    this.#scratch.giveBack();
    this.#threads = this.#kernels.runner.threads;
    const lowering: Lowering = {
      kernels: this.#kernels,
      addressOf: (value) => this.#addressOf(value),
      scratch: (bytes) => this.#scratch.take(bytes),
    };
    const keys = (): readonly RandomKey[] => this.#keys;
    this.#parts = [
      ...instructions.map((instruction) => lower(instruction, lowering, keys)),
      ...this.#plan.copies.map(({ state, next }) => {
        const operation = { kind: 'copy', windows: [wholeWindow(state.shape)], fill: 0 } as const;
        return lower({ operation, operands: [next], results: [state] }, lowering, keys);
      }),
    ];
  }

  run(inputs: readonly Tensor[], keys: readonly RandomKey[]): readonly Tensor[] {
    this.#begin(inputs, keys);
    for (const steps of this.#parts) runSteps(steps, this.#kernels.runner);
    return this.#end();
  }

  /**
   * Runs the program, and returns how long each instruction took by the clock `now`, in order; after these, each copy
   * of a new value to a state that could not be written in place.
   */
  profile(inputs: readonly Tensor[], keys: readonly RandomKey[], now: () => number): readonly number[] {
    this.#begin(inputs, keys);
    const times = this.#parts.map((steps) => {
      const start = now();
      runSteps(steps, this.#kernels.runner);
      return now() - start;
    });
    this.#end();
    return times;
  }

  #begin(inputs: readonly Tensor[], keys: readonly RandomKey[]): void {
    const { sources, effects } = this.#program;
    if (this.#threads !== this.#kernels.runner.threads) this.#lower();
    for (const effect of effects) effect();
    for (const { value, source } of sources) {
      if (source.kind === 'input') this.#write(value, inputs[source.position]!.contiguous());
      else if (source.kind === 'varying') this.#view(value)[0] = source.compute();
    }
    for (const state of this.#states.values()) state.load();
    this.#keys = this.#program.keys.map((derive) => derive(keys));
  }

  #end(): readonly Tensor[] {
    for (const state of this.#changed) state.changed();
    return this.#program.outputs.map((view) => this.#read(view));
  }

  #addressOf(value: Value): number {
    return this.#base + this.#plan.offsets.get(value)!;
  }

  #view(value: Value) {
    return typedView(this.#kernels.memory, this.#addressOf(value), value.dtype, sizeOf(value.shape));
  }

  #write(value: Value, { data, offset, size }: Tensor): void {
    this.#view(value).set(data.subarray(offset, offset + size));
  }

  #read({ value, shape, strides, offset }: View): Tensor {
    const inArena = new Tensor(this.#view(value), { shape, strides, offset });
    return inArena.isContiguous
      ? Tensor.wrap(allocate(value.dtype, inArena.data.subarray(offset, offset + sizeOf(shape))), shape)
      : inArena.contiguous();
  }
}
