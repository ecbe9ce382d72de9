import type { Backend, Placement, RandomKind, Reduction, Triangle } from '../backend/backend.ts';
import { backend, useBackend } from '../backend/backend.ts';
import { type DType, dtypes, type NumericArray } from '../dtype.ts';
import { type Expression, input } from '../expression/expression.ts';
import { select } from '../expression/functions.ts';
import { contiguousLayout } from '../layout.ts';
import type { RandomKey } from '../random/key.ts';
import { formatShape, type Shape, sizeOf } from '../shape.ts';
import { type Elements, Storage } from '../storage.ts';
import { Tensor } from '../tensor.ts';
import type { Instruction, Operation, Program, Source, Value, View } from './program.ts';
import { type KeyDerivation, RecordedKey } from './recorded-key.ts';
import { outlivedError, recordedReadError } from './recorded-read-error.ts';
import type { StateHolder } from './state.ts';

/** Stands for the elements of a value while a program is recorded. */
class RecordedStorage extends Storage {
  readonly value: Value;
  readonly recording: Recording;

  constructor(value: Value, recording: Recording) {
    super();
    this.value = value;
    this.recording = recording;
  }

  get dtype(): DType {
    return this.value.dtype;
  }

  array(): NumericArray {
    throw this.recording === active ? recordedReadError(this.title) : outlivedError(this.title);
  }

  get title(): string {
    return `a tensor ${this.dtype} ${formatShape(this.value.shape)}`;
  }
}

/** Whether a tensor stands for one that a program computes. */
export function isRecorded({ elements }: Tensor): boolean {
  return elements instanceof RecordedStorage;
}

let active: Recording | undefined;

/** The recording that is under way. */
export function activeRecording(): Recording | undefined {
  return active;
}

const chosen = select(input(0), input(1), input(2));

/** A backend that computes nothing: it notes which primitives are asked for, with tensors that stand for results. */
export class Recording implements Backend {
  readonly name = 'recording';
  /** Computes what depends on nothing that varies. */
  readonly #underlying: Backend = backend();
  readonly #sources: { value: Value; source: Source }[] = [];
  readonly #instructions: Instruction[] = [];
  readonly #keys: KeyDerivation[] = [];
  readonly #effects: (() => void)[] = [];
  readonly #constants = new Map<Elements, Value>();
  readonly #states = new Map<
    StateHolder,
    { readonly value: Value; readonly initial: Tensor; current: Tensor }
  >();
  #nextId = 0;

  /** Runs `fn` with everything it asks of tensors recorded. */
  static record<T>(fn: (recording: Recording) => T): { readonly recording: Recording; readonly result: T } {
    const recording = new Recording();
    const [outer, before] = [active, useBackend(recording)];
    active = recording;
    try {
      return { recording, result: fn(recording) };
    } finally {
      active = outer;
      useBackend(before);
    }
  }

  /** A tensor that stands for an argument of the program. */
  input(position: number, shape: Shape, dtype: DType): Tensor {
    return this.#source({ kind: 'input', position }, shape, dtype);
  }

  key(position: number): RandomKey {
    return new RecordedKey((given) => given[position]!);
  }

  /** A scalar that `compute` gives for every run. */
  varying(compute: () => number, dtype: DType): Tensor {
    return this.#source({ kind: 'varying', compute }, [], dtype);
  }

  /** Something to be done at the beginning of every run. */
  effect(run: () => void): void {
    this.#effects.push(run);
  }

  /** What a holder holds at this point of the program. */
  read(holder: StateHolder): Tensor {
    return this.#stateOf(holder).current;
  }

  /** From here on the holder holds `value`. */
  write(holder: StateHolder, value: Tensor): void {
    this.#stateOf(holder).current = value;
  }

  /** What `run` writes is kept where `condition`, a scalar, is not 0; elsewhere holders hold what they did before. */
  writeWhere(condition: Tensor, run: () => void): void {
    const before = new Map([...this.#states].map(([holder, { current }]) => [holder, current]));
    run();
    for (const [holder, state] of this.#states) {
      const old = before.get(holder) ?? state.initial;
      if (state.current === old) continue;
      const { shape, dtype } = state.value;
      state.current = this.map(chosen, [condition.cast(dtype), state.current, old], shape, dtype);
    }
  }

  #stateOf(holder: StateHolder) {
    let state = this.#states.get(holder);
    if (state === undefined) {
      const { shape, dtype } = holder.held();
      const name = holder.name ?? `state${this.#states.size}`;
      const initial = this.#source({ kind: 'state', holder, name }, shape, dtype);
      state = { value: this.#viewOf(initial).value, initial, current: initial };
      this.#states.set(holder, state);
    }
    return state;
  }

  /** The program so far, with these results. */
  finish(outputs: readonly Tensor[]): Program {
    return {
      outputs: outputs.map((output) => this.#viewOf(output)),
      updates: [...this.#states.values()].flatMap(({ value, initial, current }) =>
        current === initial ? [] : [{ state: value, next: this.#viewOf(current) }],
      ),
      sources: this.#sources,
      instructions: this.#instructions,
      keys: this.#keys,
      effects: this.#effects,
    };
  }

  map(expression: Expression, inputs: readonly Tensor[], shape: Shape, dtype: DType): Tensor {
    const views = inputs.map((input) => input.expand(shape));
    return this.#compute({ kind: 'map', shape, outputs: [{ expression }] }, views, shape, dtype, () =>
      this.#underlying.map(expression, inputs, shape, dtype),
    );
  }

  reduce(reduction: Reduction, source: Tensor, axes: readonly number[]): Tensor {
    const shape = source.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
    return this.#compute({ kind: 'reduce', reduction, axes }, [source], shape, source.dtype, () =>
      this.#underlying.reduce(reduction, source, axes),
    );
  }

  matmul(a: Tensor, b: Tensor): Tensor {
    const shape = [...a.shape.slice(0, -1), b.shape.at(-1)!];
    return this.#compute({ kind: 'matmul' }, [a, b], shape, a.dtype, () => this.#underlying.matmul(a, b));
  }

  gather(source: Tensor, indices: Tensor, axis: number): Tensor {
    const shape = [...source.shape.slice(0, axis), ...indices.shape, ...source.shape.slice(axis + 1)];
    return this.#compute({ kind: 'gather', axis }, [source, indices], shape, source.dtype, () =>
      this.#underlying.gather(source, indices, axis),
    );
  }

  scatterAdd(base: Tensor, indices: Tensor, updates: Tensor, axis: number): Tensor {
    return this.#compute({ kind: 'scatterAdd', axis }, [base, indices, updates], base.shape, base.dtype, () =>
      this.#underlying.scatterAdd(base, indices, updates, axis),
    );
  }

  copy(placements: readonly Placement[], shape: Shape, dtype: DType, fill: number): Tensor {
    const windows = placements.map(({ window }) => window);
    const sources = placements.map(({ source }) => source);
    return this.#compute({ kind: 'copy', windows, fill }, sources, shape, dtype, () =>
      this.#underlying.copy(placements, shape, dtype, fill),
    );
  }

  cholesky(a: Tensor): Tensor {
    return this.#compute({ kind: 'cholesky' }, [a], a.shape, a.dtype, () => this.#underlying.cholesky(a));
  }

  triangularSolve(t: Tensor, b: Tensor, triangle: Triangle): Tensor {
    return this.#compute({ kind: 'triangularSolve', triangle }, [t, b], b.shape, b.dtype, () =>
      this.#underlying.triangularSolve(t, b, triangle),
    );
  }

  sort(source: Tensor): Tensor {
    return this.#compute({ kind: 'sort' }, [source], source.shape, 'int32', () =>
      this.#underlying.sort(source),
    );
  }

  random(kind: RandomKind, key: RandomKey, shape: Shape, dtype: 'float32' | 'float64'): Tensor {
    if (!(key instanceof RecordedKey)) return this.#underlying.random(kind, key, shape, dtype);
    this.#keys.push(key.derivation);
    return this.#instruct({ kind: 'random', random: kind, key: this.#keys.length - 1 }, [], shape, dtype);
  }

  /** Notes an instruction, unless all that it reads is known already. */
  #compute(
    operation: Operation,
    operands: readonly Tensor[],
    shape: Shape,
    dtype: DType,
    now: () => Tensor,
  ): Tensor {
    if (!operands.some(({ elements }) => elements instanceof RecordedStorage)) return now();
    return this.#instruct(
      operation,
      operands.map((operand) => this.#viewOf(operand)),
      shape,
      dtype,
    );
  }

  #instruct(operation: Operation, operands: readonly View[], shape: Shape, dtype: DType): Tensor {
    const result = this.#value(shape, dtype);
    this.#instructions.push({ results: [result], operation, operands });
    return this.#standIn(result);
  }

  #source(source: Source, shape: Shape, dtype: DType): Tensor {
    const value = this.#value(shape, dtype);
    this.#sources.push({ value, source });
    return this.#standIn(value);
  }

  #value(shape: Shape, dtype: DType): Value {
    return { id: this.#nextId++, shape, dtype };
  }

  #standIn(value: Value): Tensor {
    return new Tensor(new RecordedStorage(value, this), contiguousLayout(value.shape));
  }

  #viewOf({ elements, shape, strides, offset }: Tensor): View {
    if (elements instanceof RecordedStorage) {
      if (elements.recording !== this) throw outlivedError(elements.title);
      return { value: elements.value, shape, strides, offset };
    }
    return { value: this.#constantOf(elements), shape, strides, offset };
  }

  /** The whole of what a constant is a view of, so that all its views share it. */
  #constantOf(elements: Elements): Value {
    let value = this.#constants.get(elements);
    if (value === undefined) {
      const array = elements instanceof Storage ? elements.array() : elements;
      const tensor = Tensor.wrap(array, [array.length]);
      value = this.#value(tensor.shape, tensor.dtype);
      this.#sources.push({ value, source: { kind: 'constant', tensor } });
      this.#constants.set(elements, value);
    }
    return value;
  }
}

/** Bytes of a value. */
export function bytesOf({ shape, dtype }: Value): number {
  return sizeOf(shape) * dtypes[dtype].bytes;
}

/** A scalar tensor of a number that is another for every run of a program: a step's learning rate. */
export function varying(compute: () => number, dtype: DType = 'float32'): Tensor {
  return active ? active.varying(compute, dtype) : Tensor.wrap(dtypes[dtype].construct([compute()]), []);
}

/** Does something now, and while a program is recorded at the beginning of every run instead: counting steps. */
export function effect(run: () => void): void {
  if (active) active.effect(run);
  else run();
}

/**
 * Runs what assigns to leaves, if `condition`, a scalar, is not 0. A recorded program works it out in any case, and keeps
 * the old values where the condition is 0.
 */
export function assignWhere(condition: Tensor, run: () => void): void {
  if (active) active.writeWhere(condition, run);
  else if (condition.item() !== 0) run();
}
