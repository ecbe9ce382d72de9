import { ArgumentError, FileFormatError, formatShape, fromTypedArray, type Tensor } from '@reparam/tensor';
import { type IdxHeader, type IdxType, readIdxHeader } from './idx-header.ts';

/**
 * Reads an IDX file, the format of MNIST: whole numbers become int32, floats stay float32 or float64.
 * Everything is checked before anything is allocated.
 * @throws FileFormatError saying what was found at which byte, and what was expected.
 */
export function decodeIdx(bytes: Uint8Array): Tensor {
  const header = readIdxHeader(bytes);
  return fromTypedArray(readElements(bytes, header), header.shape);
}

/**
 * Writes whole numbers from 0 to 255 as an IDX file of unsigned bytes.
 * @throws ArgumentError when `tensor` is a scalar, has an axis of length 0, or has other elements.
 */
export function encodeIdx(tensor: Tensor): Uint8Array {
  const { shape } = tensor;
  if (shape.length === 0 || shape.length > 255 || shape.some((length) => length < 1 || length >= 2 ** 32)) {
    throw new ArgumentError(
      'encodeIdx',
      'tensor',
      tensor,
      `tensor is ${formatShape(shape)}, but IDX holds 1 to 255 axes, each of length 1 or more.`,
    );
  }
  const values = tensor.toTypedArray();
  const wrong = values.findIndex((value) => !(Number.isInteger(value) && value >= 0 && value <= 255));
  if (wrong >= 0) {
    throw new ArgumentError(
      'encodeIdx',
      'tensor',
      tensor,
      `element ${wrong} (counted from 0 in row-major order) is ${values[wrong]}, but an IDX byte holds whole ` +
        'numbers from 0 to 255. Scale and round first, for example 0…1 by 255.',
    );
  }
  const bytes = new Uint8Array(4 + 4 * shape.length + values.length);
  bytes.set([0, 0, 0x08, shape.length]);
  const view = new DataView(bytes.buffer);
  shape.forEach((length, axis) => {
    view.setUint32(4 + 4 * axis, length);
  });
  bytes.set(values, 4 + 4 * shape.length);
  return bytes;
}

export interface IdxImages {
  /** float32 [count, height·width], 0…1. */
  readonly examples: Tensor;
  readonly imageShape: readonly [height: number, width: number];
}

/**
 * Reads an IDX file of grey pictures [count, height, width] as examples for a model: bytes are divided by 255,
 * floats must be 0…1 already.
 * @throws FileFormatError when the file is no valid IDX, or holds something else than such pictures.
 */
export function decodeIdxImages(bytes: Uint8Array): IdxImages {
  const header = readIdxHeader(bytes);
  const [count, height, width] = header.shape;
  if (count === undefined || height === undefined || width === undefined || header.shape.length !== 3) {
    throw new FileFormatError(
      'IDX',
      `the file holds a ${formatShape(header.shape)} array, but pictures have the 3 axes [count, height, width]. ` +
        (header.shape.length === 1 ? 'Is this the file of the labels?' : 'Colour pictures are not read.'),
      3,
    );
  }
  const pixels = readPixels(bytes, header);
  return { examples: fromTypedArray(pixels, [count, height * width]), imageShape: [height, width] };
}

/**
 * Reads an IDX file of class labels as int32 [count].
 * @throws FileFormatError when the file is no valid IDX, or holds something else than whole numbers ≥ 0 on one axis.
 */
export function decodeIdxLabels(bytes: Uint8Array): Tensor {
  const header = readIdxHeader(bytes);
  if (header.shape.length !== 1) {
    throw new FileFormatError(
      'IDX',
      `the file holds a ${formatShape(header.shape)} array, but labels have the 1 axis [count].` +
        (header.shape.length === 3 ? ' Is this the file of the pictures?' : ''),
      3,
    );
  }
  if (header.type === 'float32' || header.type === 'float64') {
    throw new FileFormatError('IDX', `the elements are ${header.type}, but labels are whole numbers.`, 2);
  }
  const labels = readElements(bytes, header);
  const wrong = labels.findIndex((label) => label < 0);
  if (wrong >= 0) {
    throw new FileFormatError(
      'IDX',
      `label ${wrong} (counted from 0) is ${labels[wrong]}; labels are 0 or more.`,
      header.dataOffset + (wrong * (bytes.length - header.dataOffset)) / header.size,
    );
  }
  return fromTypedArray(labels, header.shape);
}

function readPixels(bytes: Uint8Array, header: IdxHeader): Float32Array {
  if (header.type === 'uint8') {
    const pixels = new Float32Array(header.size);
    for (let i = 0; i < pixels.length; i++) pixels[i] = bytes[header.dataOffset + i]! / 255;
    return pixels;
  }
  if (header.type !== 'float32' && header.type !== 'float64') {
    throw new FileFormatError(
      'IDX',
      `the elements are ${header.type}, but pictures are uint8 (0…255) or floats (0…1).`,
      2,
    );
  }
  const pixels = readElements(bytes, header);
  const wrong = pixels.findIndex((pixel) => !(pixel >= 0 && pixel <= 1));
  if (wrong >= 0) {
    const [, height, width] = header.shape as readonly [number, number, number];
    const row = Math.floor(wrong / width) % height;
    throw new FileFormatError(
      'IDX',
      `picture ${Math.floor(wrong / (height * width))}, row ${row}, column ${wrong % width} (counted from 0) is ` +
        `${pixels[wrong]}, but pictures of floats are 0…1.`,
      header.dataOffset + (wrong * (bytes.length - header.dataOffset)) / header.size,
    );
  }
  return pixels instanceof Float32Array ? pixels : new Float32Array(pixels);
}

type Elements = Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

function readElements(bytes: Uint8Array, { type, size, dataOffset }: IdxHeader): Elements {
  const view = new DataView(bytes.buffer, bytes.byteOffset + dataOffset);
  const readers: Readonly<Record<IdxType, () => Elements>> = {
    uint8: () => new Int32Array(size).map((_, i) => view.getUint8(i)),
    int8: () => new Int32Array(size).map((_, i) => view.getInt8(i)),
    int16: () => new Int32Array(size).map((_, i) => view.getInt16(2 * i)),
    int32: () => new Int32Array(size).map((_, i) => view.getInt32(4 * i)),
    float32: () => new Float32Array(size).map((_, i) => view.getFloat32(4 * i)),
    float64: () => new Float64Array(size).map((_, i) => view.getFloat64(8 * i)),
  };
  return readers[type]();
}
