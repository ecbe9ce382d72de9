import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { UserError } from '../files/user-error.ts';

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const maximumSide = 4096;

/** Samples a pixel by PNG colour type: grey, RGB, palette, grey with alpha, RGBA. */
const channels: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly channels: number;
  readonly interlaced: boolean;
}

/** A grey picture: the value of a pixel before a background b is luminance + b · clearness. */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  /** 0 black to 1 white, weighted with how opaque the pixel is. */
  readonly luminance: Float32Array;
  /** 1 where the picture is transparent; undefined when it is opaque everywhere. */
  readonly clearness: Float32Array | undefined;
}

/**
 * Width and height of a PNG, read from its header alone.
 * @throws UserError when the header is broken or promises more than 4096 × 4096 pixels.
 */
export function readPngHeader(bytes: Uint8Array, path: string): PngHeader {
  if (!signature.every((byte, i) => bytes[i] === byte)) {
    throw new UserError(`"${path}" is not a PNG image, whatever its name says: convert it, or move it away.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Signature, then the first chunk: length, the letters IHDR, and thirteen bytes of header.
  if (bytes.length < 33 || view.getUint32(8) !== 13 || view.getUint32(12) !== 0x49484452)
    throw truncated(path);
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  if (width === 0 || height === 0 || width > maximumSide || height > maximumSide) {
    throw new UserError(
      `"${path}" is ${width} × ${height} pixels, but images from 1 × 1 to ${maximumSide} × ${maximumSide} are read: ` +
        'scale it down.',
    );
  }
  const samples = channels[bytes[25]!];
  if (samples === undefined) throw corrupt(path, `colour type ${bytes[25]} does not exist`);
  return { width, height, depth: bytes[24]!, channels: samples, interlaced: bytes[28] === 1 };
}

/**
 * Decodes a PNG of any kind to grey by the weights of ITU-R BT.601, 0.299 red + 0.587 green + 0.114 blue. The size is
 * checked before anything is unpacked.
 * @throws UserError when the image is cut short, corrupt or too large.
 */
export function decodePng(bytes: Uint8Array, path: string): GreyImage {
  const header = readPngHeader(bytes, path);
  const { end, compressed } = readChunks(bytes, path);
  requirePixelData(header, compressed, path);
  const { width, height } = header;
  const { data, deep } = decode(bytes.subarray(0, end), header, path);
  const whole = deep ? 65535 : 255;
  const luminance = new Float32Array(width * height);
  let clearness: Float32Array | undefined;
  for (let pixel = 0, at = 0; pixel < luminance.length; pixel++, at += 4) {
    const grey = (0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!) / whole;
    const alpha = data[at + 3]! / whole;
    luminance[pixel] = grey * alpha;
    if (alpha === 1) continue;
    clearness ??= new Float32Array(luminance.length);
    clearness[pixel] = 1 - alpha;
  }
  return { width, height, luminance, clearness };
}

function decode(
  bytes: Uint8Array,
  header: PngHeader,
  path: string,
): { data: ArrayLike<number>; deep: boolean } {
  const deep = header.depth === 16;
  try {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { data } = PNG.sync.read(buffer, { skipRescale: deep });
    return { data, deep };
  } catch (error) {
    // What pngjs says of a wrong checksum or header is about its own reader, not about the file.
    throw corrupt(path, 'its structure is damaged', error);
  }
}

/** Walks the chunks to the end of the image. @throws UserError when the file stops before it. */
function readChunks(bytes: Uint8Array, path: string): { end: number; compressed: Uint8Array[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const compressed: Uint8Array[] = [];
  for (let at = signature.length; at + 12 <= bytes.length; ) {
    const start = at + 8;
    const length = view.getUint32(at);
    const end = start + length + 4;
    if (end > bytes.length) break;
    const type = String.fromCharCode(...bytes.subarray(at + 4, start));
    if (type === 'IDAT') compressed.push(bytes.subarray(start, start + length));
    if (type === 'IEND') return { end, compressed };
    at = end;
  }
  throw truncated(path);
}

/** Where the passes of an interlaced image start, and how far apart their pixels are (Adam7). */
const adam7 = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
];

/**
 * pngjs unpacks interlaced images without a bound, and takes missing pixels for black: so the size of the pixel data
 * is checked here. Each row of each pass is a filter byte and its pixels, rounded up to bytes.
 */
function requirePixelData(header: PngHeader, compressed: readonly Uint8Array[], path: string): void {
  const { width, height, depth, channels, interlaced } = header;
  const passes = interlaced ? adam7 : [{ x: 0, y: 0, dx: 1, dy: 1 }];
  const expected = passes.reduce((sum, { x, y, dx, dy }) => {
    const columns = Math.ceil((width - x) / dx);
    const rows = Math.ceil((height - y) / dy);
    return columns > 0 && rows > 0 ? sum + rows * (1 + Math.ceil((columns * channels * depth) / 8)) : sum;
  }, 0);
  try {
    if (inflateSync(Buffer.concat(compressed), { maxOutputLength: expected }).length === expected) return;
  } catch (error) {
    throw corrupt(path, wrongPixels, error);
  }
  throw corrupt(path, wrongPixels);
}

const wrongPixels = 'its pixels are damaged, too few or too many';

function truncated(path: string): UserError {
  return new UserError(`"${path}" is a PNG image that is cut short: copy or save it again.`);
}

function corrupt(path: string, reason: string, cause?: unknown): UserError {
  return new UserError(`"${path}" is a PNG image with corrupt contents (${reason}): copy or save it again.`, {
    cause,
  });
}
