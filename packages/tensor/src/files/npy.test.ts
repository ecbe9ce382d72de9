import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arange, scalar, tensor, zeros } from '../create.ts';
import { ArgumentError, FileFormatError, ShapeError } from '../errors.ts';
import { decodeNpy, encodeNpy } from './npy.ts';

/** A file from its parts, without any of the code under test. */
function file(
  header: string,
  data: readonly number[] = [],
  version: readonly [number, number] = [1, 0],
): Uint8Array {
  const text = Buffer.from(header);
  const length = Buffer.alloc(version[0] === 1 ? 2 : 4);
  length.writeUIntLE(text.length, 0, length.length);
  const magic = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, ...version]);
  return new Uint8Array(Buffer.concat([magic, length, text, Buffer.from(data)]));
}

function dictionary(descr: string, shape: string, fortranOrder = 'False'): string {
  return `{'descr': '${descr}', 'fortran_order': ${fortranOrder}, 'shape': ${shape}, }`;
}

/** Written by numpy.lib.format.write_array of NumPy 2.4.6. */
const numpy = {
  float32:
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAg' +
    'ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIArNzMw9AAAAwAAAQEAAAIBA' +
    'AACAfwEAAAA=',
  scalar:
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAg' +
    'ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoYLURU+yEJQA==',
  int32:
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAg' +
    'ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAA/v///3ARAQA=',
  fortran:
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPmY0JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMywgMiksIH0g' +
    'ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAQUAAAECAAABBgAAA' +
    'QQAAAEGgAAA/gAAAQVAAAECgAABBiAAAQRAAAEGoAAA=',
  int64:
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsIDMpLCB9ICAg' +
    'ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr7/////////////38AAAAA' +
    'AAAAgP////8=',
  bool:
    'k05VTVBZAQB2AHsnZGVzY3InOiAnfGIxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAg' +
    'ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAE=',
  uint16:
    'k05VTVBZAgB0AAAAeydkZXNjcic6ICc+dTInLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwpLCB9ICAg' +
    'ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr//wAB',
  empty:
    'k05VTVBZAwB0AAAAeydkZXNjcic6ICc8ZjgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMCwgMyksIH0g' +
    'ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo=',
};

function fixture(name: keyof typeof numpy): Buffer {
  return Buffer.from(numpy[name], 'base64');
}

describe('fixtures', () => {
  // The array fortran was arange(24) as [2, 3, 4], cut to [:, :, :2], big-endian and in Fortran order.
  test.each([
    [
      'float32',
      'float32',
      [
        [Math.fround(0.1), -2, 3],
        [4, Infinity, 2 ** -149],
      ],
    ],
    ['scalar', 'float64', Math.PI],
    ['int32', 'int32', [1, -2, 70_000]],
    [
      'fortran',
      'float32',
      [
        [
          [0, 1],
          [4, 5],
          [8, 9],
        ],
        [
          [12, 13],
          [16, 17],
          [20, 21],
        ],
      ],
    ],
    ['int64', 'int32', [[-5, 2 ** 31 - 1, -(2 ** 31)]]],
    ['bool', 'int32', [1, 0, 1]],
    ['uint16', 'int32', [65_535, 1]],
  ] as const)('reads NumPy’s %s', (name, dtype, expected) => {
    const read = decodeNpy(fixture(name));
    expect([read.dtype, read.toArray()]).toEqual([dtype, expected]);
  });

  test('reads an empty array of version 3', () => {
    const read = decodeNpy(fixture('empty'));
    expect([read.dtype, read.shape, read.size]).toEqual(['float64', [0, 3], 0]);
  });

  test('Fortran order is a view', () => {
    const read = decodeNpy(fixture('fortran'));
    expect([read.shape, read.strides]).toEqual([
      [2, 3, 2],
      [1, 2, 6],
    ]);
  });

  test('in Fortran order the first axis varies fastest, by hand', () => {
    const read = decodeNpy(file(dictionary('|u1', '(2, 3)', 'True'), [1, 2, 3, 4, 5, 6]));
    expect(read.toArray()).toEqual([
      [1, 3, 5],
      [2, 4, 6],
    ]);
  });

  test('writes the very bytes of NumPy', () => {
    const float32 = tensor([
      [0.1, -2, 3],
      [4, Infinity, 1e-45],
    ]);
    expect(Buffer.from(encodeNpy(float32))).toEqual(fixture('float32'));
    expect(Buffer.from(encodeNpy(scalar(Math.PI, { dtype: 'float64' })))).toEqual(fixture('scalar'));
    expect(Buffer.from(encodeNpy(tensor([1, -2, 70_000], { dtype: 'int32' })))).toEqual(fixture('int32'));
  });
});

describe('every element type, by hand', () => {
  test.each([
    ['<f4', [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0], 'float32', [1, -2]],
    ['>f4', [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0], 'float32', [1, -2]],
    ['<f8', [0, 0, 0, 0, 0, 0, 0xf8, 0x3f], 'float64', [1.5]],
    ['>f8', [0x3f, 0xf8, 0, 0, 0, 0, 0, 0], 'float64', [1.5]],
    ['<i4', [0xfe, 0xff, 0xff, 0xff, 0, 0, 1, 0], 'int32', [-2, 65_536]],
    ['>i4', [0xff, 0xff, 0xff, 0xfe, 0, 1, 0, 0], 'int32', [-2, 65_536]],
    ['|b1', [1, 0], 'int32', [1, 0]],
    ['|u1', [0, 255], 'int32', [0, 255]],
    ['<u1', [200], 'int32', [200]],
    ['|i1', [128, 255, 127], 'int32', [-128, -1, 127]],
    ['<u2', [0x34, 0x12, 0xff, 0xff], 'int32', [0x1234, 65_535]],
    ['>u2', [0x12, 0x34], 'int32', [0x1234]],
    ['<i2', [0xff, 0xff, 0, 0x80], 'int32', [-1, -32_768]],
    ['>i2', [0x80, 0], 'int32', [-32_768]],
    ['<u4', [0xff, 0xff, 0xff, 0x7f], 'int32', [2 ** 31 - 1]],
    ['>u4', [0, 0, 1, 0], 'int32', [256]],
    ['<i8', [0, 0, 0, 0x80, 0xff, 0xff, 0xff, 0xff], 'int32', [-(2 ** 31)]],
    ['>i8', [0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff], 'int32', [2 ** 31 - 1]],
  ] as const)('%s', (descr, data, dtype, expected) => {
    const read = decodeNpy(file(dictionary(descr, `(${expected.length},)`), data));
    expect([read.dtype, read.toArray()]).toEqual([dtype, expected]);
  });
});

describe('the header literal', () => {
  test.each([
    `{"shape":(2,),"fortran_order":False,"descr":"|u1"}`,
    `{ 'shape' : ( 2 , ) , 'descr':'|u1','fortran_order':False ,}`,
    `\n{'shape': (2,),\t'fortran_order': True, 'descr': '|u1'}   \n`,
    dictionary('|u1', '(2,)'),
  ])('%j is read', (header) => {
    expect(decodeNpy(file(header, [7, 9])).toArray()).toEqual([7, 9]);
  });

  test.each([
    [[1, 0], '()', [7], 7],
    [[2, 0], '(1,2)', [7, 9], [[7, 9]]],
    [[3, 0], '(1, 2,)', [7, 9], [[7, 9]]],
  ] as const)('version %j and shape %s are read', (version, shape, data, expected) => {
    expect(decodeNpy(file(dictionary('|u1', shape), data, version)).toArray()).toEqual(expected);
  });
});

describe('round trips', () => {
  test.each([
    ['a transposed view', arange(6).reshape([2, 3]).transpose()],
    ['a repeated axis', tensor([[1], [2]], { dtype: 'float64' }).expand([2, 3])],
    ['a reversed view', arange(0, 5, 1, { dtype: 'int32' }).slice([[null, null, -2]])],
    ['special numbers', tensor([Number.NaN, -0, Infinity, 5e-324], { dtype: 'float64' })],
    ['no elements', zeros([3, 0])],
    ['64 axes', zeros(new Array<number>(64).fill(1))],
  ])('%s', (_, written) => {
    const bytes = encodeNpy(written);
    const read = decodeNpy(bytes);
    expect([read.dtype, read.shape]).toEqual([written.dtype, written.shape]);
    expect(read.toTypedArray()).toEqual(written.toTypedArray());
    expect((bytes.length - read.data.byteLength) % 64).toBe(0);
  });

  test('reads from the middle of a larger buffer, and does not keep it', () => {
    const encoded = encodeNpy(tensor([1, 2, 3]));
    const larger = new Uint8Array(encoded.length + 7);
    larger.set(encoded, 3);
    const read = decodeNpy(larger.subarray(3, 3 + encoded.length));
    larger.fill(0xff);
    expect(read.toArray()).toEqual([1, 2, 3]);
    expect(read.data.buffer.byteLength).toBe(12);
  });

  test('more axes than NumPy takes are refused', () => {
    const deep = zeros(new Array<number>(65).fill(1));
    expect(() => encodeNpy(deep)).toThrow(ShapeError);
    expect(() => encodeNpy(deep)).toThrow(
      'encodeNpy: a tensor of 65 axes does not fit the format, which takes 64.',
    );
  });
});

describe('decodeNpy refuses', () => {
  const whole = file(dictionary('<f4', '(1,)'), [0, 0, 0, 0]);
  const cutHeader = whole.slice(0, 30);
  const notUtf8 = whole.slice();
  notUtf8[15] = 0xff;
  const types = 'f4, f8, i4, b1, u1, i1, u2, i2, u4, i8';
  test.each([
    [new Uint8Array(0), 'the file does not begin with \\x93NUMPY, so it is no .npy file.'],
    [Uint8Array.of(0x50, 0x4b, 3, 4), 'the file does not begin with \\x93NUMPY'],
    [whole.slice(0, 7), 'the file ends before its version number.'],
    [file('', [], [4, 0]), 'the file has version 4.0; versions 1.0, 2.0 and 3.0 are read.'],
    [file('', [], [1, 7]), 'the file has version 1.7; versions'],
    [whole.slice(0, 9), 'the file has 9 bytes, but version 1 begins with 10.'],
    [file('', [], [2, 0]).slice(0, 10), 'the file has 10 bytes, but version 2 begins with 12.'],
    [
      cutHeader,
      `the header length is ${dictionary('<f4', '(1,)').length}, but only 20 bytes follow. Is the file cut off?`,
    ],
    [notUtf8, 'the header is not valid UTF-8 text.'],
    [file(''), 'the header needs { at this place, not the end of the header. (Header character 0.)'],
    [file('__import__("os")'), 'the header needs { at this place, not "__import__(\\"os\\")". (Header'],
    [file('{}'), 'the header lacks descr and fortran_order and shape.'],
    [file("{'descr': '<f4', 'shape': ()}"), 'the header lacks fortran_order.'],
    [file("{descr: '<f4'}"), 'a key must be text in quotes, not "descr: \'<f4\'}". (Header character 1.)'],
    [file("{'descr' '<f4'}"), 'the header needs : at this place'],
    [file("{'descr': '<f4' 'shape': ()}"), 'the header needs } at this place, not "\'shape\': ()}". (Header'],
    [file("{'descr': '<f4', 'descr': '<f4'}"), 'the key "descr" is not expected here; each of descr'],
    [file("{'__proto__': '<f4'}"), 'the key "__proto__" is not expected here'],
    [file("{'descr': '<f4\\'}"), 'the element type must be text in quotes'],
    [file(dictionary('<f4', '(1,)', '0')), 'fortran_order must be True or False.'],
    [file(dictionary('<f4', '(1,)', 'true')), 'fortran_order must be True or False.'],
    [file(dictionary('<f4', '[1]')), 'the header needs ( at this place, not "[1], }".'],
    [file(dictionary('<f4', '(1)')), 'a tuple of one length needs a comma, as in (3,).'],
    [file(dictionary('<f4', '(1, 2')), 'a length must be a whole number ≥ 0, not "}".'],
    [file(dictionary('<f4', '(-1,)')), 'a length must be a whole number ≥ 0, not "-1,), }".'],
    [file(dictionary('<f4', '(1.5,)')), 'a tuple of one length needs a comma'],
    [file(dictionary('<f4', '(2, 007)')), 'the header needs ) at this place, not "07), }".'],
    [file(dictionary('<f4', '(1e3,)')), 'a tuple of one length needs a comma'],
    [file(dictionary('<f4', '(,)')), 'a length must be a whole number ≥ 0, not ",), }".'],
    [file(`${dictionary('<f4', '(1,)')} + 1`), 'the header goes on after its end with "+ 1".'],
    [
      file(dictionary('<f4', '(9007199254740992,)')),
      'the array has shape [9007199254740992], but lengths are whole numbers from 0',
    ],
    [
      file(dictionary('<f4', '(4294967296, 4294967296)')),
      'the array has shape [4294967296, 4294967296]: the product of its lengths',
    ],
    [
      file(dictionary('<f4', '(0, 4294967296, 4294967296)')),
      'the array has shape [0, 4294967296, 4294967296]: the product',
    ],
    [file(dictionary('<f4', `(${'1,'.repeat(65)})`)), 'the array has 65 axes; at most 64 are read.'],
    [file("{'descr': [('x', '<f4')], "), 'structured element types are not supported; save each field'],
    [
      file(dictionary('|O', '(1,)')),
      'the element type "|O" holds Python objects, which only running pickled code',
    ],
    [
      file(dictionary('<f2', '(1,)')),
      `the element type "<f2" is not supported; the array has to be saved as one of ${types},`,
    ],
    [file(dictionary('|f4', '(1,)')), 'the element type "|f4" is not supported'],
    [file(dictionary('f4', '(1,)')), 'the element type "f4" is not supported'],
    [file(dictionary('<u8', '(1,)')), 'the element type "<u8" is not supported'],
    [file(dictionary('<U5', '(1,)')), 'the element type "<U5" is not supported'],
    [file(dictionary('<c16', '(1,)')), 'the element type "<c16" is not supported'],
    [file(dictionary('<constructor', '(1,)')), 'the element type "<constructor" is not supported'],
    [
      file(dictionary('<f4', '(2, 3)'), [1, 2, 3]),
      'an array [2, 3] of <f4 takes 24 bytes, but 3 follow the header. Is the file cut off?',
    ],
    [
      file(dictionary('<f4', '()'), [1, 2, 3, 4, 5]),
      'an array [] of <f4 takes 4 bytes, but 5 follow the header. One file holds one array.',
    ],
    [
      file(dictionary('<i8', '(1000000000000,)')),
      'an array [1000000000000] of <i8 takes 8000000000000 bytes, but 0 follow',
    ],
    [
      file(dictionary('|b1', '(3,)'), [1, 0, 2]),
      'element 2 (in file order) of the "|b1" array is neither 0 nor 1',
    ],
    [
      file(dictionary('<u4', '(1,)'), [0, 0, 0, 128]),
      'element 0 (in file order) of the "<u4" array does not fit int32',
    ],
    [
      file(dictionary('<i8', '(1,)'), [0, 0, 0, 128, 0, 0, 0, 0]),
      'element 0 (in file order) of the "<i8" array does not fit int32',
    ],
    [
      file(dictionary('>i8', '(1,)'), [255, 255, 255, 255, 127, 255, 255, 255]),
      'element 0 (in file order) of the ">i8" array does not fit int32',
    ],
  ])('%#: %s', (malformed, message) => {
    expect(() => decodeNpy(malformed)).toThrow(FileFormatError);
    expect(() => decodeNpy(malformed)).toThrow(`npy: ${message}`);
  });
});

describe('decodeNpy', () => {
  test('says at which byte reading failed', () => {
    const header = dictionary('<u4', '(2,)');
    const bytes = file(header, [0, 0, 0, 0, 0, 0, 0, 128]);
    expect(() => decodeNpy(bytes)).toThrow(expect.objectContaining({ byteOffset: 10 + header.length + 4 }));
  });

  test('asks for a Uint8Array', () => {
    expect(() => decodeNpy(new ArrayBuffer(16) as unknown as Uint8Array)).toThrow(ArgumentError);
  });

  const valid = [
    encodeNpy(arange(6).reshape([2, 3])),
    file(dictionary('>i8', '(2, 2)', 'True'), new Array<number>(32).fill(0), [2, 0]),
  ];
  const interesting = Array.from("{}()',:0123456789<>|fiubO ", (char) => char.charCodeAt(0));
  const mutation = fc.record({
    at: fc.nat(143),
    remove: fc.nat(2),
    insert: fc.array(fc.oneof(fc.constantFrom(...interesting), fc.nat(255)), { maxLength: 2 }),
  });

  test('decodes any mutation of a valid file, or refuses it with a FileFormatError', () => {
    let decoded = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...valid),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        (original, mutations) => {
          const mutated = Array.from(original);
          for (const { at, remove, insert } of mutations) mutated.splice(at, remove, ...insert);
          try {
            decodeNpy(Uint8Array.from(mutated)).toTypedArray();
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
