import type { DType } from '../dtype.ts';
import { FileFormatError, ShapeError } from '../errors.ts';
import { formatShape, type Shape } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { greatestRank, requireBytes, requireFileShape, writeNumbers } from './bytes.ts';
import { elementReader } from './npy-elements.ts';
import { format, parseNpyHeader } from './npy-header.ts';
import { decodeUtf8, encodeUtf8 } from './text.ts';

/** \x93NUMPY */
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Magic and version. */
const preambleBytes = magic.length + 2;

const descrs: Readonly<Record<DType, string>> = { float32: '<f4', float64: '<f8', int32: '<i4' };

/**
 * The bytes of an .npy file, version 1.0, little-endian in row-major order; the header is padded so that the
 * elements start at a multiple of 64 bytes. Views are written out in full.
 * Format: NumPy Enhancement Proposal 1, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
 * @throws ShapeError on more than 64 axes, which NumPy does not read.
 */
export function encodeNpy(tensor: Tensor): Uint8Array {
  if (tensor.rank > greatestRank) {
    throw new ShapeError(
      'encodeNpy',
      `a tensor of ${tensor.rank} axes does not fit the format, which takes ${greatestRank}. Reshape it first.`,
      { tensor: tensor.shape },
    );
  }
  const dictionary = `{'descr': '${descrs[tensor.dtype]}', 'fortran_order': False, 'shape': ${formatTuple(tensor.shape)}, }`;
  const start = preambleBytes + 2;
  const dataStart = Math.ceil((start + dictionary.length + 1) / 64) * 64;
  const header = `${dictionary.padEnd(dataStart - start - 1)}\n`;
  const values = tensor.toTypedArray();
  const bytes = new Uint8Array(dataStart + values.byteLength);
  bytes.set(magic);
  bytes[magic.length] = 1;
  new DataView(bytes.buffer).setUint16(preambleBytes, header.length, true);
  bytes.set(encodeUtf8(header), start);
  writeNumbers(values, bytes, dataStart);
  return bytes;
}

/**
 * Reads an .npy file of version 1, 2 or 3 in either byte order: f4, f8 and i4 as they are, b1, u1, i1, u2, i2,
 * u4 and i8 as int32. A file in Fortran order gives a permuted view. Everything is checked before anything is
 * allocated, and the elements are copied: the result does not hold on to `bytes`.
 * @throws FileFormatError saying what is wrong, also for u4 and i8 elements that int32 does not hold;
 * ArgumentError unless `bytes` is a Uint8Array.
 */
export function decodeNpy(bytes: Uint8Array): Tensor {
  requireBytes('decodeNpy', bytes);
  const { text, start, dataStart } = headerText(bytes);
  const { descr, fortranOrder, shape } = parseNpyHeader(text, start);
  const reader = elementReader(descr, start);
  const needed = requireFileShape(format, 'the array', shape, start) * reader.width;
  const data = bytes.subarray(dataStart);
  if (data.length !== needed) {
    throw new FileFormatError(
      format,
      `an array ${formatShape(shape)} of ${descr} takes ${needed} bytes, but ${data.length} follow the header. ` +
        (data.length < needed ? 'Is the file cut off?' : 'One file holds one array.'),
      data.length < needed ? bytes.length : dataStart + needed,
    );
  }
  const values = reader.read(data, dataStart);
  if (!fortranOrder) return Tensor.wrap(values, shape);
  return Tensor.wrap(values, shape.toReversed()).permute(shape.map((_, axis) => shape.length - 1 - axis));
}

function headerText(bytes: Uint8Array): { text: string; start: number; dataStart: number } {
  if (magic.some((byte, i) => bytes[i] !== byte)) {
    throw new FileFormatError(format, 'the file does not begin with \\x93NUMPY, so it is no .npy file.');
  }
  if (bytes.length < preambleBytes) {
    throw new FileFormatError(format, 'the file ends before its version number.', bytes.length);
  }
  const [version, minor] = bytes.subarray(magic.length, preambleBytes);
  if (version! < 1 || version! > 3 || minor !== 0) {
    throw new FileFormatError(
      format,
      `the file has version ${version}.${minor}; versions 1.0, 2.0 and 3.0 are read.`,
      magic.length,
    );
  }
  const start = preambleBytes + (version === 1 ? 2 : 4);
  if (bytes.length < start) {
    throw new FileFormatError(
      format,
      `the file has ${bytes.length} bytes, but version ${version} begins with ${start}.`,
      bytes.length,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = version === 1 ? view.getUint16(preambleBytes, true) : view.getUint32(preambleBytes, true);
  const dataStart = start + length;
  if (dataStart > bytes.length) {
    throw new FileFormatError(
      format,
      `the header length is ${length}, but only ${bytes.length - start} bytes follow. Is the file cut off?`,
      preambleBytes,
    );
  }
  // Versions 1 and 2 are Latin-1; what we accept of a header is ASCII, where both agree.
  const text = decodeUtf8(format, bytes.subarray(start, dataStart), 'the header', start);
  return { text, start, dataStart };
}

function formatTuple(shape: Shape): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}
