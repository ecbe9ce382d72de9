import type { DType, NumericArray } from '../dtype.ts';
import { FileFormatError } from '../errors.ts';
import { numbersFromBytes } from './bytes.ts';
import { format } from './npy-header.ts';
import { quote } from './text.ts';

/** How to read the elements of one file. */
export interface ElementReader {
  /** Bytes an element. */
  readonly width: number;
  /** Copies whole elements out of `bytes`; `byteOffset` is where they lie in the file, for errors. */
  read(bytes: Uint8Array, byteOffset: number): NumericArray;
}

/** The types read bit for bit. */
const direct: ReadonlyMap<string, { readonly dtype: DType; readonly width: number }> = new Map([
  ['f4', { dtype: 'float32', width: 4 }],
  ['f8', { dtype: 'float64', width: 8 }],
  ['i4', { dtype: 'int32', width: 4 }],
]);

interface Conversion {
  readonly width: number;
  /** The element as a number, or undefined when int32 does not hold it or the file may not contain it. */
  readonly at: (view: DataView, position: number, littleEndian: boolean) => number | undefined;
  /** What is wrong with elements that `at` refuses. */
  readonly refusal: string;
}

const beyondInt32 = 'does not fit int32 (−2147483648 to 2147483647)';

/** The types converted to int32. */
const converted: ReadonlyMap<string, Conversion> = new Map<string, Conversion>([
  [
    'b1',
    {
      width: 1,
      at: (view, position) => (view.getUint8(position) <= 1 ? view.getUint8(position) : undefined),
      refusal: 'is neither 0 nor 1, as a bool must be',
    },
  ],
  ['u1', { width: 1, at: (view, position) => view.getUint8(position), refusal: beyondInt32 }],
  ['i1', { width: 1, at: (view, position) => view.getInt8(position), refusal: beyondInt32 }],
  [
    'u2',
    { width: 2, at: (view, position, little) => view.getUint16(position, little), refusal: beyondInt32 },
  ],
  ['i2', { width: 2, at: (view, position, little) => view.getInt16(position, little), refusal: beyondInt32 }],
  [
    'u4',
    {
      width: 4,
      at: (view, position, little) => {
        const value = view.getUint32(position, little);
        return value < 2 ** 31 ? value : undefined;
      },
      refusal: beyondInt32,
    },
  ],
  [
    'i8',
    {
      width: 8,
      at: (view, position, little) => {
        const low = view.getInt32(position + (little ? 0 : 4), little);
        const high = view.getInt32(position + (little ? 4 : 0), little);
        // The high half of an int32 in two's complement repeats its sign bit.
        return high === low >> 31 ? low : undefined;
      },
      refusal: beyondInt32,
    },
  ],
]);

/** @throws FileFormatError on element types that are not read. */
export function elementReader(descr: string, byteOffset: number): ElementReader {
  const [, order, code] = /^([<>|])([a-zA-Z]\d*)$/.exec(descr) ?? [];
  const simple = direct.get(code ?? '');
  const conversion = converted.get(code ?? '');
  const width = simple?.width ?? conversion?.width;
  // "|" says that there is no byte order, which is so for single bytes only.
  if (width === undefined || (width > 1 && order === '|')) throw unsupported(descr, code, byteOffset);
  const littleEndian = order !== '>';
  if (simple) return { width, read: (bytes) => numbersFromBytes(bytes, simple.dtype, littleEndian) };
  return { width, read: (bytes, start) => convert(descr, conversion!, bytes, start, littleEndian) };
}

function convert(
  descr: string,
  { width, at, refusal }: Conversion,
  bytes: Uint8Array,
  byteOffset: number,
  littleEndian: boolean,
): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Int32Array(bytes.length / width);
  for (let i = 0; i < values.length; i++) {
    const value = at(view, i * width, littleEndian);
    if (value === undefined) {
      throw new FileFormatError(
        format,
        `element ${i} (in file order) of the ${quote(descr)} array ${refusal}.`,
        byteOffset + i * width,
      );
    }
    values[i] = value;
  }
  return values;
}

function unsupported(descr: string, code: string | undefined, byteOffset: number): FileFormatError {
  const known = [...direct.keys(), ...converted.keys()].join(', ');
  const reason = code?.startsWith('O')
    ? 'holds Python objects, which only running pickled code could restore; it'
    : 'is not supported; the array';
  return new FileFormatError(
    format,
    `the element type ${quote(descr)} ${reason} has to be saved as one of ${known}, in either byte order.`,
    byteOffset,
  );
}
