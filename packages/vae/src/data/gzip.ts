import { ArgumentError, FileFormatError } from '@reparam/tensor';

/** 1 GiB: more than any data set this package trains on, less than what brings a machine down. */
const DEFAULT_MAXIMUM_BYTES = 2 ** 30;

/** The smallest gzip file: a header of 10 bytes, an empty deflate block of 2, a trailer of 8. */
const SMALLEST_FILE = 20;

/** True when `bytes` begin with the gzip signature 1f 8b. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks a gzip file (RFC 1952) with the platform's DecompressionStream, which also checks its CRC.
 * A small file can unpack to an enormous one, so unpacking stops as soon as the result exceeds `maximumBytes`
 * (1 GiB unless told).
 * @throws FileFormatError on data that are no gzip, cut short, corrupt, or unpack to too much.
 * @throws ArgumentError unless `maximumBytes` is a whole number ≥ 1.
 */
export async function gunzip(bytes: Uint8Array, maximumBytes = DEFAULT_MAXIMUM_BYTES): Promise<Uint8Array> {
  if (!Number.isSafeInteger(maximumBytes) || maximumBytes < 1) {
    throw new ArgumentError(
      'gunzip',
      'maximumBytes',
      maximumBytes,
      `maximumBytes is ${maximumBytes}; use a whole number ≥ 1.`,
    );
  }
  requireGzipHeader(bytes);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of unpack(bytes)) {
    length += chunk.length;
    if (length > maximumBytes) {
      throw new FileFormatError(
        'gzip',
        `${bytes.length} bytes unpack to more than the ${maximumBytes} allowed. ` +
          'If the file is meant to be this large, allow more with maximumBytes.',
      );
    }
    chunks.push(chunk);
  }
  return concatenate(chunks, length);
}

function requireGzipHeader(bytes: Uint8Array): void {
  if (!isGzip(bytes)) {
    const found = Array.from(bytes.subarray(0, 2), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new FileFormatError(
      'gzip',
      bytes.length === 0
        ? 'the file is empty; a gzip file starts with the bytes 1f 8b.'
        : `the file starts with ${found}, but a gzip file starts with the bytes 1f 8b.`,
    );
  }
  if (bytes.length < SMALLEST_FILE) {
    throw new FileFormatError(
      'gzip',
      `the file is cut short: it has ${bytes.length} bytes, and even an empty gzip file has ${SMALLEST_FILE}.`,
      bytes.length,
    );
  }
  if (bytes[2] !== 8) {
    throw new FileFormatError(
      'gzip',
      `byte 2 names compression method ${bytes[2]}, but only 8 (deflate) exists.`,
      2,
    );
  }
}

/** The unpacked data, piece by piece as the consumer asks for them; leaving the loop stops the unpacking. */
async function* unpack(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const packed = new Blob([bytes.slice()]);
  const reader = packed.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    while (true) {
      const { done, value } = await readChunk(reader, bytes.length);
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function readChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  packedLength: number,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await reader.read();
  } catch (cause) {
    const reason = cause instanceof Error && cause.message !== '' ? ` (${cause.message})` : '';
    throw new FileFormatError(
      'gzip',
      `the ${packedLength} bytes are cut short or corrupt${reason}. Copy or download the file again.`,
    );
  }
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let position = 0;
  for (const chunk of chunks) {
    whole.set(chunk, position);
    position += chunk.length;
  }
  return whole;
}
