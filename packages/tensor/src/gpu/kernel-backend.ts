import type { Backend, Placement, RandomKind, Reduction, Triangle } from '../backend/backend.ts';
import { referenceBackend } from '../backend/reference/reference.ts';
import type { DType, NumericArray } from '../dtype.ts';
import type { Expression } from '../expression/expression.ts';
import { contiguousLayout, wholeWindow } from '../layout.ts';
import { compute } from '../program/interpret.ts';
import type { Operation, Value } from '../program/program.ts';
import { activeRecording } from '../program/recording.ts';
import type { RandomKey } from '../random/key.ts';
import type { Shape } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import type { Device, DeviceBuffer, DeviceMemory } from './device/device.ts';
import { DeviceStorage, fromFloats } from './device-storage.ts';
import { runEagerly } from './eager.ts';
import { NoKernelError } from './errors.ts';
import type { GpuMode } from './mode.ts';
import { Scopes } from './scopes.ts';
import { unknownFunctions } from './source/formula.ts';
import { toFloats } from './to-floats.ts';

let backendsMade = 0;

/**
 * The primitives as kernels of gpu.js, on one device. Results stay on the device where it has memory of its own
 * (webgpu, webgl2) and are ordinary tensors where it has not (webasm, cpu). float64 is computed by the reference
 * backend: devices have no such numbers.
 */
export class KernelBackend implements Backend {
  readonly name: string;
  readonly device: Device;
  readonly #scopes = new Scopes();

  constructor(device: Device) {
    this.device = device;
    // Programs are kept by the name of what they run on, and each backend has a device of its own.
    this.name = `gpu ${device.mode} ${++backendsMade}`;
  }

  /** The mode of gpu.js that runs. */
  get mode(): GpuMode {
    return this.device.mode;
  }

  /** The device in words. */
  get description(): string {
    return this.device.description;
  }

  /** Device memory in use, with what is kept for new results. */
  get memory(): DeviceMemory {
    return this.device.memory;
  }

  /** Ends it: tensors that are still on the device are lost. */
  destroy(): Promise<void> {
    return this.device.destroy();
  }

  /** Puts a tensor on the device, so that operations need not do it each time. float64 stays where it is. */
  upload(x: Tensor): Tensor {
    if (this.device.isLocal || x.dtype === 'float64' || x.elements instanceof DeviceStorage) return x;
    const buffer = this.device.upload(toFloats(x));
    return this.tensorOf(buffer, x.shape, x.dtype);
  }

  /**
   * Gives back, when `fn` is done, the memory of all tensors that were computed in it but those in its result: a
   * tensor, or an array or plain object of such, or what {@link keep} was told. Outside of scopes memory is given back
   * some time after a tensor is forgotten, as JavaScript does with all else.
   */
  scope<T>(fn: () => T): T {
    return this.#scopes.run(fn);
  }

  /** Lets a tensor outlive the scope that it was computed in. */
  keep(x: Tensor): Tensor {
    this.#scopes.keep(x);
    return x;
  }

  map(expression: Expression, inputs: readonly Tensor[], shape: Shape, dtype: DType): Tensor {
    const views = inputs.map((each) => each.expand(shape));
    if (dtype === 'float64' || (this.device.readNow && unknownFunctions(expression).length > 0)) {
      return this.#onReference((here) => referenceBackend.map(expression, here, shape, dtype), views);
    }
    return this.#run({ kind: 'map', shape, outputs: [{ expression }] }, views, shape, dtype);
  }

  reduce(kind: Reduction, source: Tensor, axes: readonly number[]): Tensor {
    if (source.dtype === 'float64') return referenceBackend.reduce(kind, source, axes);
    const shape = source.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
    return this.#run({ kind: 'reduce', reduction: kind, axes }, [source], shape, source.dtype);
  }

  matmul(a: Tensor, b: Tensor): Tensor {
    if (a.dtype === 'float64') return referenceBackend.matmul(a, b);
    return this.#run({ kind: 'matmul' }, [a, b], [...a.shape.slice(0, -1), b.shape.at(-1)!], a.dtype);
  }

  gather(source: Tensor, indices: Tensor, axis: number): Tensor {
    if (source.dtype === 'float64') {
      return this.#onReference(([x, at]) => referenceBackend.gather(x!, at!, axis), [source, indices]);
    }
    const shape = [...source.shape.slice(0, axis), ...indices.shape, ...source.shape.slice(axis + 1)];
    return this.#run({ kind: 'gather', axis }, [source, indices], shape, source.dtype);
  }

  scatterAdd(base: Tensor, indices: Tensor, updates: Tensor, axis: number): Tensor {
    if (base.dtype === 'float64') {
      return this.#onReference(
        ([to, at, from]) => referenceBackend.scatterAdd(to!, at!, from!, axis),
        [base, indices, updates],
      );
    }
    return this.#run({ kind: 'scatterAdd', axis }, [base, indices, updates], base.shape, base.dtype);
  }

  copy(placements: readonly Placement[], shape: Shape, dtype: DType, fill: number): Tensor {
    const sources = placements.map(({ source }) => source);
    const windows = placements.map(({ window }) => window);
    const isHere =
      !this.device.isLocal && sources.every(({ elements }) => !(elements instanceof DeviceStorage));
    if (isHere || dtype === 'float64' || sources.some((source) => source.dtype === 'float64')) {
      // Copies of what is in this process stay there: nothing is gained by taking it to the device.
      return this.#onReference(
        (here) =>
          referenceBackend.copy(
            here.map((source, i) => ({ source, window: windows[i]! })),
            shape,
            dtype,
            fill,
          ),
        sources,
      );
    }
    return this.#run({ kind: 'copy', windows, fill }, sources, shape, dtype);
  }

  random(kind: RandomKind, key: RandomKey, shape: Shape, dtype: 'float32' | 'float64'): Tensor {
    if (dtype === 'float64' || this.device.isLocal) return referenceBackend.random(kind, key, shape, dtype);
    return this.#run({ kind: 'random', random: kind, key: 0 }, [], shape, dtype, key);
  }

  sort(source: Tensor): Tensor {
    if (source.dtype === 'float64') return referenceBackend.sort(source);
    return this.#run({ kind: 'sort' }, [source], source.shape, 'int32');
  }

  cholesky(a: Tensor): Tensor {
    return this.#onReference(([matrix]) => referenceBackend.cholesky(matrix!), [a], 'cholesky');
  }

  triangularSolve(t: Tensor, b: Tensor, triangle: Triangle): Tensor {
    return this.#onReference(
      ([matrix, right]) => referenceBackend.triangularSolve(matrix!, right!, triangle),
      [t, b],
      'triangularSolve',
    );
  }

  /** Computed in this process, from operands that are there or can be fetched at once. */
  #onReference(
    compute: (operands: readonly Tensor[]) => Tensor,
    operands: readonly Tensor[],
    operation = 'cast',
  ): Tensor {
    const here = operands.map((x) => {
      if (!(x.elements instanceof DeviceStorage)) return x;
      if (this.device.readNow) {
        return new Tensor(fromFloats(this.device.readNow(x.elements.buffer), x.dtype), x);
      }
      throw new NoKernelError(
        operation,
        'there is no kernel for it, and its operand is on the device, which cannot be read at once. Compute it from ' +
          'await tensor.read(), with useBackend(referenceBackend).',
      );
    });
    return compute(here);
  }

  #run(
    operation: Operation,
    operands: readonly Tensor[],
    shape: Shape,
    dtype: DType,
    key?: RandomKey,
  ): Tensor {
    const keys = key === undefined ? [] : [key];
    if (activeRecording() && operands.every(({ elements }) => !(elements instanceof DeviceStorage))) {
      // While a program is recorded, only its constants are asked for, and those have to be in this process.
      const result: Value = { id: 0, shape, dtype };
      return compute({ operation, operands: [], results: [result] }, operands, keys, referenceBackend)[0]!;
    }
    const buffer = runEagerly(this.device, { operation, operands, shape, dtype, keys });
    return this.tensorOf(buffer, shape, dtype);
  }

  /** The elements of a view in memory of their own, row-major. */
  protected compact(x: Tensor): Tensor {
    return this.copy([{ source: x, window: wholeWindow(x.shape) }], x.shape, x.dtype, 0);
  }

  /** The tensor of what a kernel has written; from here on it owns that memory. */
  protected tensorOf(buffer: DeviceBuffer, shape: Shape, dtype: DType): Tensor {
    if (this.device.isLocal) {
      const values: NumericArray = fromFloats(this.device.readNow!(buffer), dtype);
      return Tensor.wrap(values, shape);
    }
    const storage = new DeviceStorage(this.device, buffer, dtype);
    this.#scopes.note(storage);
    return new Tensor(storage, contiguousLayout(shape));
  }
}
