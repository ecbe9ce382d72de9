import type { Placement, RandomKind, Reduction, Triangle } from '../backend/backend.ts';
import { referenceBackend } from '../backend/reference/reference.ts';
import type { DType } from '../dtype.ts';
import type { Expression } from '../expression/expression.ts';
import type { Executable, ProgramBackend } from '../program/executable.ts';
import { fusion } from '../program/fusion/fuse.ts';
import { matmulEpilogue } from '../program/fusion/matmul-epilogue.ts';
import type { Operation, Program } from '../program/program.ts';
import type { RandomKey } from '../random/key.ts';
import { type Shape, sizeOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { runEagerly } from './eager.ts';
import { features } from './features.ts';
import { type KernelOptions, Kernels } from './kernels.ts';
import { supports } from './map/coverage.ts';
import { ArenaProgram } from './program/executable.ts';
import type { ThreadsInUse } from './threads/kernel-runner.ts';

export interface WasmOptions extends KernelOptions {
  /** Whether operations on few elements stay on the reference backend, which is faster for them; true unless told. */
  readonly sparesSmall?: boolean;
}

/**
 * From how many elements, or products of a matmul, copying operands into WebAssembly memory and the result out pays
 * (measured; `npm run bench:kernels` prints the two side by side).
 */
const worthwhile = { elements: 8192, products: 32_768 } as const;

/**
 * Generated WebAssembly SIMD kernels for float32. What there is no kernel for, and small operations, are left to the
 * reference backend. Tensors stay ordinary arrays; compiled programs live in WebAssembly memory as a whole.
 */
export class WasmBackend implements ProgramBackend {
  readonly name: string;
  readonly passes = [fusion, matmulEpilogue];
  readonly #options: WasmOptions;
  #kernels: Kernels | undefined;

  constructor(options: WasmOptions = {}) {
    this.#options = options;
    this.name = `wasm${options.deterministic ? ' deterministic' : ''}${options.revectorize ? ' revectorized' : ''}`;
  }

  /** Made when they are first needed. */
  get kernels(): Kernels {
    this.#kernels ??= new Kernels(this.#options);
    return this.#kernels;
  }

  prepare(program: Program): Executable {
    return new ArenaProgram(program, this.kernels);
  }

  useThreads(count: number): Promise<ThreadsInUse> {
    return this.kernels.runner.useThreads(count);
  }

  map(expression: Expression, inputs: readonly Tensor[], shape: Shape, dtype: DType): Tensor {
    if (!this.#pays(dtype, sizeOf(shape)) || !supports(expression)) {
      return referenceBackend.map(expression, inputs, shape, dtype);
    }
    const views = inputs.map((each) => each.expand(shape));
    return this.#run({ kind: 'map', shape, outputs: [{ expression }] }, views, shape, dtype);
  }

  reduce(kind: Reduction, source: Tensor, axes: readonly number[]): Tensor {
    if (!this.#pays(source.dtype, source.size)) {
      return referenceBackend.reduce(kind, source, axes);
    }
    const shape = source.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
    return this.#run({ kind: 'reduce', reduction: kind, axes }, [source], shape, source.dtype);
  }

  matmul(a: Tensor, b: Tensor): Tensor {
    const shape = [...a.shape.slice(0, -1), b.shape.at(-1)!];
    const products = sizeOf(shape) * a.shape.at(-1)!;
    if (a.dtype !== 'float32' || (this.#sparesSmall && products < worthwhile.products)) {
      return referenceBackend.matmul(a, b);
    }
    return this.#run({ kind: 'matmul' }, [a, b], shape, a.dtype);
  }

  random(kind: RandomKind, key: RandomKey, shape: Shape, dtype: 'float32' | 'float64'): Tensor {
    if (this.#sparesSmall && sizeOf(shape) < worthwhile.elements) {
      return referenceBackend.random(kind, key, shape, dtype);
    }
    return this.#run({ kind: 'random', random: kind, key: 0 }, [], shape, dtype, [key]);
  }

  copy(placements: readonly Placement[], shape: Shape, dtype: DType, fill: number): Tensor {
    return referenceBackend.copy(placements, shape, dtype, fill);
  }

  gather(source: Tensor, indices: Tensor, axis: number): Tensor {
    return referenceBackend.gather(source, indices, axis);
  }

  scatterAdd(base: Tensor, indices: Tensor, updates: Tensor, axis: number): Tensor {
    return referenceBackend.scatterAdd(base, indices, updates, axis);
  }

  cholesky(a: Tensor): Tensor {
    return referenceBackend.cholesky(a);
  }

  triangularSolve(t: Tensor, b: Tensor, triangle: Triangle): Tensor {
    return referenceBackend.triangularSolve(t, b, triangle);
  }

  sort(source: Tensor): Tensor {
    return referenceBackend.sort(source);
  }

  get #sparesSmall(): boolean {
    return this.#options.sparesSmall ?? true;
  }

  #pays(dtype: DType, elements: number): boolean {
    return dtype === 'float32' && (!this.#sparesSmall || elements >= worthwhile.elements);
  }

  #run(
    operation: Operation,
    operands: readonly Tensor[],
    shape: Shape,
    dtype: DType,
    keys: readonly RandomKey[] = [],
  ): Tensor {
    return runEagerly(this.kernels, { operation, operands, shape, dtype, keys });
  }
}

/** Whether this engine can run the kernels. */
export function wasmAvailable(): boolean {
  return features().simd;
}
