import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteWriter } from './byte-writer.ts';

function written(write: (writer: ByteWriter) => void): number[] {
  const writer = new ByteWriter();
  write(writer);
  return writer.bytes;
}

const unsignedBytes = (x: number): number[] => written((writer) => writer.unsigned(x));
const signedBytes = (x: number): number[] => written((writer) => writer.signed(x));
const signed64Bytes = (x: bigint): number[] => written((writer) => writer.signed64(x));

test('the examples of the DWARF standard, section 7.6', () => {
  expect([2, 127, 128, 129, 12857].map((x) => unsignedBytes(x))).toEqual([
    [2],
    [0x7f],
    [0x80, 1],
    [0x81, 1],
    [0xb9, 0x64],
  ]);
  expect([2, -2, 127, -127, 128, -128].map((x) => signedBytes(x))).toEqual([
    [2],
    [0x7e],
    [0xff, 0],
    [0x81, 0x7f],
    [0x80, 1],
    [0x80, 0x7f],
  ]);
});

test('numbers are read back as they were written', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 32 - 1), (x) => {
      expect(unsignedBytes(x).reduce((sum, byte, i) => sum + (byte & 0x7f) * 128 ** i, 0)).toBe(x);
    }),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (x) => {
      const bytes = signed64Bytes(x);
      const value = bytes.reduce((sum, byte, i) => sum | (BigInt(byte & 0x7f) << BigInt(7 * i)), 0n);
      expect(BigInt.asIntN(7 * bytes.length, value)).toBe(x);
    }),
  );
});

test('small and large signed numbers have the same bytes', () => {
  fc.assert(
    fc.property(fc.integer(), (x) => {
      expect(signedBytes(x)).toEqual(signed64Bytes(BigInt(x)));
    }),
  );
});

test('bytes, lists and names are appended in order', () => {
  const writer = new ByteWriter();
  writer.append([1, 2, 3, 4, 5, 6, 7]);
  writer.byte(8);
  writer.append([9, 10]);
  writer.name('ab');
  expect(writer.bytes).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 2, 97, 98]);
  expect(writer.length).toBe(13);
});
