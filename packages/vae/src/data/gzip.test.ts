import { gzipSync } from 'node:zlib';
import { ArgumentError, FileFormatError } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { gunzip, isGzip } from './gzip.ts';

const text = new TextEncoder().encode('Reparam '.repeat(50));
const packed = new Uint8Array(gzipSync(text));

/** Bytes that hardly compress, by the Numerical Recipes congruential generator. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

async function rejection(bytes: Uint8Array, maximumBytes?: number): Promise<FileFormatError> {
  const error = await gunzip(bytes, maximumBytes).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FileFormatError);
  return error as FileFormatError;
}

test('isGzip looks at the signature', () => {
  expect(isGzip(packed)).toBe(true);
  expect(isGzip(Uint8Array.of(0x1f))).toBe(false);
  expect(isGzip(Uint8Array.of(0, 0, 8, 3))).toBe(false);
  expect(isGzip(new Uint8Array())).toBe(false);
});

describe('gunzip', () => {
  test.each([
    ['text', text],
    ['nothing', new Uint8Array()],
    ['a megabyte of noise', noise(1_000_000)],
    ['ten megabytes of zeros', new Uint8Array(10_000_000)],
  ])('unpacks what zlib packed: %s', async (_, bytes) => {
    expect(Buffer.compare(await gunzip(new Uint8Array(gzipSync(bytes))), bytes)).toBe(0);
  });

  test('reads a view into a larger buffer', async () => {
    const buffer = new Uint8Array(packed.length + 20).fill(7);
    buffer.set(packed, 10);
    expect(await gunzip(buffer.subarray(10, 10 + packed.length))).toEqual(text);
  });

  test('reads a fixed file: RFC 1952 header, a stored block holding "ab", its CRC-32 and length', async () => {
    const bytes = Uint8Array.of(
      ...[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff],
      ...[1, 2, 0, 0xfd, 0xff, 0x61, 0x62],
      ...[0x6d, 0x48, 0x83, 0x9e, 2, 0, 0, 0], // CRC-32("ab") = 9e83486d
    );
    expect(await gunzip(bytes)).toEqual(Uint8Array.of(0x61, 0x62));
  });

  test('a file cut anywhere is refused', async () => {
    for (let length = 0; length < packed.length; length++) {
      expect((await rejection(packed.subarray(0, length))).message).toMatch(/cut short|starts with/);
    }
  });

  test('a changed byte of the checksum or length is noticed', async () => {
    for (let fromEnd = 1; fromEnd <= 8; fromEnd++) {
      const changed = packed.slice();
      changed[packed.length - fromEnd]! ^= 1;
      expect((await rejection(changed)).message).toContain('cut short or corrupt');
    }
  });

  test('stops at the limit', async () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(10_000_000)));
    expect((await rejection(bomb, 1_000_000)).message).toBe(
      `gzip: ${bomb.length} bytes unpack to more than the 1000000 allowed. ` +
        'If the file is meant to be this large, allow more with maximumBytes.',
    );
    expect(await gunzip(packed, text.length)).toEqual(text);
    await rejection(packed, text.length - 1);
  });

  test('says what is no gzip', async () => {
    expect((await rejection(Uint8Array.of(0x50, 0x4b, 3, 4))).message).toBe(
      'gzip: the file starts with 50 4b, but a gzip file starts with the bytes 1f 8b.',
    );
    expect((await rejection(new Uint8Array())).message).toBe(
      'gzip: the file is empty; a gzip file starts with the bytes 1f 8b.',
    );
    const method = packed.slice();
    method[2] = 7;
    const error = await rejection(method);
    expect(error.message).toBe('gzip: byte 2 names compression method 7, but only 8 (deflate) exists.');
    expect(error.byteOffset).toBe(2);
  });

  test('the limit is a whole number', async () => {
    await expect(gunzip(packed, 0)).rejects.toThrow(ArgumentError);
    await expect(gunzip(packed, 1.5)).rejects.toThrow('maximumBytes is 1.5');
  });
});
