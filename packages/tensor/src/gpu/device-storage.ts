import { allocate, type DType, type NumericArray } from '../dtype.ts';
import { Storage } from '../storage.ts';
import type { Device, DeviceBuffer } from './device/device.ts';
import { DeviceReadError } from './errors.ts';

/** Elements of a tensor that are on a device. */
export class DeviceStorage extends Storage {
  readonly dtype: DType;
  readonly device: Device;
  readonly #memory: Owned;

  constructor(device: Device, buffer: DeviceBuffer, dtype: DType) {
    super();
    this.device = device;
    this.dtype = dtype;
    this.#memory = new Owned(device, buffer);
    collected.register(this, this.#memory);
  }

  /** @throws DeviceReadError when the memory was given back. */
  get buffer(): DeviceBuffer {
    const { buffer } = this.#memory;
    if (buffer !== undefined) return buffer;
    throw new DeviceReadError(
      'tensor',
      'its device memory was given back when its scope ended. Return it from the scope, or keep() it.',
    );
  }

  array(): NumericArray {
    throw new DeviceReadError(
      'tensor',
      `a tensor of ${this.buffer.size} elements is on the device (${this.device.mode}), which cannot be read at ` +
        'once. Use (await tensor.read()) and go on with what that gives.',
    );
  }

  override async read(): Promise<NumericArray> {
    const [values] = await this.device.read([this.buffer]);
    return fromFloats(values!, this.dtype);
  }

  release(): void {
    this.#memory.release();
  }
}

/** Memory that is given back once, by a scope or when nothing refers to the storage any more. */
class Owned {
  readonly #device: Device;
  buffer: DeviceBuffer | undefined;

  constructor(device: Device, buffer: DeviceBuffer) {
    this.#device = device;
    this.buffer = buffer;
  }

  release(): void {
    if (this.buffer !== undefined) this.#device.release(this.buffer);
    this.buffer = undefined;
  }
}

const collected = new FinalizationRegistry<Owned>((memory) => memory.release());

/** What kernels compute, as an array of an element type. */
export function fromFloats(values: Float32Array, dtype: DType): NumericArray {
  return dtype === 'float32' ? values : allocate(dtype, values);
}
