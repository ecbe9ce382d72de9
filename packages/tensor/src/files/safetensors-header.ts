import { type DType, dtypes } from '../dtype.ts';
import { FileFormatError } from '../errors.ts';
import { formatShape, type Shape } from '../shape.ts';
import { requireFileShape } from './bytes.ts';
import { findRepeatedName } from './json.ts';
import { decodeUtf8, describeJson, quote } from './text.ts';

export const format = 'safetensors';

/** The limit of the reference implementation, against headers that would exhaust memory. */
export const longestHeader = 100_000_000;

/** Bytes of the little-endian header length that a file begins with. */
export const prefixBytes = 8;

/** The names of the element types in the file. */
export const fileTypes = { float32: 'F32', float64: 'F64', int32: 'I32' } as const satisfies Record<
  DType,
  string
>;

const dtypeByFileType: ReadonlyMap<unknown, DType> = new Map([
  [fileTypes.float32, 'float32'],
  [fileTypes.float64, 'float64'],
  [fileTypes.int32, 'int32'],
]);

/** Where a tensor lies; `begin` and `end` count bytes from the start of the file. */
export interface Entry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly entries: readonly Entry[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** Reads and checks the whole header before any tensor is allocated. @throws FileFormatError. */
export function readHeader(bytes: Uint8Array): Header {
  const dataStart = prefixBytes + headerLength(bytes);
  const fields = parseObject(bytes.subarray(prefixBytes, dataStart));
  const entries: Entry[] = [];
  let metadata: ReadonlyMap<string, string> = new Map();
  for (const [name, value] of Object.entries(fields)) {
    if (name === '__metadata__') metadata = readMetadata(value);
    else entries.push(readEntry(name, value, dataStart, bytes.length));
  }
  requireCover(entries, dataStart, bytes.length);
  return { entries, metadata };
}

function fail(explanation: string, byteOffset = prefixBytes): never {
  throw new FileFormatError(format, explanation, byteOffset);
}

function headerLength(bytes: Uint8Array): number {
  if (bytes.length < prefixBytes) {
    fail(`the file has ${bytes.length} bytes, but begins with a header length of ${prefixBytes} bytes.`, 0);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > longestHeader)
    fail(`the header length is ${length}; at most ${longestHeader} bytes are read.`, 0);
  if (length > bytes.length - prefixBytes) {
    fail(
      `the header length is ${length}, but only ${bytes.length - prefixBytes} bytes follow. Is the file cut off?`,
      0,
    );
  }
  return Number(length);
}

function parseObject(bytes: Uint8Array): object {
  const text = decodeUtf8(format, bytes, 'the header', prefixBytes);
  if (!text.startsWith('{')) fail('the header does not begin with {.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    fail(`the header is not valid JSON (${error instanceof Error ? error.message : error}).`);
  }
  const repeated = findRepeatedName(text);
  if (repeated !== undefined) fail(`the header has the name ${quote(repeated)} twice in one object.`);
  return value as object;
}

function readMetadata(value: unknown): ReadonlyMap<string, string> {
  if (!isObject(value)) fail(`__metadata__ is ${describeJson(value)}, but maps names to text.`);
  const metadata = new Map<string, string>();
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string')
      fail(`__metadata__ ${quote(name)} is ${describeJson(text)}, but must be text.`);
    metadata.set(name, text);
  }
  return metadata;
}

function readEntry(name: string, value: unknown, dataStart: number, fileLength: number): Entry {
  const what = `tensor ${quote(name)}`;
  if (!isObject(value)) fail(`${what} is ${describeJson(value)}, but an object describes a tensor.`);
  const fields = new Map(Object.entries(value));
  const dtype = dtypeByFileType.get(fields.get('dtype'));
  if (dtype === undefined) {
    const known = [...dtypeByFileType.keys()].join(', ');
    fail(`${what}: dtype is ${describeJson(fields.get('dtype'))}; the types read are ${known}.`);
  }
  const shape = wholeNumbers(fields.get('shape'), `${what}: shape`);
  const size = requireFileShape(format, what, shape, prefixBytes);
  const offsets = wholeNumbers(fields.get('data_offsets'), `${what}: data_offsets`);
  const [begin, end] = offsets;
  if (offsets.length !== 2)
    fail(`${what} has ${offsets.length} data_offsets, but a begin and an end are needed.`);
  if (begin! > end!) fail(`${what} has data_offsets ${formatShape(offsets)}, which end before they begin.`);
  const dataLength = fileLength - dataStart;
  if (end! > dataLength) {
    fail(
      `${what} has data_offsets ${formatShape(offsets)}, beyond the ${dataLength} bytes of data. Is the file cut off?`,
    );
  }
  const needed = size * dtypes[dtype].bytes;
  if (end! - begin! !== needed) {
    fail(
      `${what} is ${dtype} ${formatShape(shape)}, which takes ${needed} bytes, but its data_offsets ` +
        `${formatShape(offsets)} hold ${end! - begin!}.`,
    );
  }
  return { name, dtype, shape, begin: dataStart + begin!, end: dataStart + end! };
}

function wholeNumbers(value: unknown, what: string): number[] {
  if (!Array.isArray(value))
    fail(`${what} is ${describeJson(value)}, but a list of whole numbers is needed.`);
  return value.map((item: unknown, position) => {
    if (typeof item === 'number' && Number.isSafeInteger(item) && item >= 0) return item + 0;
    return fail(`${what}[${position}] is ${describeJson(item)}; whole numbers from 0 to 2⁵³ − 1 are needed.`);
  });
}

/** Tensors lie one after the other and fill the data, so that no byte is read twice or hides something. */
function requireCover(entries: readonly Entry[], dataStart: number, fileLength: number): void {
  const inOrder = entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end);
  let filled = dataStart;
  let before = 'the start of the data';
  for (const { name, begin, end } of inOrder) {
    const range = `tensor ${quote(name)} (data bytes ${begin - dataStart} to ${end - dataStart})`;
    if (begin < filled) fail(`${range} overlaps ${before}.`, begin);
    if (begin > filled)
      fail(`${begin - filled} bytes between ${before} and ${range} belong to no tensor.`, filled);
    filled = end;
    before = range;
  }
  if (filled !== fileLength)
    fail(`${fileLength - filled} bytes after ${before} belong to no tensor.`, filled);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
