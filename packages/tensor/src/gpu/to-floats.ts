import { referenceBackend } from '../backend/reference/reference.ts';
import { DTypeError } from '../errors.ts';
import { wholeWindow } from '../layout.ts';
import type { Tensor } from '../tensor.ts';

/** The largest whole number up to which float32 has them all. */
const mostExact = 2 ** 24;

/**
 * The elements as kernels take them, row-major. The array may be that of the tensor itself.
 * @throws DTypeError for int32 beyond ±2²⁴, which float32 would round.
 */
export function toFloats(x: Tensor): Float32Array {
  const { data, size } = x;
  if (data instanceof Float32Array && x.isContiguous) {
    return size === data.length ? data : data.subarray(x.offset, x.offset + size);
  }
  const source = { source: x, window: wholeWindow(x.shape) };
  const floats = referenceBackend.copy([source], x.shape, 'float32', 0).data as Float32Array;
  if (x.dtype === 'int32' && floats.some((value) => Math.abs(value) > mostExact)) {
    throw new DTypeError(
      'gpu',
      `an int32 tensor holds ${floats.find((value) => Math.abs(value) > mostExact)}; kernels compute int32 in ` +
        'float32, which is exact up to ±16777216 only. Compute it on another backend.',
      { x: 'int32' },
    );
  }
  return floats;
}
