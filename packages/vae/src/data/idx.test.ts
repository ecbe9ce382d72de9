import { ArgumentError, FileFormatError, fromTypedArray, scalar, tensor, zeros } from '@reparam/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeIdx, decodeIdxImages, decodeIdxLabels, encodeIdx } from './idx.ts';

/** Two pictures of 2 × 3 pixels. */
const pictures = Uint8Array.of(
  ...[0, 0, 0x08, 3],
  ...[0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3],
  ...[0, 51, 102, 153, 204, 255],
  ...[255, 0, 255, 0, 255, 0],
);
const labels = Uint8Array.of(0, 0, 0x08, 1, 0, 0, 0, 4, 7, 0, 9, 255);

function change(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const changed = bytes.slice();
  changed[at] = value;
  return changed;
}

function refusal(decode: () => unknown): FileFormatError {
  try {
    decode();
  } catch (error) {
    expect(error).toBeInstanceOf(FileFormatError);
    return error as FileFormatError;
  }
  throw new Error('nothing was refused');
}

describe('decodeIdx', () => {
  test.each([
    ['uint8', 0x08, [0, 1, 255], 'int32', [0, 1, 255]],
    ['int8', 0x09, [0x7f, 0x80, 0xff], 'int32', [127, -128, -1]],
    ['int16', 0x0b, [0x01, 0x02, 0x80, 0x00, 0xff, 0xfe], 'int32', [258, -32768, -2]],
    [
      'int32',
      0x0c,
      [1, 2, 3, 4, 0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
      'int32',
      [16909060, -2147483648, -1],
    ],
    // 1 = 3f800000, −2.5 = c0200000, 2⁻¹⁴⁹ = 00000001
    ['float32', 0x0d, [0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0, 0, 0, 0, 1], 'float32', [1, -2.5, 2 ** -149]],
    [
      'float64',
      0x0e,
      // 1 = 3ff0…, −2.5 = c004…, 0.1 = 3fb999999999999a
      [
        0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 4, 0, 0, 0, 0, 0, 0, 0x3f, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99,
        0x9a,
      ],
      'float64',
      [1, -2.5, 0.1],
    ],
  ])('reads %s', (_, code, data, dtype, expected) => {
    const decoded = decodeIdx(Uint8Array.of(0, 0, code, 1, 0, 0, 0, 3, ...data));
    expect(decoded.dtype).toBe(dtype);
    expect(decoded.toArray()).toEqual(expected);
  });

  test('reads several axes, outermost first, from a view at any offset', () => {
    const buffer = new Uint8Array(pictures.length + 5);
    buffer.set(pictures, 3);
    expect(decodeIdx(buffer.subarray(3, 3 + pictures.length)).toArray()).toEqual([
      [
        [0, 51, 102],
        [153, 204, 255],
      ],
      [
        [255, 0, 255],
        [0, 255, 0],
      ],
    ]);
  });

  test.each<[string, Uint8Array, string, number]>([
    [
      'an empty file',
      new Uint8Array(),
      'IDX: the file has 0 bytes, too few for the 4 that an IDX file starts with (0, 0, type, rank).',
      0,
    ],
    [
      'gzip',
      Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0),
      'IDX: bytes 0 and 1 are 0x1f 0x8b, so this looks like gzip: decompress it first, for example with gunzip().',
      0,
    ],
    [
      'a PNG',
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47),
      'IDX: bytes 0 and 1 are 0x89 0x50, but an IDX file starts with 0x00 0x00. Is this file of another format?',
      0,
    ],
    [
      'an unknown type',
      change(pictures, 2, 0x0a),
      'IDX: byte 2 is 0x0a, which is no element type; expected one of 0x08 (uint8), 0x09 (int8), ' +
        '0x0b (int16), 0x0c (int32), 0x0d (float32), 0x0e (float64).',
      2,
    ],
    ['no axes', change(pictures, 3, 0), 'IDX: byte 3, the number of axes, is 0; expected 1 or more.', 3],
    [
      'a header cut short',
      pictures.subarray(0, 10),
      'IDX: the file is cut short inside its header: the lengths of its 3 axes take bytes 4 to 15, ' +
        'but the file has 10 bytes.',
      10,
    ],
    [
      'more axes than bytes',
      change(pictures, 3, 255),
      'IDX: the file is cut short inside its header: the lengths of its 255 axes take bytes 4 to 1023, ' +
        'but the file has 28 bytes.',
      28,
    ],
    [
      'a length of zero',
      change(pictures, 11, 0),
      'IDX: the length of axis 1, at byte 8, is 0; expected 1 or more.',
      8,
    ],
    [
      'data cut short',
      pictures.subarray(0, 27),
      'IDX: the header promises 2 × 2 × 3 elements of type uint8, which take 12 bytes from byte 16 on, ' +
        'but the file has 11 there: it is cut short, or the header is wrong.',
      27,
    ],
    [
      'data too long',
      Uint8Array.of(...pictures, 0),
      'IDX: the header promises 2 × 2 × 3 elements of type uint8, which take 12 bytes from byte 16 on, ' +
        'but the file has 13 there: it goes on after its end, or the header is wrong.',
      28,
    ],
    [
      'absurd lengths',
      Uint8Array.of(0, 0, 0x0e, 3, ...new Array<number>(12).fill(255)),
      'IDX: the header promises 4294967295 × 4294967295 × 4294967295 elements of type float64, which take ' +
        'more than 9007199254740991 bytes from byte 16 on, but the file has 0 there: it is cut short, or the header is wrong.',
      16,
    ],
  ])('refuses %s', (_, bytes, message, byteOffset) => {
    const error = refusal(() => decodeIdx(bytes));
    expect(error.message).toBe(message);
    expect(error.byteOffset).toBe(byteOffset);
  });

  test('damaged files decode or are refused as such, and nothing else happens', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(pictures.length - 1), fc.nat(255)), { maxLength: 4 }),
        fc.nat(pictures.length),
        (changes, length) => {
          const bytes = pictures.slice(0, length);
          for (const [at, value] of changes) if (at < length) bytes[at] = value;
          for (const decode of [decodeIdx, decodeIdxImages, decodeIdxLabels]) {
            try {
              decode(bytes);
            } catch (error) {
              if (!(error instanceof FileFormatError)) throw error;
            }
          }
        },
      ),
      { numRuns: 500, seed: 1 },
    );
  });
});

describe('encodeIdx', () => {
  test('writes the bytes of the format', () => {
    const values = tensor(
      [
        [
          [0, 51, 102],
          [153, 204, 255],
        ],
        [
          [255, 0, 255],
          [0, 255, 0],
        ],
      ],
      { dtype: 'int32' },
    );
    expect(encodeIdx(values)).toEqual(pictures);
    expect(encodeIdx(values.cast('float32'))).toEqual(pictures);
  });

  test('writes a view in its own order', () => {
    const transposed = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]).transpose();
    expect(decodeIdx(encodeIdx(transposed)).toArray()).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
  });

  test.each([
    ['a fraction', tensor([[1, 0.5]]), 'element 1 (counted from 0 in row-major order) is 0.5'],
    ['a negative number', tensor([-1]), 'is -1, but an IDX byte holds whole numbers from 0 to 255'],
    ['a number too large', tensor([0, 256]), 'is 256'],
    ['NaN', tensor([Number.NaN]), 'is NaN'],
    ['a scalar', scalar(1), 'tensor is [], but IDX holds 1 to 255 axes'],
    ['no elements', zeros([0, 2]), 'tensor is [0, 2], but IDX holds 1 to 255 axes, each of length 1 or more'],
  ])('refuses %s', (_, values, message) => {
    expect(() => encodeIdx(values)).toThrow(ArgumentError);
    expect(() => encodeIdx(values)).toThrow(message);
  });
});

describe('decodeIdxImages', () => {
  test('gives rows from 0 to 1', () => {
    const { examples, imageShape } = decodeIdxImages(pictures);
    expect(imageShape).toEqual([2, 3]);
    expect(examples.dtype).toBe('float32');
    expect(examples.shape).toEqual([2, 6]);
    expect(examples.toTypedArray()).toEqual(
      Float32Array.of(0, 1 / 5, 2 / 5, 3 / 5, 4 / 5, 1, 1, 0, 1, 0, 1, 0),
    );
  });

  test('takes floats as they are', () => {
    const bytes = Uint8Array.of(
      0,
      0,
      0x0d,
      3,
      0,
      0,
      0,
      1,
      0,
      0,
      0,
      1,
      0,
      0,
      0,
      2,
      0x3f,
      0x80,
      0,
      0,
      0x3e,
      0x80,
      0,
      0,
    );
    expect(decodeIdxImages(bytes).examples.toArray()).toEqual([[1, 0.25]]);
  });

  test.each([
    [
      'labels',
      labels,
      'IDX: the file holds a [4] array, but pictures have the 3 axes [count, height, width]. Is this the file of the labels?',
    ],
    [
      'an array of rank 4',
      Uint8Array.of(0, 0, 8, 4, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3),
      'IDX: the file holds a [1, 1, 1, 3] array, but pictures have the 3 axes [count, height, width]. ' +
        'Colour pictures are not read.',
    ],
    [
      'signed bytes',
      change(pictures, 2, 0x09),
      'IDX: the elements are int8, but pictures are uint8 (0…255) or floats (0…1).',
    ],
    [
      'floats above 1',
      Uint8Array.of(0, 0, 0x0d, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0x3f, 0x80, 0, 0, 0x40, 0, 0, 0),
      'IDX: picture 0, row 0, column 1 (counted from 0) is 2, but pictures of floats are 0…1.',
    ],
    [
      'NaN',
      Uint8Array.of(0, 0, 0x0d, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0x7f, 0xc0, 0, 0),
      'IDX: picture 1, row 0, column 0 (counted from 0) is NaN, but pictures of floats are 0…1.',
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(refusal(() => decodeIdxImages(bytes)).message).toBe(message);
  });
});

describe('decodeIdxLabels', () => {
  test('gives int32 [count]', () => {
    const decoded = decodeIdxLabels(labels);
    expect(decoded.dtype).toBe('int32');
    expect(decoded.toArray()).toEqual([7, 0, 9, 255]);
  });

  test.each([
    [
      'pictures',
      pictures,
      'IDX: the file holds a [2, 2, 3] array, but labels have the 1 axis [count]. Is this the file of the pictures?',
    ],
    [
      'floats',
      Uint8Array.of(0, 0, 0x0d, 1, 0, 0, 0, 1, 0, 0, 0, 0),
      'IDX: the elements are float32, but labels are whole numbers.',
    ],
    [
      'negative numbers',
      change(labels, 2, 0x09),
      'IDX: label 3 (counted from 0) is -1; labels are 0 or more.',
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(refusal(() => decodeIdxLabels(bytes)).message).toBe(message);
  });
});

test('what encodeIdx writes, decodeIdx reads', () => {
  const bytes = encodeIdx(
    fromTypedArray(
      Int32Array.from({ length: 256 }, (_, i) => i),
      [16, 4, 4],
    ),
  );
  expect(decodeIdx(bytes).toTypedArray()).toEqual(Int32Array.from({ length: 256 }, (_, i) => i));
});
