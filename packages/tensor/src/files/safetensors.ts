import { dtypes } from '../dtype.ts';
import { ArgumentError } from '../errors.ts';
import { Tensor } from '../tensor.ts';
import { greatestRank, numbersFromBytes, requireBytes, writeNumbers } from './bytes.ts';
import { fileTypes, longestHeader, prefixBytes, readHeader } from './safetensors-header.ts';
import { describeJson, encodeUtf8, quote } from './text.ts';

export interface SafetensorsContent {
  /** By name, without a prototype: any name in the file is safe to look up. */
  readonly tensors: Record<string, Tensor>;
  /** The texts of `__metadata__`, by name, without a prototype. */
  readonly metadata: Record<string, string>;
}

/**
 * The bytes of a safetensors file: header length, JSON header padded with spaces to a multiple of 8 bytes, and
 * the elements, tensors in the order given. Equal input gives equal bytes; views are written out in full.
 * Format: https://huggingface.co/docs/safetensors.
 * @throws ArgumentError on the name `__metadata__`, which the format keeps for itself, on names that are not
 * well-formed text, and on tensors or headers larger than `decodeSafetensors` takes.
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  // Kept as [name, value] pairs: assigning to an object would lose the name __proto__.
  const fields: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) {
    for (const [name, text] of Object.entries(metadata)) {
      requireText('metadata', name);
      requireText('metadata', text);
    }
    fields.push(['__metadata__', metadata]);
  }
  let dataLength = 0;
  for (const [name, tensor] of Object.entries(tensors)) {
    requireEncodable(name, tensor);
    const end = dataLength + tensor.size * dtypes[tensor.dtype].bytes;
    const dtype = fileTypes[tensor.dtype];
    fields.push([name, { dtype, shape: tensor.shape, data_offsets: [dataLength, end] }]);
    dataLength = end;
  }
  const json = encodeUtf8(JSON.stringify(Object.fromEntries(fields)));
  const headerLength = Math.ceil(json.length / 8) * 8;
  if (headerLength > longestHeader) {
    throw new ArgumentError(
      'encodeSafetensors',
      'metadata',
      metadata,
      `names, shapes and metadata take ${headerLength} bytes; at most ${longestHeader} bytes of header are read back.`,
    );
  }
  const bytes = new Uint8Array(prefixBytes + headerLength + dataLength).fill(
    0x20,
    0,
    prefixBytes + headerLength,
  );
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, prefixBytes);
  let position = prefixBytes + headerLength;
  for (const tensor of Object.values(tensors)) {
    const values = tensor.toTypedArray();
    writeNumbers(values, bytes, position);
    position += values.byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file of F32, F64 and I32 tensors. Everything is checked before anything is allocated, and
 * the elements are copied: the result does not hold on to `bytes`.
 * @throws FileFormatError saying what is wrong, ArgumentError unless `bytes` is a Uint8Array.
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsContent {
  requireBytes('decodeSafetensors', bytes);
  const header = readHeader(bytes);
  const tensors: Record<string, Tensor> = Object.create(null);
  for (const { name, dtype, shape, begin, end } of header.entries) {
    tensors[name] = Tensor.wrap(numbersFromBytes(bytes.subarray(begin, end), dtype), shape);
  }
  const metadata: Record<string, string> = Object.create(null);
  for (const [name, text] of header.metadata) metadata[name] = text;
  return { tensors, metadata };
}

function requireEncodable(name: string, tensor: Tensor): void {
  if (name === '__metadata__') {
    throw new ArgumentError(
      'encodeSafetensors',
      'tensors',
      name,
      'a tensor cannot be called "__metadata__": the format keeps that name for the metadata.',
    );
  }
  requireText('tensors', name);
  if (tensor.rank > greatestRank) {
    throw new ArgumentError(
      'encodeSafetensors',
      'tensors',
      name,
      `tensor ${quote(name)} has ${tensor.rank} axes; at most ${greatestRank} are read back.`,
    );
  }
}

/** Half of a surrogate pair has no UTF-8 form; other readers refuse the file. */
function requireText(argument: string, text: string): void {
  if (typeof text !== 'string') {
    throw new ArgumentError(
      'encodeSafetensors',
      argument,
      text,
      `${argument} holds ${describeJson(text)}, but takes text only. Convert it, for example with String(value).`,
    );
  }
  if (/\p{Surrogate}/u.test(text)) {
    throw new ArgumentError(
      'encodeSafetensors',
      argument,
      text,
      `${argument} holds the text ${quote(text)}, which has an unpaired surrogate and no UTF-8 form.`,
    );
  }
}
