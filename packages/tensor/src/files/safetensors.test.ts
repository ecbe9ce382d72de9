import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arange, scalar, tensor, zeros } from '../create.ts';
import { ArgumentError, FileFormatError } from '../errors.ts';
import type { Tensor } from '../tensor.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

/** A file from its parts, without any of the code under test. */
function file(header: string | object, data: readonly number[] = [], headerLength?: number): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(headerLength ?? json.length));
  return new Uint8Array(Buffer.concat([prefix, json, Buffer.from(data)]));
}

const bytes = (count: number): number[] => new Array<number>(count).fill(0);
const f32 = (shape: readonly unknown[], ...data_offsets: readonly unknown[]): object => ({
  dtype: 'F32',
  shape,
  data_offsets,
});

describe('fixtures', () => {
  // Written by the reference implementation, Python package safetensors 0.8.0.
  const reference = Buffer.from(
    'IAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyLDvGJlciI6IuaXpeacrCIsImZvcm1hdCI6Im5wIn0sImJpYXMiOnsiZHR5cGUiOiJGNjQiLC' +
      'JzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOlswLDhdfSwibm9uZSI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMCw0XSwiZGF0YV9vZm' +
      'ZzZXRzIjpbOCw4XX0sIndlaWdodCI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMSwzXSwiZGF0YV9vZmZzZXRzIjpbOCwyMF19LCJzdG' +
      'VwcyI6eyJkdHlwZSI6IkkzMiIsInNoYXBlIjpbXSwiZGF0YV9vZmZzZXRzIjpbMjAsMjRdfX0gICAgICCamZmZmZm5PwAAwD8AAADApp' +
      'tEOwcAAAA=',
    'base64',
  );

  test('reads what the reference implementation writes', () => {
    const { tensors, metadata } = decodeSafetensors(reference);
    expect(Object.keys(tensors)).toEqual(['bias', 'none', 'weight', 'steps']);
    expect(tensors.bias!.data).toEqual(Float64Array.of(0.1));
    expect(tensors.weight!.toArray()).toEqual([[1.5, -2, Math.fround(3e-3)]]);
    expect([tensors.none!.dtype, tensors.none!.shape]).toEqual(['float32', [0, 4]]);
    expect([tensors.steps!.dtype, tensors.steps!.toArray()]).toEqual(['int32', 7]);
    expect({ ...metadata }).toEqual({ format: 'np', über: '日本' });
  });

  test('writes the very bytes of the reference implementation, given its order', () => {
    const tensors = {
      bias: tensor([0.1], { dtype: 'float64' }),
      none: zeros([0, 4]),
      weight: tensor([[1.5, -2, 3e-3]]),
      steps: scalar(7, { dtype: 'int32' }),
    };
    expect(Buffer.from(encodeSafetensors(tensors, { über: '日本', format: 'np' }))).toEqual(reference);
  });

  test('the bytes of one small file, by hand', () => {
    const header = '{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    const padded = header.padEnd(56);
    const expected = file(padded, [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
    expect(encodeSafetensors({ x: tensor([1, -2]) })).toEqual(expected);
    expect(decodeSafetensors(file(header, Array.from(expected.subarray(64)))).tensors.x!.toArray()).toEqual([
      1, -2,
    ]);
  });
});

describe('round trips', () => {
  test('views are written out, and types, shapes, order and bits are kept', () => {
    const tensors = {
      transposed: arange(6).reshape([2, 3]).transpose(),
      expanded: tensor([[1], [2]], { dtype: 'float64' }).expand([2, 3]),
      reversed: arange(0, 5, 1, { dtype: 'int32' }).slice([[null, null, -2]]),
      special: tensor([Number.NaN, -0, Infinity, 5e-324], { dtype: 'float64' }),
      empty: zeros([3, 0]),
    };
    const read = decodeSafetensors(encodeSafetensors(tensors)).tensors;
    expect(Object.keys(read)).toEqual(Object.keys(tensors));
    for (const [name, written] of Object.entries(tensors) as [string, Tensor][]) {
      expect([read[name]!.dtype, read[name]!.shape]).toEqual([written.dtype, written.shape]);
      expect(read[name]!.toTypedArray()).toEqual(written.toTypedArray());
    }
    expect(read.transposed!.toArray()).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
  });

  test('reads from the middle of a larger buffer, and does not keep it', () => {
    const encoded = encodeSafetensors({ x: tensor([1, 2, 3]) });
    const larger = new Uint8Array(encoded.length + 7);
    larger.set(encoded, 3);
    const x = decodeSafetensors(larger.subarray(3, 3 + encoded.length)).tensors.x!;
    larger.fill(0xff);
    expect(x.toArray()).toEqual([1, 2, 3]);
    expect(x.data.buffer.byteLength).toBe(12);
  });

  test('no tensors', () => {
    expect(Object.keys(decodeSafetensors(encodeSafetensors({})).tensors)).toEqual([]);
    expect(Object.keys(decodeSafetensors(file('{}')).tensors)).toEqual([]);
  });

  test('names of the object prototype are names like any other', () => {
    const tensors: Record<string, Tensor> = Object.create(null);
    for (const name of ['__proto__', 'constructor', 'toString', 'toJSON', '']) tensors[name] = scalar(1);
    const metadata = Object.fromEntries([['__proto__', 'text']]);
    const read = decodeSafetensors(encodeSafetensors(tensors, metadata));
    expect(Object.keys(read.tensors)).toEqual(Object.keys(tensors));
    expect(Object.entries(read.metadata)).toEqual([['__proto__', 'text']]);
    expect(({} as Record<string, unknown>).dtype).toBeUndefined();
    const missing = decodeSafetensors(file('{}'));
    expect([missing.tensors.toString, missing.metadata.constructor]).toEqual([undefined, undefined]);
  });
});

describe('encodeSafetensors refuses', () => {
  test.each([
    [() => encodeSafetensors({ __metadata__: scalar(1) }), 'a tensor cannot be called "__metadata__"'],
    [
      () => encodeSafetensors({ 'a\ud800': scalar(1) }),
      'tensors holds the text "a\\ud800", which has an unpaired',
    ],
    [
      () => encodeSafetensors({}, { a: '\udfff' }),
      'metadata holds the text "\\udfff", which has an unpaired',
    ],
    [() => encodeSafetensors({}, { a: 3 as unknown as string }), 'metadata holds 3, but takes text only.'],
    [
      () => encodeSafetensors({ x: zeros(new Array(65).fill(1)) }),
      'tensor "x" has 65 axes; at most 64 are read back.',
    ],
  ])('case %#', (encode, message) => {
    expect(encode).toThrow(ArgumentError);
    expect(encode).toThrow(`encodeSafetensors: ${message}`);
  });
});

describe('decodeSafetensors refuses', () => {
  const valid = { a: f32([2], 0, 8), b: f32([1], 8, 12) };
  const utf8 = file('{"a ": 1}');
  utf8[10] = 0xff;
  test.each([
    [new Uint8Array(3), 'the file has 3 bytes, but begins with a header length of 8 bytes.'],
    [file('{}', [], 100_000_001), 'the header length is 100000001; at most 100000000 bytes are read.'],
    [file('{}', [], 2 ** 60), 'the header length is 1152921504606846976; at most 100000000'],
    [file('{}', [1, 2, 3], 6), 'the header length is 6, but only 5 bytes follow. Is the file cut off?'],
    [utf8, 'the header is not valid UTF-8 text.'],
    [file(''), 'the header does not begin with {.'],
    [file(' {}'), 'the header does not begin with {.'],
    [file('\ufeff{}'), 'the header does not begin with {.'],
    [file('[]'), 'the header does not begin with {.'],
    [file('{"a":}'), 'the header is not valid JSON ('],
    [file('{} {}'), 'the header is not valid JSON ('],
    [file('{"a":1,"a":2}'), 'the header has the name "a" twice in one object.'],
    [file({ a: 7 }), 'tensor "a" is 7, but an object describes a tensor.'],
    [file({ a: null }), 'tensor "a" is null, but'],
    [file({ a: [] }), 'tensor "a" is an array, but'],
    [file('{"__proto__":{}}'), 'tensor "__proto__": dtype is missing; the types read are F32, F64, I32.'],
    [
      file({ a: { ...f32([0], 0, 0), dtype: 'BF16' } }),
      'tensor "a": dtype is "BF16"; the types read are F32, F64, I32.',
    ],
    [file({ a: { ...f32([0], 0, 0), dtype: ['F32'] } }), 'tensor "a": dtype is an array; the types'],
    [
      file({ a: { dtype: 'F32', data_offsets: [0, 0] } }),
      'tensor "a": shape is missing, but a list of whole numbers',
    ],
    [
      file({ a: f32([2, -1], 0, 0) }),
      'tensor "a": shape[1] is -1; whole numbers from 0 to 2⁵³ − 1 are needed.',
    ],
    [file({ a: f32([1.5], 0, 6) }, bytes(6)), 'tensor "a": shape[0] is 1.5; whole numbers'],
    [file({ a: f32(['2'], 0, 8) }, bytes(8)), 'tensor "a": shape[0] is "2"; whole numbers'],
    [file({ a: f32([2 ** 53], 0, 8) }, bytes(8)), 'tensor "a": shape[0] is 9007199254740992; whole numbers'],
    [
      file({ a: f32([2 ** 30, 2 ** 30], 0, 8) }, bytes(8)),
      'tensor "a" has shape [1073741824, 1073741824]: the product of its lengths',
    ],
    [
      file({ a: f32([2 ** 30, 0, 2 ** 30], 0, 0) }),
      'tensor "a" has shape [1073741824, 0, 1073741824]: the product of its lengths',
    ],
    [file({ a: f32(new Array(65).fill(1), 0, 4) }, bytes(4)), 'tensor "a" has 65 axes; at most 64 are read.'],
    [file({ a: { dtype: 'F32', shape: [1] } }, bytes(4)), 'tensor "a": data_offsets is missing'],
    [file({ a: f32([1], 0) }, bytes(4)), 'tensor "a" has 1 data_offsets, but a begin and an end are needed.'],
    [file({ a: f32([1], -4, 0) }, bytes(4)), 'tensor "a": data_offsets[0] is -4; whole numbers'],
    [
      file({ a: f32([1], 4, 0) }, bytes(4)),
      'tensor "a" has data_offsets [4, 0], which end before they begin.',
    ],
    [
      file({ a: f32([2], 0, 8) }, bytes(7)),
      'tensor "a" has data_offsets [0, 8], beyond the 7 bytes of data. Is the file',
    ],
    [
      file({ a: f32([2, 1], 0, 4) }, bytes(4)),
      'tensor "a" is float32 [2, 1], which takes 8 bytes, but its data_offsets [0, 4] hold 4.',
    ],
    [
      file({ a: f32([2], 0, 8), b: f32([2], 4, 12) }, bytes(12)),
      'tensor "b" (data bytes 4 to 12) overlaps tensor "a" (data bytes 0 to 8).',
    ],
    [
      file({ a: f32([2], 0, 8), b: f32([1], 12, 16) }, bytes(16)),
      '4 bytes between tensor "a" (data bytes 0 to 8) and tensor "b" (data bytes 12 to 16) belong to no tensor.',
    ],
    [
      file({ a: f32([1], 4, 8) }, bytes(8)),
      '4 bytes between the start of the data and tensor "a" (data bytes 4 to 8) belong to no tensor.',
    ],
    [file(valid, bytes(13)), '1 bytes after tensor "b" (data bytes 8 to 12) belong to no tensor.'],
    [file('{}', bytes(5)), '5 bytes after the start of the data belong to no tensor.'],
    [file({ __metadata__: 'text' }), '__metadata__ is "text", but maps names to text.'],
    [file({ __metadata__: { epoch: 3 } }), '__metadata__ "epoch" is 3, but must be text.'],
  ])('%#: %s', (malformed, message) => {
    expect(() => decodeSafetensors(malformed)).toThrow(FileFormatError);
    expect(() => decodeSafetensors(malformed)).toThrow(`safetensors: ${message}`);
  });

  test('deep nesting, long names and an ArrayBuffer with a plain error', () => {
    const nested = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(() => decodeSafetensors(file(nested))).toThrow('tensor "a" is an array, but an object');
    expect(() => decodeSafetensors(file({ ['x'.repeat(10_000)]: 1 }))).toThrow(/^.{90,160}$/);
    const buffer = new ArrayBuffer(16) as unknown as Uint8Array;
    expect(() => decodeSafetensors(buffer)).toThrow('Wrap an ArrayBuffer first: new Uint8Array(buffer).');
  });

  test('an error says at which byte', () => {
    const gap = file({ a: f32([1], 0, 4), b: f32([1], 6, 10) }, bytes(10));
    const dataStart = gap.length - 10;
    expect(() => decodeSafetensors(gap)).toThrow(expect.objectContaining({ byteOffset: dataStart + 4 }));
  });
});

describe('any mutation of a valid file decodes or is refused with a FileFormatError', () => {
  const valid = encodeSafetensors(
    {
      a: arange(6).reshape([2, 3]),
      b: arange(0, 3, 1, { dtype: 'int32' }),
      c: scalar(1, { dtype: 'float64' }),
    },
    { key: 'value' },
  );
  const interesting = [
    ...Array.from('{}[]",:0123456789.-eE\\ F').map((char) => char.charCodeAt(0)),
    0,
    0x80,
    0xff,
  ];
  const mutation = fc.record({
    at: fc.nat(valid.length - 1),
    remove: fc.nat(3),
    insert: fc.array(fc.oneof(fc.constantFrom(...interesting), fc.nat(255)), { maxLength: 4 }),
  });

  test('property', () => {
    let decoded = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (mutations, fixLength) => {
          const mutated = Array.from(valid);
          for (const { at, remove, insert } of mutations) mutated.splice(at, remove, ...insert);
          const result = Uint8Array.from(mutated);
          // With the prefix put right, the mutations reach the checks behind it.
          if (fixLength && result.length > 8) result.set(Buffer.from(valid.subarray(0, 8)));
          try {
            for (const read of Object.values(decodeSafetensors(result).tensors)) read.toTypedArray();
            decoded += 1;
          } catch (error) {
            if (!(error instanceof FileFormatError)) throw error;
            refused += 1;
          }
        },
      ),
      { numRuns: 3000, seed: 7 },
    );
    expect(Math.min(decoded, refused)).toBeGreaterThan(50);
  });
});
