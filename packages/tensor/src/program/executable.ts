import { backend as activeBackend, type Backend } from '../backend/backend.ts';
import type { RandomKey } from '../random/key.ts';
import { Tensor } from '../tensor.ts';
import { interpret } from './interpret.ts';
import { type Pass, passes } from './optimize.ts';
import type { Program, Value } from './program.ts';
import type { StateCell } from './state.ts';

export interface ExecutionOptions {
  /** What runs the program; the active backend unless told. */
  readonly backend?: Backend;
}

/** A program with its memory, ready to run. */
export interface Executable {
  /** Runs the program for these arguments, and brings states up to date. */
  run(inputs: readonly Tensor[], keys: readonly RandomKey[]): readonly Tensor[];
  /** The same, with all outputs read from the device at once. */
  runAsync?(inputs: readonly Tensor[], keys: readonly RandomKey[]): Promise<readonly Tensor[]>;
}

/** Runs a program; its outputs come as tensors of this process. */
export async function runAndRead(
  executable: Executable,
  inputs: readonly Tensor[],
  keys: readonly RandomKey[],
): Promise<readonly Tensor[]> {
  if (executable.runAsync) return executable.runAsync(inputs, keys);
  return Promise.all(executable.run(inputs, keys).map((output) => output.read()));
}

/** What can make a program ready: a backend that has its own way to run programs. */
export interface ProgramBackend extends Backend {
  /** Rewrites that suit its kernels, after those that suit all. */
  readonly passes: readonly Pass[];
  prepare(program: Program): Executable;
}

function runsPrograms(backend: Backend): backend is ProgramBackend {
  return 'prepare' in backend;
}

/** The rewrites of programs that are to run so. */
export function passesFor({ backend = activeBackend() }: ExecutionOptions): readonly Pass[] {
  return runsPrograms(backend) ? [...passes, ...backend.passes] : passes;
}

export function createExecutable(
  program: Program,
  { backend = activeBackend() }: ExecutionOptions,
): Executable {
  return runsPrograms(backend) ? backend.prepare(program) : new Interpreted(program, backend);
}

/** A cell whose tensor is replaced by every run. */
class TensorCell implements StateCell {
  current: Tensor;

  constructor(initial: Tensor) {
    this.current = initial;
  }

  get shape() {
    return this.current.shape;
  }

  get dtype() {
    return this.current.dtype;
  }

  tensor(): Tensor {
    return this.current;
  }
}

/** Runs a program instruction by instruction; what it computes on the way is garbage when it is done. */
class Interpreted implements Executable {
  readonly #program: Program;
  readonly #backend: Backend;

  constructor(program: Program, backend: Backend) {
    this.#program = program;
    this.#backend = backend;
  }

  run(inputs: readonly Tensor[], keys: readonly RandomKey[]): readonly Tensor[] {
    const { sources, effects, updates } = this.#program;
    for (const effect of effects) effect();
    const bound = new Map<Value, Tensor>();
    for (const { value, source } of sources) {
      switch (source.kind) {
        case 'input':
          bound.set(value, inputs[source.position]!.contiguous());
          break;
        case 'constant':
          bound.set(value, source.tensor);
          break;
        case 'varying':
          bound.set(value, scalarOf(source.compute(), value));
          break;
        case 'state': {
          const held = source.holder.held();
          bound.set(value, (held instanceof Tensor ? held : held.tensor()).contiguous());
        }
      }
    }
    const results = interpret(this.#program, { tensorOf: (value) => bound.get(value)!, keys }, this.#backend);
    updates.forEach(({ state }, i) => {
      const { source } = sources.find(({ value }) => value === state)!;
      if (source.kind === 'state') source.holder.hold(new TensorCell(results.updates[i]!));
    });
    return results.outputs;
  }
}

function scalarOf(number: number, { dtype }: Value): Tensor {
  return Tensor.wrap(dtype === 'float64' ? Float64Array.of(number) : Float32Array.of(number), []);
}
