import type { DType } from '../dtype.ts';
import type { Operation, Value, View } from '../program/program.ts';
import type { RandomKey } from '../random/key.ts';
import type { Shape } from '../shape.ts';
import type { Elements } from '../storage.ts';
import { Tensor } from '../tensor.ts';
import type { Device, DeviceBuffer } from './device/device.ts';
import { DeviceStorage } from './device-storage.ts';
import { DeviceReadError } from './errors.ts';
import { keyHalves } from './kernels/random.ts';
import { lower } from './lower.ts';
import { toFloats } from './to-floats.ts';

/** One primitive, asked for by itself. */
export interface EagerTask {
  readonly operation: Operation;
  readonly operands: readonly Tensor[];
  readonly shape: Shape;
  readonly dtype: DType;
  readonly keys: readonly RandomKey[];
}

/** Takes operands that are in this process to the device, and runs the kernels there. Results stay. */
export function runEagerly(
  device: Device,
  { operation, operands, shape, dtype, keys }: EagerTask,
): DeviceBuffer {
  const bindings = new Bindings(device);
  const views = operands.map((operand) => bindings.view(operand));
  const drawn = keys.map(({ words }) => bindings.upload(keyHalves(words), 'float32'));
  const result: Value = { id: -1, shape, dtype };
  for (const launch of lower({ operation, operands: views, results: [result] }, device, drawn)) {
    const buffer = device.run(
      launch.kernel,
      launch.operands.map((value) => bindings.buffers.get(value)!),
    );
    bindings.bind(launch.result, buffer, launch.result !== result);
  }
  // What has no elements, no kernel computes.
  const computed = bindings.buffers.get(result) ?? device.upload(new Float32Array(0));
  bindings.release();
  return computed;
}

/** Where the values of one primitive are. */
class Bindings {
  readonly buffers = new Map<Value, DeviceBuffer>();
  readonly #device: Device;
  readonly #passing: DeviceBuffer[] = [];
  readonly #known = new Map<Elements, Value>();

  constructor(device: Device) {
    this.#device = device;
  }

  /** An operand as kernels see it. Of what is in this process, no more goes to the device than the view shows. */
  view(x: Tensor): View {
    const { elements, shape } = x;
    if (elements instanceof DeviceStorage) {
      requireOn(this.#device, elements);
      const value = this.#known.get(elements) ?? this.#value(elements.buffer, x.dtype);
      this.#known.set(elements, value);
      return { value, shape, strides: x.strides, offset: x.offset };
    }
    const distinct = x.slice(shape.map((_, axis) => (x.strides[axis] === 0 ? [0, 1] : null)));
    const value = this.upload(toFloats(distinct), x.dtype);
    const { strides, offset } = Tensor.wrap(new Float32Array(0), distinct.shape).expand(shape);
    return { value, shape, strides, offset };
  }

  upload(values: Float32Array, dtype: DType): Value {
    const buffer = this.#device.upload(values);
    this.#passing.push(buffer);
    return this.#value(buffer, dtype);
  }

  bind(value: Value, buffer: DeviceBuffer, isPassing: boolean): void {
    this.buffers.set(value, buffer);
    if (isPassing) this.#passing.push(buffer);
  }

  /** Gives back all but the operands that were there before, and the result. */
  release(): void {
    for (const buffer of this.#passing) this.#device.release(buffer);
  }

  #value(buffer: DeviceBuffer, dtype: DType): Value {
    const value: Value = { id: this.buffers.size, shape: [buffer.size], dtype };
    this.buffers.set(value, buffer);
    return value;
  }
}

function requireOn(device: Device, storage: DeviceStorage): void {
  if (storage.device === device) return;
  throw new DeviceReadError(
    'tensor',
    `an operand is on another device (${storage.device.description}). Use await tensor.read() to bring it here.`,
  );
}
