import { wholeWindow } from '../../layout.ts';
import type { Executable } from '../../program/executable.ts';
import { isWhole } from '../../program/fusion/group-instructions.ts';
import type { Instruction, Program, Value, View } from '../../program/program.ts';
import type { RandomKey } from '../../random/key.ts';
import { sizeOf } from '../../shape.ts';
import { Tensor } from '../../tensor.ts';
import type { Dispatch, StorageBuffer, WebGpuKernels } from '../device/webgpu.ts';
import { fromFloats } from '../device-storage.ts';
import { NoKernelError } from '../errors.ts';
import { keyHalves } from '../kernels/random.ts';
import type { Launch } from '../launches.ts';
import { lower } from '../lower.ts';
import type { WebGpuBackend } from '../webgpu-backend.ts';
import { DeviceState } from './device-state.ts';
import { ProgramMemory } from './program-memory.ts';

/**
 * A program that lies on the device as a whole: constants and states stay there, and a run is one list of kernels
 * that is submitted at once, over memory planned when it was made.
 */
export class DeviceProgram implements Executable {
  readonly #program: Program;
  readonly #backend: WebGpuBackend;
  readonly #device: WebGpuKernels;
  readonly #memory: ProgramMemory;
  readonly #buffers = new Map<Value, StorageBuffer>();
  readonly #keys: readonly Value[];
  readonly #outputs: readonly Value[];
  readonly #dispatches: readonly Dispatch[];
  readonly #updates: readonly { readonly next: Value; readonly state: Value }[];
  readonly #states: ReadonlyMap<Value, DeviceState>;

  /** @throws NoKernelError for what no kernel computes, float64 above all. */
  constructor(program: Program, backend: WebGpuBackend) {
    this.#program = program;
    this.#backend = backend;
    this.#device = backend.device;
    this.#memory = new ProgramMemory(backend.device);
    requireNoFloat64(program);
    let nextId = -1;
    const fresh = (like: Pick<Value, 'shape' | 'dtype'>): Value => ({ id: nextId--, ...like });
    this.#keys = program.keys.map(() => fresh({ shape: [4], dtype: 'float32' }));
    const copies: Instruction[] = [];
    const wholeOf = (view: View, shape = view.shape): Value => {
      const value = fresh({ shape, dtype: view.value.dtype });
      const operation = { kind: 'copy', windows: [wholeWindow(shape)], fill: 0 } as const;
      copies.push({ operation, operands: [view], results: [value] });
      return value;
    };
    this.#outputs = program.outputs.map((view) => wholeOf(view));
    const computed = new Set(program.instructions.flatMap(({ results }) => results));
    this.#updates = program.updates.map(({ state, next }) => {
      // States are overwritten one after the other, so none may be read for another by then.
      const isReady = computed.has(next.value) && isWhole(next, state.shape);
      return { state, next: isReady ? next.value : wholeOf(next) };
    });
    const launches = [...program.instructions, ...copies].flatMap((instruction) =>
      lower(instruction, backend.device, this.#keys),
    );
    this.#plan(launches);
    this.#dispatches = launches.map(({ kernel, operands, result }) =>
      this.#device.prepare(
        kernel,
        operands.map((value) => this.#bufferOf(value)),
        this.#bufferOf(result),
      ),
    );
    this.#states = new Map(
      program.sources.flatMap(({ value, source }) =>
        source.kind === 'state'
          ? [
              [
                value,
                new DeviceState(backend, source.holder, this.#memory, this.#bufferOf(value), value),
              ] as const,
            ]
          : [],
      ),
    );
    for (const { value, source } of program.sources) {
      if (source.kind === 'constant') backend.put(source.tensor, this.#bufferOf(value));
    }
  }

  /** Outputs stay on the device, as tensors of their own. */
  run(inputs: readonly Tensor[], keys: readonly RandomKey[]): readonly Tensor[] {
    this.#start(inputs, keys);
    return this.#outputs.map((value) =>
      this.#backend.copied(this.#bufferOf(value), value.shape, value.dtype),
    );
  }

  /** Outputs come back as ordinary tensors, all in one reading. */
  async runAsync(inputs: readonly Tensor[], keys: readonly RandomKey[]): Promise<readonly Tensor[]> {
    this.#start(inputs, keys);
    const arrays = await this.#device.read(this.#outputs.map((value) => this.#bufferOf(value)));
    return this.#outputs.map(({ shape, dtype }, i) => Tensor.wrap(fromFloats(arrays[i]!, dtype), shape));
  }

  #start(inputs: readonly Tensor[], keys: readonly RandomKey[]): void {
    const { sources, effects, keys: derivations } = this.#program;
    this.#device.requireWorking();
    for (const effect of effects) effect();
    for (const { value, source } of sources) {
      if (source.kind === 'input') this.#backend.put(inputs[source.position]!, this.#bufferOf(value));
      else if (source.kind === 'varying') {
        this.#device.write(this.#bufferOf(value), Float32Array.of(source.compute()));
      }
    }
    derivations.forEach((derive, i) => {
      this.#device.write(this.#bufferOf(this.#keys[i]!), keyHalves(derive(keys).words));
    });
    for (const state of this.#states.values()) state.load();
    for (const dispatch of this.#dispatches) this.#device.dispatch(dispatch);
    for (const { next, state } of this.#updates) {
      this.#device.copy(this.#bufferOf(next), this.#bufferOf(state));
    }
    this.#device.flush();
    for (const { state } of this.#updates) this.#states.get(state)!.changed();
  }

  /** Gives every value its memory. Results share what others no longer need; a kernel never reads what it writes. */
  #plan(launches: readonly Launch[]): void {
    const kept = new Set([...this.#outputs, ...this.#updates.map(({ next }) => next)]);
    const lastUse = new Map<Value, number>();
    launches.forEach(({ operands, result }, position) => {
      for (const value of [...operands, result]) lastUse.set(value, position);
    });
    const borrowed = new Set<Value>();
    for (const value of [...this.#program.sources.map(({ value }) => value), ...this.#keys, ...kept]) {
      this.#buffers.set(value, this.#memory.take(sizeOf(value.shape)));
    }
    launches.forEach(({ operands, result }, position) => {
      for (const value of [...operands, result]) {
        // Values without elements are computed by no kernel, but may be read.
        if (this.#buffers.has(value)) continue;
        this.#buffers.set(value, this.#memory.borrow(sizeOf(value.shape)));
        borrowed.add(value);
      }
      for (const value of new Set([...operands, result])) {
        if (lastUse.get(value) !== position || !borrowed.delete(value)) continue;
        this.#memory.giveBack(this.#bufferOf(value));
      }
    });
  }

  #bufferOf(value: Value): StorageBuffer {
    return this.#buffers.get(value)!;
  }
}

function requireNoFloat64({ sources, instructions }: Program): void {
  const values = [...sources.map(({ value }) => value), ...instructions.flatMap(({ results }) => results)];
  if (!values.some(({ dtype }) => dtype === 'float64')) return;
  throw new NoKernelError(
    'compile',
    'the program computes in float64, which GPUs do not have through WebGPU. Cast to float32, or compile it for ' +
      'another backend: compile(fn, { backend: referenceBackend }).',
  );
}
