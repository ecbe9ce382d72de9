import { describe, expect, test } from 'vitest';
import { compile, createMemory, instantiate } from '../engine.ts';
import { features } from '../features.ts';
import { ModuleBuilder } from './module-builder.ts';
import { i32 } from './scalar.ts';
import type { Statement, Value } from './value.ts';
import { f32x4, f64x2, i8x16, i32x4, i64x2, v128 } from './vector.ts';

type Vector = Value<'v128'>;
type Build = (...operands: Vector[]) => Vector;

/** The bytes of `build(a, b, c)` for vectors given as bytes. */
function evaluate(build: Build, ...operands: ArrayBuffer[]): ArrayBuffer {
  return execute(
    () =>
      v128.store(
        0,
        build(
          ...operands.map((_, i) => {
            return v128.load(16, 16 * i);
          }),
        ),
      ),
    operands,
  ).slice(0, 16);
}

/** Runs a statement on a memory with `operands` from byte 16 on; returns its first bytes. */
function execute(statement: () => Statement, operands: readonly ArrayBuffer[]): ArrayBuffer {
  const module = new ModuleBuilder({ shared: false });
  module.export(module.function('run', {}, 'none', () => statement()));
  const memory = createMemory(1);
  operands.forEach((operand, i) => {
    new Uint8Array(memory.buffer).set(new Uint8Array(operand), 16 + 16 * i);
  });
  instantiate(compile(module.build()), memory).run!();
  return memory.buffer.slice(0, 64) as ArrayBuffer;
}

const { fround } = Math;
const mask = (condition: boolean): number => (condition ? -1 : 0);
const unsigned = (x: number): number => x >>> 0;
/** Halves go to even. */
const nearest = (x: number): number => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));

const floatOperations: [keyof typeof f32x4 & keyof typeof f64x2, (a: number, b: number) => number][] = [
  ['add', (a, b) => a + b],
  ['sub', (a, b) => a - b],
  ['mul', (a, b) => a * b],
  ['div', (a, b) => a / b],
  ['min', (a, b) => Math.min(a, b)],
  ['max', (a, b) => Math.max(a, b)],
  ['pmin', (a, b) => (b < a ? b : a)],
  ['pmax', (a, b) => (a < b ? b : a)],
  ['abs', (a) => Math.abs(a)],
  ['neg', (a) => -a],
  ['sqrt', (a) => Math.sqrt(a)],
  ['ceil', (a) => Math.ceil(a)],
  ['floor', (a) => Math.floor(a)],
  ['trunc', (a) => Math.trunc(a)],
  ['nearest', (a) => nearest(a)],
];

const comparisons: ['eq' | 'ne' | 'lt' | 'gt' | 'le' | 'ge', (a: number, b: number) => boolean][] = [
  ['eq', (a, b) => a === b],
  ['ne', (a, b) => a !== b],
  ['lt', (a, b) => a < b],
  ['gt', (a, b) => a > b],
  ['le', (a, b) => a <= b],
  ['ge', (a, b) => a >= b],
];

const floats = [0.1, -2.5, 3.5, -7.25, Number.NaN, 1, Infinity, -Infinity, 1e-40, 2, 2, 5];
const others = [2, -2.5, -1.5, 7, 1, Number.NaN, Infinity, Infinity, 3, 2, -3, 4];

/** Consecutive groups of `size`. */
function groups(values: readonly number[], size: number): number[][] {
  return Array.from({ length: values.length / size }, (_, i) => values.slice(i * size, (i + 1) * size));
}

describe('f32x4', () => {
  const pairs = groups(floats, 4).map((a, i) => [
    Float32Array.from(a),
    Float32Array.from(groups(others, 4)[i]!),
  ]);

  test.each(floatOperations)('%s', (name, expected) => {
    for (const [a, b] of pairs) {
      const result = new Float32Array(evaluate(f32x4[name] as unknown as Build, a!.buffer, b!.buffer));
      expect(result).toEqual(a!.map((x, i) => fround(expected(x, b![i]!))));
    }
  });

  test.each(comparisons)('%s', (name, expected) => {
    for (const [a, b] of pairs) {
      const result = new Int32Array(evaluate(f32x4[name] as Build, a!.buffer, b!.buffer));
      expect([...result]).toEqual([...a!].map((x, i) => mask(expected(x, b![i]!))));
    }
  });

  test('lanes', () => {
    const x = Float32Array.of(1, 2, 3, 4).buffer;
    expect([...new Float32Array(evaluate((a) => f32x4.splat(f32x4.extractLane(a, 2)), x))]).toEqual([
      3, 3, 3, 3,
    ]);
    expect([...new Float32Array(evaluate((a) => f32x4.replaceLane(a, 1, 9), x))]).toEqual([1, 9, 3, 4]);
  });

  test('conversions', () => {
    const x = Int32Array.of(-1, 5, 16777217, -0x80000000);
    expect(new Float32Array(evaluate(f32x4.convertI32x4S as Build, x.buffer))).toEqual(Float32Array.from(x));
    expect(new Float32Array(evaluate(f32x4.convertI32x4U as Build, x.buffer))).toEqual(
      Float32Array.from(x, unsigned),
    );
    const y = Float64Array.of(0.1, 1e300);
    expect([...new Float32Array(evaluate(f32x4.demoteF64x2Zero as Build, y.buffer))]).toEqual([
      fround(0.1),
      Infinity,
      0,
      0,
    ]);
  });
});

describe('f64x2', () => {
  const pairs = groups(floats, 2).map((a, i) => [
    Float64Array.from(a),
    Float64Array.from(groups(others, 2)[i]!),
  ]);

  test.each(floatOperations)('%s', (name, expected) => {
    for (const [a, b] of pairs) {
      const result = new Float64Array(evaluate(f64x2[name] as unknown as Build, a!.buffer, b!.buffer));
      expect(result).toEqual(a!.map((x, i) => expected(x, b![i]!)));
    }
  });

  test.each(comparisons)('%s', (name, expected) => {
    for (const [a, b] of pairs) {
      const result = new BigInt64Array(evaluate(f64x2[name] as Build, a!.buffer, b!.buffer));
      expect([...result].map(Number)).toEqual([...a!].map((x, i) => mask(expected(x, b![i]!))));
    }
  });

  test('lanes', () => {
    const x = Float64Array.of(1, 2).buffer;
    expect([...new Float64Array(evaluate((a) => f64x2.splat(f64x2.extractLane(a, 1)), x))]).toEqual([2, 2]);
    expect([...new Float64Array(evaluate((a) => f64x2.replaceLane(a, 0, 9), x))]).toEqual([9, 2]);
  });

  test('conversions', () => {
    const x = Int32Array.of(-1, 5, 7, 7);
    expect([...new Float64Array(evaluate(f64x2.convertLowI32x4S as Build, x.buffer))]).toEqual([-1, 5]);
    expect([...new Float64Array(evaluate(f64x2.convertLowI32x4U as Build, x.buffer))]).toEqual([
      2 ** 32 - 1,
      5,
    ]);
    const y = Float32Array.of(0.1, -Infinity, 3, 4);
    expect([...new Float64Array(evaluate(f64x2.promoteLowF32x4 as Build, y.buffer))]).toEqual([
      fround(0.1),
      -Infinity,
    ]);
  });
});

describe('i32x4', () => {
  const a = Int32Array.of(1, -1, 0x7fffffff, -0x80000000);
  const b = Int32Array.of(1, 2, -3, 0x12345);

  test.each<[keyof typeof i32x4, (a: number, b: number) => number]>([
    ['add', (x, y) => x + y],
    ['sub', (x, y) => x - y],
    ['mul', Math.imul],
    ['minS', Math.min],
    ['maxS', Math.max],
    ['minU', (x, y) => Math.min(unsigned(x), unsigned(y))],
    ['maxU', (x, y) => Math.max(unsigned(x), unsigned(y))],
    ['abs', Math.abs],
    ['neg', (x) => -x],
    ['eq', (x, y) => mask(x === y)],
    ['ne', (x, y) => mask(x !== y)],
    ['ltS', (x, y) => mask(x < y)],
    ['ltU', (x, y) => mask(unsigned(x) < unsigned(y))],
    ['gtS', (x, y) => mask(x > y)],
    ['gtU', (x, y) => mask(unsigned(x) > unsigned(y))],
    ['leS', (x, y) => mask(x <= y)],
    ['leU', (x, y) => mask(unsigned(x) <= unsigned(y))],
    ['geS', (x, y) => mask(x >= y)],
    ['geU', (x, y) => mask(unsigned(x) >= unsigned(y))],
  ])('%s', (name, expected) => {
    for (const [left, right] of [
      [a, b],
      [b, a],
    ] as const) {
      const result = new Int32Array(evaluate(i32x4[name] as unknown as Build, left.buffer, right.buffer));
      expect(result).toEqual(left.map((x, i) => expected(x, right[i]!) | 0));
    }
  });

  test.each<['shl' | 'shrS' | 'shrU', (a: number, by: number) => number]>([
    ['shl', (x, by) => x << by],
    ['shrS', (x, by) => x >> by],
    ['shrU', (x, by) => x >>> by],
  ])('%s', (name, expected) => {
    for (const by of [0, 5, 31, 33]) {
      const result = new Int32Array(evaluate((x) => i32x4[name](x!, by), a.buffer));
      expect(result).toEqual(a.map((x) => expected(x, by)));
    }
  });

  test('allTrue and bitmask', () => {
    const report = (x: Int32Array<ArrayBuffer>): number[] => [
      ...new Int32Array(
        evaluate((v) => i32x4.replaceLane(i32x4.splat(i32x4.allTrue(v!)), 1, i32x4.bitmask(v!)), x.buffer),
      ).slice(0, 2),
    ];
    expect(report(a)).toEqual([1, 0b1010]);
    expect(report(Int32Array.of(1, 0, 1, -5))).toEqual([0, 0b1000]);
  });

  test('truncations saturate and send NaN to 0', () => {
    const x = Float32Array.of(-1.9, 3e9, Number.NaN, 7.9).buffer;
    const y = Float64Array.of(-1.9, 3e9).buffer;
    expect([...new Int32Array(evaluate(i32x4.truncSatF32x4S as Build, x))]).toEqual([-1, 0x7fffffff, 0, 7]);
    expect([...new Uint32Array(evaluate(i32x4.truncSatF32x4U as Build, x))]).toEqual([0, 3e9, 0, 7]);
    expect([...new Int32Array(evaluate(i32x4.truncSatF64x2SZero as Build, y))]).toEqual([
      -1, 0x7fffffff, 0, 0,
    ]);
    expect([...new Uint32Array(evaluate(i32x4.truncSatF64x2UZero as Build, y))]).toEqual([0, 3e9, 0, 0]);
  });

  test('lanes and shuffles', () => {
    const x = Int32Array.of(0, 1, 2, 3).buffer;
    const y = Int32Array.of(4, 5, 6, 7).buffer;
    expect([...new Int32Array(evaluate((v) => i32x4.splat(i32x4.extractLane(v!, 3)), x))]).toEqual([
      3, 3, 3, 3,
    ]);
    expect([...new Int32Array(evaluate((p, q) => i32x4.shuffle(p!, q!, [6, 0, 3, 5]), x, y))]).toEqual([
      6, 0, 3, 5,
    ]);
  });
});

describe('i64x2', () => {
  const a = BigInt64Array.of(-5n, 2n ** 62n);
  const b = BigInt64Array.of(7n, -3n);
  const truth = (condition: boolean): bigint => (condition ? -1n : 0n);

  test.each<[keyof typeof i64x2, (a: bigint, b: bigint) => bigint]>([
    ['add', (x, y) => x + y],
    ['sub', (x, y) => x - y],
    ['mul', (x, y) => x * y],
    ['abs', (x) => (x < 0n ? -x : x)],
    ['neg', (x) => -x],
    ['eq', (x, y) => truth(x === y)],
    ['ne', (x, y) => truth(x !== y)],
    ['ltS', (x, y) => truth(x < y)],
    ['gtS', (x, y) => truth(x > y)],
    ['leS', (x, y) => truth(x <= y)],
    ['geS', (x, y) => truth(x >= y)],
  ])('%s', (name, expected) => {
    for (const [left, right] of [
      [a, b],
      [b, a],
      [a, a],
    ] as const) {
      const result = new BigInt64Array(evaluate(i64x2[name] as unknown as Build, left.buffer, right.buffer));
      expect(result).toEqual(left.map((x, i) => BigInt.asIntN(64, expected(x, right[i]!))));
    }
  });

  test('shifts', () => {
    const shifted = (name: 'shl' | 'shrS' | 'shrU'): bigint[] => [
      ...new BigInt64Array(evaluate((x) => i64x2[name](x!, 3), a.buffer)),
    ];
    expect(shifted('shl')).toEqual([-40n, 0n]);
    expect(shifted('shrS')).toEqual([-1n, 2n ** 59n]);
    expect(shifted('shrU')).toEqual([2n ** 61n - 1n, 2n ** 59n]);
  });

  test('extensions and whole products of 32-bit lanes', () => {
    const x = Int32Array.of(-1, 3, 0x7fffffff, -0x80000000);
    const y = Int32Array.of(-2, 5, 2, 3);
    const wide = (build: Build): bigint[] => [...new BigInt64Array(evaluate(build, x.buffer, y.buffer))];
    expect(wide(i64x2.extendLowI32x4S as Build)).toEqual([-1n, 3n]);
    expect(wide(i64x2.extendLowI32x4U as Build)).toEqual([0xffffffffn, 3n]);
    expect(wide(i64x2.extendHighI32x4S as Build)).toEqual([0x7fffffffn, -0x80000000n]);
    expect(wide(i64x2.extendHighI32x4U as Build)).toEqual([0x7fffffffn, 0x80000000n]);
    expect(wide(i64x2.extmulLowI32x4S as Build)).toEqual([2n, 15n]);
    expect(wide(i64x2.extmulLowI32x4U as Build)).toEqual([BigInt.asIntN(64, 0xffffffffn * 0xfffffffen), 15n]);
    expect(wide(i64x2.extmulHighI32x4S as Build)).toEqual([0xfffffffen, -0x180000000n]);
    expect(wide(i64x2.extmulHighI32x4U as Build)).toEqual([0xfffffffen, 0x180000000n]);
  });

  test('lanes, shuffles, allTrue and bitmask', () => {
    const pairOf = (build: Build): bigint[] => [...new BigInt64Array(evaluate(build, a.buffer, b.buffer))];
    expect(pairOf((x) => i64x2.splat(i64x2.extractLane(x!, 1)))).toEqual([2n ** 62n, 2n ** 62n]);
    expect(pairOf((x) => i64x2.replaceLane(x!, 1, 9n))).toEqual([-5n, 9n]);
    expect(pairOf((x, y) => i64x2.shuffle(x!, y!, [3, 0]))).toEqual([-3n, -5n]);
    const flags = new Int32Array(
      evaluate((x) => i32x4.replaceLane(i32x4.splat(i64x2.allTrue(x!)), 1, i64x2.bitmask(x!)), a.buffer),
    );
    expect([...flags].slice(0, 2)).toEqual([1, 0b01]);
  });
});

describe('v128', () => {
  const a = Int32Array.of(0b1100, -1, 0, 0x7f00ff00);
  const b = Int32Array.of(0b1010, 0x0f0f0f0f, -1, 0x00ff00ff);

  test.each<['and' | 'or' | 'xor' | 'andnot' | 'not', (a: number, b: number) => number]>([
    ['and', (x, y) => x & y],
    ['or', (x, y) => x | y],
    ['xor', (x, y) => x ^ y],
    ['andnot', (x, y) => x & ~y],
    ['not', (x) => ~x],
  ])('%s', (name, expected) => {
    const result = new Int32Array(evaluate(v128[name] as Build, a.buffer, b.buffer));
    expect(result).toEqual(a.map((x, i) => expected(x, b[i]!)));
  });

  test('bitselect takes the first where the mask has ones', () => {
    const chosen = Int32Array.of(-1, 0, 0xffff, 0b101);
    const result = new Int32Array(evaluate(v128.bitselect as Build, a.buffer, b.buffer, chosen.buffer));
    expect(result).toEqual(a.map((x, i) => (x & chosen[i]!) | (b[i]! & ~chosen[i]!)));
  });

  test('anyTrue', () => {
    const any = (x: Int32Array<ArrayBuffer>): number =>
      new Int32Array(evaluate((v) => i32x4.splat(v128.anyTrue(v!)), x.buffer))[0]!;
    expect([any(Int32Array.of(0, 0, 1, 0)), any(new Int32Array(4))]).toEqual([1, 0]);
  });

  const memoryBytes = Uint8Array.from({ length: 32 }, (_, i) => i + 1).buffer;
  const first = (build: () => Vector): number[] => [
    ...new Uint8Array(execute(() => v128.store(0, build()), [memoryBytes])).slice(0, 16),
  ];
  const repeat = (pattern: number[], times: number): number[] => Array(times).fill(pattern).flat();

  test('loads', () => {
    expect(first(() => v128.load(8, 9))).toEqual(Array.from({ length: 16 }, (_, i) => i + 2));
    expect(first(() => v128.load8Splat(16, 2))).toEqual(repeat([3], 16));
    expect(first(() => v128.load16Splat(16, 2))).toEqual(repeat([3, 4], 8));
    expect(first(() => v128.load32Splat(16, 2))).toEqual(repeat([3, 4, 5, 6], 4));
    expect(first(() => v128.load64Splat(16, 2))).toEqual(repeat([3, 4, 5, 6, 7, 8, 9, 10], 2));
    expect(first(() => v128.load32Zero(16))).toEqual([1, 2, 3, 4, ...repeat([0], 12)]);
    expect(first(() => v128.load64Zero(16))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, ...repeat([0], 8)]);
    expect(first(() => v128.load32Lane(16, i32x4.splat(0), 1, 3))).toEqual([
      0,
      0,
      0,
      0,
      4,
      5,
      6,
      7,
      ...repeat([0], 8),
    ]);
    expect(first(() => v128.load64Lane(16, i32x4.splat(0), 1))).toEqual([
      ...repeat([0], 8),
      ...[1, 2, 3, 4, 5, 6, 7, 8],
    ]);
  });

  test('stores of single lanes', () => {
    const stored = (statement: () => Statement): number[] => [
      ...new Uint8Array(execute(statement, [memoryBytes])).slice(0, 12),
    ];
    expect(stored(() => v128.store32Lane(0, v128.load(16), 2, 4))).toEqual([
      0, 0, 0, 0, 9, 10, 11, 12, 0, 0, 0, 0,
    ]);
    expect(stored(() => v128.store64Lane(0, v128.load(16), 1, 1))).toEqual([
      0, 9, 10, 11, 12, 13, 14, 15, 16, 0, 0, 0,
    ]);
  });

  test('bytes: shuffle, swizzle, splat and popcnt', () => {
    const reversed = Array.from({ length: 16 }, (_, i) => 31 - i);
    expect(first(() => i8x16.shuffle(v128.load(16), v128.load(32), reversed))).toEqual(
      reversed.map((i) => i + 1),
    );
    expect(first(() => i8x16.swizzle(v128.load(16), v128.load(24)))).toEqual([
      10, 11, 12, 13, 14, 15, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
    expect(first(() => i8x16.splat(i32.const(300)))).toEqual(repeat([44], 16));
    expect(first(() => i8x16.popcnt(v128.load(16))).slice(0, 4)).toEqual([1, 1, 2, 1]);
  });
});

describe.skipIf(!features().relaxedSimd)('relaxed multiply-add (skipped where it does not validate)', () => {
  // Products are exact, so that one rounding and two give the same.
  test('f32x4', () => {
    const [a, b, c] = [
      Float32Array.of(1, 2, -3, 0.5),
      Float32Array.of(4, 5, 6, 8),
      Float32Array.of(7, -8, 9, 0.25),
    ] as const;
    const operands = [a.buffer, b.buffer, c.buffer];
    expect(new Float32Array(evaluate(f32x4.relaxedMadd as Build, ...operands))).toEqual(
      a.map((x, i) => x * b[i]! + c[i]!),
    );
    expect(new Float32Array(evaluate(f32x4.relaxedNmadd as Build, ...operands))).toEqual(
      a.map((x, i) => c[i]! - x * b[i]!),
    );
  });

  test('f64x2', () => {
    const operands = [
      Float64Array.of(3, -2).buffer,
      Float64Array.of(5, 4).buffer,
      Float64Array.of(1, 2).buffer,
    ];
    expect([...new Float64Array(evaluate(f64x2.relaxedMadd as Build, ...operands))]).toEqual([16, -6]);
    expect([...new Float64Array(evaluate(f64x2.relaxedNmadd as Build, ...operands))]).toEqual([-14, 10]);
  });
});
