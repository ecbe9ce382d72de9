import { FileFormatError } from '../errors.ts';

// Browsers and Node have these two; the language library that this package compiles against does not declare them.
declare class TextEncoder {
  encode(text: string): Uint8Array;
}
declare class TextDecoder {
  constructor(label: string, options: { readonly fatal: boolean; readonly ignoreBOM: boolean });
  decode(bytes: Uint8Array): string;
}

export function encodeUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** @throws FileFormatError where the bytes are not UTF-8. `what` and `byteOffset` say what is read, and from where. */
export function decodeUtf8(format: string, bytes: Uint8Array, what: string, byteOffset: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FileFormatError(format, `${what} is not valid UTF-8 text.`, byteOffset);
  }
}

/** A name in quotes for messages, shortened when it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

/** A value out of a JSON file for messages. Arrays and objects are only named: they may be huge, or nested deeply. */
export function describeJson(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string') return quote(value);
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
