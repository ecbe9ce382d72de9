import { FileFormatError } from '@reparam/tensor';
import { isGzip } from './gzip.ts';

/** How the elements of an IDX file are stored; multi-byte ones come big-endian. */
export type IdxType = 'uint8' | 'int8' | 'int16' | 'int32' | 'float32' | 'float64';

interface IdxTypeRecord {
  readonly type: IdxType;
  readonly bytes: number;
}

/** The codes of byte 2. */
const types: ReadonlyMap<number, IdxTypeRecord> = new Map([
  [0x08, { type: 'uint8', bytes: 1 }],
  [0x09, { type: 'int8', bytes: 1 }],
  [0x0b, { type: 'int16', bytes: 2 }],
  [0x0c, { type: 'int32', bytes: 4 }],
  [0x0d, { type: 'float32', bytes: 4 }],
  [0x0e, { type: 'float64', bytes: 8 }],
]);

export interface IdxHeader {
  readonly type: IdxType;
  readonly shape: readonly number[];
  /** Number of elements. */
  readonly size: number;
  /** The byte at which the elements begin. */
  readonly dataOffset: number;
}

/**
 * Reads and checks the header of an IDX file: bytes 0 and 1 are zero, byte 2 is the type, byte 3 the rank, then
 * come the lengths of the axes as big-endian 32-bit numbers. The elements must fill the rest exactly.
 * @throws FileFormatError saying what was found at which byte, and what was expected.
 */
export function readIdxHeader(bytes: Uint8Array): IdxHeader {
  requireMagic(bytes);
  const record = types.get(bytes[2]!);
  if (record === undefined) {
    const known = Array.from(types, ([code, { type }]) => `${hex(code)} (${type})`).join(', ');
    throw new FileFormatError(
      'IDX',
      `byte 2 is ${hex(bytes[2]!)}, which is no element type; expected one of ${known}.`,
      2,
    );
  }
  const shape = readShape(bytes);
  const dataOffset = 4 + 4 * shape.length;
  const size = shape.reduce((product, length) => product * length, 1);
  const expected = size * record.bytes;
  const found = bytes.length - dataOffset;
  if (found !== expected) {
    throw new FileFormatError(
      'IDX',
      `the header promises ${shape.join(' × ')} elements of type ${record.type}, which take ${describe(expected)} bytes ` +
        `from byte ${dataOffset} on, but the file has ${found} there: it ` +
        `${found < expected ? 'is cut short' : 'goes on after its end'}, or the header is wrong.`,
      Math.min(bytes.length, dataOffset + expected),
    );
  }
  return { type: record.type, shape, size, dataOffset };
}

function requireMagic(bytes: Uint8Array): void {
  if (isGzip(bytes)) {
    throw new FileFormatError(
      'IDX',
      'bytes 0 and 1 are 0x1f 0x8b, so this looks like gzip: decompress it first, for example with gunzip().',
    );
  }
  if (bytes.length < 4) {
    throw new FileFormatError(
      'IDX',
      `the file has ${bytes.length} bytes, too few for the 4 that an IDX file starts with (0, 0, type, rank).`,
      bytes.length,
    );
  }
  if (bytes[0] !== 0 || bytes[1] !== 0) {
    throw new FileFormatError(
      'IDX',
      `bytes 0 and 1 are ${hex(bytes[0]!)} ${hex(bytes[1]!)}, but an IDX file starts with 0x00 0x00. ` +
        'Is this file of another format?',
    );
  }
}

function readShape(bytes: Uint8Array): number[] {
  const rank = bytes[3]!;
  if (rank === 0)
    throw new FileFormatError('IDX', 'byte 3, the number of axes, is 0; expected 1 or more.', 3);
  if (bytes.length < 4 + 4 * rank) {
    throw new FileFormatError(
      'IDX',
      `the file is cut short inside its header: the lengths of its ${rank} axes take bytes 4 to ${3 + 4 * rank}, ` +
        `but the file has ${bytes.length} bytes.`,
      bytes.length,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: rank }, (_, axis) => {
    const offset = 4 + 4 * axis;
    const length = view.getUint32(offset);
    if (length === 0) {
      throw new FileFormatError(
        'IDX',
        `the length of axis ${axis}, at byte ${offset}, is 0; expected 1 or more.`,
        offset,
      );
    }
    return length;
  });
}

/** Products beyond 2⁵³ are not exact, and no less absurd. */
function describe(count: number): string {
  return Number.isSafeInteger(count) ? `${count}` : 'more than 9007199254740991';
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
