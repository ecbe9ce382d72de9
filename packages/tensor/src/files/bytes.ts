import { allocate, type DType, dtypes, type NumericArray } from '../dtype.ts';
import { ArgumentError, FileFormatError } from '../errors.ts';
import { formatShape, type Shape } from '../shape.ts';

/** What NumPy takes as well; a header that claims more is not a tensor anybody saved. */
export const greatestRank = 64;

const hostIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** @throws ArgumentError, for the callers that TypeScript does not check. */
export function requireBytes(operation: string, bytes: Uint8Array): void {
  if (!(bytes instanceof Uint8Array)) {
    throw new ArgumentError(
      operation,
      'bytes',
      bytes,
      'bytes is not a Uint8Array. Wrap an ArrayBuffer first: new Uint8Array(buffer).',
    );
  }
}

/**
 * The number of elements of a shape out of a file. The lengths other than 0 must have a safe product, so that
 * strides are exact in empty tensors too.
 * @throws FileFormatError on a length that is no whole number ≥ 0, too many axes or too many elements.
 */
export function requireFileShape(format: string, what: string, shape: Shape, byteOffset: number): number {
  if (shape.length > greatestRank) {
    throw new FileFormatError(
      format,
      `${what} has ${shape.length} axes; at most ${greatestRank} are read.`,
      byteOffset,
    );
  }
  let product = 1;
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new FileFormatError(
        format,
        `${what} has shape ${formatShape(shape)}, but lengths are whole numbers from 0 to 2⁵³ − 1.`,
        byteOffset,
      );
    }
    product *= length === 0 ? 1 : length;
  }
  if (!Number.isSafeInteger(product)) {
    throw new FileFormatError(
      format,
      `${what} has shape ${formatShape(shape)}: the product of its lengths is beyond 2⁵³ − 1.`,
      byteOffset,
    );
  }
  return shape.includes(0) ? 0 : product;
}

/** Copies numbers out of bytes at any alignment. The caller has checked that the bytes fill whole elements. */
export function numbersFromBytes(bytes: Uint8Array, dtype: DType, littleEndian = true): NumericArray {
  const values = allocate(dtype, bytes.length / dtypes[dtype].bytes);
  const target = bytesOf(values);
  target.set(bytes);
  if (littleEndian !== hostIsLittleEndian) reverseEach(target, dtypes[dtype].bytes);
  return values;
}

/** Copies numbers into bytes from `byteOffset` on, least significant byte first. */
export function writeNumbers(values: NumericArray, into: Uint8Array, byteOffset: number): void {
  const source = bytesOf(values);
  into.set(source, byteOffset);
  if (!hostIsLittleEndian) {
    reverseEach(into.subarray(byteOffset, byteOffset + source.length), values.BYTES_PER_ELEMENT);
  }
}

function bytesOf(values: NumericArray): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function reverseEach(bytes: Uint8Array, width: number): void {
  for (let start = 0; start < bytes.length; start += width) bytes.subarray(start, start + width).reverse();
}
