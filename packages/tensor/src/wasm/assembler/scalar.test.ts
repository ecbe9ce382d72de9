import { describe, expect, test } from 'vitest';
import { compile, createMemory, instantiate } from '../engine.ts';
import { ModuleBuilder } from './module-builder.ts';
import { f32, f64, i32, i64, memory, select } from './scalar.ts';
import type { Value, ValueType } from './value.ts';

type Build = (a: Value<ValueType>, b: Value<ValueType>) => Value<ValueType>;

/** Runs `build(a, b)` on arguments of the given types. */
function evaluate(types: readonly [ValueType, ValueType], result: ValueType, build: Build) {
  const module = new ModuleBuilder({ shared: false });
  const run = module.function('run', { a: types[0], b: types[1] }, result, (_f, { a, b }) => build(a, b));
  module.export(run);
  return instantiate(compile(module.build()), createMemory(1)).run as unknown as (
    ...args: unknown[]
  ) => number | bigint;
}

const integers = [0, 1, -1, 2, 5, 31, 33, -7, 0x7fffffff, -0x80000000, 0x12345678];
const floats = [0, -0, 1, -1, 0.5, 1.5, 2.5, -2.5, -3.7, 1e-40, 3e38, Number.NaN, Infinity, -Infinity];
const bits = (x: number): number => x >>> 0;
const ones = (x: number): number =>
  x
    .toString(2)
    .split('')
    .filter((digit) => digit === '1').length;
const rotate = (x: number, by: number): number => (x << (by & 31)) | (bits(x) >>> (-by & 31)) | 0;
const flag = (condition: boolean): number => (condition ? 1 : 0);
/** Halves go to even. */
function nearest(x: number): number {
  const rounded = Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
  return rounded === 0 ? (Object.is(x, -0) || x < 0 ? -0 : 0) : rounded;
}
const minimum = (a: number, b: number): number => Math.min(a, b);
const copysign = (a: number, b: number): number => (b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a));

describe('i32', () => {
  const operations: [keyof typeof i32, (a: number, b: number) => number][] = [
    ['eq', (a, b) => flag(a === b)],
    ['ne', (a, b) => flag(a !== b)],
    ['ltS', (a, b) => flag(a < b)],
    ['ltU', (a, b) => flag(bits(a) < bits(b))],
    ['gtS', (a, b) => flag(a > b)],
    ['gtU', (a, b) => flag(bits(a) > bits(b))],
    ['leS', (a, b) => flag(a <= b)],
    ['leU', (a, b) => flag(bits(a) <= bits(b))],
    ['geS', (a, b) => flag(a >= b)],
    ['geU', (a, b) => flag(bits(a) >= bits(b))],
    ['add', (a, b) => (a + b) | 0],
    ['sub', (a, b) => (a - b) | 0],
    ['mul', Math.imul],
    ['and', (a, b) => a & b],
    ['or', (a, b) => a | b],
    ['xor', (a, b) => a ^ b],
    ['shl', (a, b) => a << b],
    ['shrS', (a, b) => a >> b],
    ['shrU', (a, b) => (a >>> b) | 0],
    ['rotl', rotate],
    ['rotr', (a, b) => rotate(a, -b)],
  ];
  test.each(operations)('%s', (name, expected) => {
    const run = evaluate(['i32', 'i32'], 'i32', i32[name] as unknown as Build);
    for (const a of integers) for (const b of integers) expect(run(a, b)).toBe(expected(a, b));
  });

  const divisions: [keyof typeof i32, (a: number, b: number) => number][] = [
    ['divS', (a, b) => Math.trunc(a / b) | 0],
    ['divU', (a, b) => Math.trunc(bits(a) / bits(b)) | 0],
    ['remS', (a, b) => (a % b) | 0],
    ['remU', (a, b) => (bits(a) % bits(b)) | 0],
  ];
  test.each(divisions)('%s', (name, expected) => {
    const run = evaluate(['i32', 'i32'], 'i32', i32[name] as unknown as Build);
    for (const a of integers) for (const b of [1, 2, 5, -7, 33]) expect(run(a, b)).toBe(expected(a, b));
    expect(() => run(1, 0)).toThrow(/divi|remainder/);
  });

  const singles: [keyof typeof i32, (a: number) => number][] = [
    ['eqz', (a) => flag(a === 0)],
    ['clz', Math.clz32],
    ['ctz', (a) => (a === 0 ? 32 : 31 - Math.clz32(a & -a))],
    ['popcnt', (a) => ones(bits(a))],
  ];
  test.each(singles)('%s', (name, expected) => {
    const run = evaluate(['i32', 'i32'], 'i32', i32[name] as unknown as Build);
    for (const a of integers) expect(run(a, 0)).toBe(expected(a));
  });

  const clamp = (x: number, low: number, high: number): number =>
    Number.isNaN(x) ? 0 : Math.min(Math.max(Math.trunc(x), low), high) | 0;
  test.each([
    ['truncSatF32S', 'f32', (x: number) => clamp(Math.fround(x), -(2 ** 31), 2 ** 31 - 1)],
    ['truncSatF32U', 'f32', (x: number) => clamp(Math.fround(x), 0, 2 ** 32 - 1)],
    ['truncSatF64S', 'f64', (x: number) => clamp(x, -(2 ** 31), 2 ** 31 - 1)],
    ['truncSatF64U', 'f64', (x: number) => clamp(x, 0, 2 ** 32 - 1)],
  ] as const)('%s', (name, type, expected) => {
    const run = evaluate([type, 'i32'], 'i32', i32[name] as unknown as Build);
    for (const x of [...floats, 3e9, -3e9]) expect(run(x, 0)).toBe(expected(x));
  });

  test.each([
    ['truncF32S', 'f32', -3.7, -3],
    ['truncF32U', 'f32', 3e9, 3e9 | 0],
    ['truncF64S', 'f64', -3.7, -3],
    ['truncF64U', 'f64', 3e9, 3e9 | 0],
    ['reinterpretF32', 'f32', 1, 0x3f800000],
  ] as const)('%s', (name, type, x, expected) => {
    expect(evaluate([type, 'i32'], 'i32', i32[name] as unknown as Build)(x, 0)).toBe(expected);
  });

  test('wrapI64 keeps the low bits', () => {
    const run = evaluate(['i64', 'i32'], 'i32', i32.wrapI64 as unknown as Build);
    expect(run(0x1_8000_0001n, 0)).toBe(-0x7fffffff);
  });
});

describe('i64', () => {
  const big = [0n, 1n, -1n, 2n, 63n, -7n, 2n ** 63n - 1n, -(2n ** 63n), 0x123456789abcdefn];
  const signed = (x: bigint): bigint => BigInt.asIntN(64, x);
  const raw = (x: bigint): bigint => BigInt.asUintN(64, x);
  const truth = (condition: boolean): number => (condition ? 1 : 0);
  const turn = (x: bigint, by: bigint): bigint => signed((raw(x) << (by & 63n)) | (raw(x) >> (-by & 63n)));
  const operations: [keyof typeof i64, 'i32' | 'i64', (a: bigint, b: bigint) => number | bigint][] = [
    ['eq', 'i32', (a, b) => truth(a === b)],
    ['ne', 'i32', (a, b) => truth(a !== b)],
    ['ltS', 'i32', (a, b) => truth(a < b)],
    ['ltU', 'i32', (a, b) => truth(raw(a) < raw(b))],
    ['gtS', 'i32', (a, b) => truth(a > b)],
    ['gtU', 'i32', (a, b) => truth(raw(a) > raw(b))],
    ['leS', 'i32', (a, b) => truth(a <= b)],
    ['leU', 'i32', (a, b) => truth(raw(a) <= raw(b))],
    ['geS', 'i32', (a, b) => truth(a >= b)],
    ['geU', 'i32', (a, b) => truth(raw(a) >= raw(b))],
    ['add', 'i64', (a, b) => signed(a + b)],
    ['sub', 'i64', (a, b) => signed(a - b)],
    ['mul', 'i64', (a, b) => signed(a * b)],
    ['and', 'i64', (a, b) => a & b],
    ['or', 'i64', (a, b) => a | b],
    ['xor', 'i64', (a, b) => a ^ b],
    ['shl', 'i64', (a, b) => signed(a << (b & 63n))],
    ['shrS', 'i64', (a, b) => a >> (b & 63n)],
    ['shrU', 'i64', (a, b) => signed(raw(a) >> (b & 63n))],
    ['rotl', 'i64', turn],
    ['rotr', 'i64', (a, b) => turn(a, -b)],
  ];
  test.each(operations)('%s', (name, result, expected) => {
    const run = evaluate(['i64', 'i64'], result, i64[name] as unknown as Build);
    for (const a of big) for (const b of big) expect(run(a, b)).toBe(expected(a, b));
  });

  test.each<[keyof typeof i64, (a: bigint, b: bigint) => bigint]>([
    ['divS', (a, b) => signed(a / b)],
    ['divU', (a, b) => signed(raw(a) / raw(b))],
    ['remS', (a, b) => a % b],
    ['remU', (a, b) => signed(raw(a) % raw(b))],
  ])('%s', (name, expected) => {
    const run = evaluate(['i64', 'i64'], 'i64', i64[name] as unknown as Build);
    for (const a of big) for (const b of [1n, 2n, -7n]) expect(run(a, b)).toBe(expected(a, b));
  });

  test.each([
    ['clz', 0x1000n, 51n],
    ['ctz', 0x1000n, 12n],
    ['popcnt', -1n, 64n],
  ] as const)('%s', (name, x, expected) => {
    expect(evaluate(['i64', 'i32'], 'i64', i64[name] as unknown as Build)(x, 0)).toBe(expected);
  });

  test.each([
    ['extendI32S', 'i32', -2, -2n],
    ['extendI32U', 'i32', -2, 0xfffffffen],
    ['reinterpretF64', 'f64', 1, 0x3ff0000000000000n],
  ] as const)('%s', (name, type, x, expected) => {
    expect(evaluate([type, 'i32'], 'i64', i64[name] as unknown as Build)(x, 0)).toBe(expected);
  });

  test('eqz, and literals of every size', () => {
    const isZero = evaluate(['i64', 'i32'], 'i32', i64.eqz as unknown as Build);
    expect([isZero(0n, 0), isZero(2n ** 40n, 0)]).toEqual([1, 0]);
    for (const x of [...big, 64n, -64n, -65n, 127n, 128n, 8191n, 8192n]) {
      expect(evaluate(['i64', 'i64'], 'i64', () => i64.const(x))(0n, 0n)).toBe(x);
    }
  });
});

describe.each([
  { type: 'f32', operationsOf: f32, round: Math.fround },
  { type: 'f64', operationsOf: f64, round: (x: number) => x },
] as const)('$type', ({ type, operationsOf, round }) => {
  type Name = keyof typeof f32 & keyof typeof f64;
  test.each<[Name, 'i32' | 'same', (a: number, b: number) => number]>([
    ['eq', 'i32', (a, b) => flag(a === b)],
    ['ne', 'i32', (a, b) => flag(a !== b)],
    ['lt', 'i32', (a, b) => flag(a < b)],
    ['gt', 'i32', (a, b) => flag(a > b)],
    ['le', 'i32', (a, b) => flag(a <= b)],
    ['ge', 'i32', (a, b) => flag(a >= b)],
    ['add', 'same', (a, b) => round(a + b)],
    ['sub', 'same', (a, b) => round(a - b)],
    ['mul', 'same', (a, b) => round(a * b)],
    ['div', 'same', (a, b) => round(a / b)],
    ['min', 'same', minimum],
    ['max', 'same', Math.max],
    ['copysign', 'same', copysign],
  ])('%s', (name, result, expected) => {
    const values = floats.map(round).filter((x) => !(Number.isNaN(x) && name === 'copysign'));
    const run = evaluate([type, type], result === 'i32' ? 'i32' : type, operationsOf[name] as Build);
    for (const a of values) for (const b of values) expect(run(a, b)).toBe(expected(a, b));
  });

  test.each<[Name, (x: number) => number]>([
    ['abs', Math.abs],
    ['neg', (x) => -x],
    ['ceil', Math.ceil],
    ['floor', Math.floor],
    ['trunc', Math.trunc],
    ['nearest', nearest],
    ['sqrt', (x) => round(Math.sqrt(x))],
  ])('%s', (name, expected) => {
    const run = evaluate([type, type], type, operationsOf[name] as Build);
    for (const x of floats.map(round)) expect(run(x, 0)).toBe(expected(x));
  });

  test('conversions of integers', () => {
    const convertSigned = evaluate(['i32', 'i32'], type, operationsOf.convertI32S as Build);
    const convertUnsigned = evaluate(['i32', 'i32'], type, operationsOf.convertI32U as Build);
    for (const x of integers) {
      expect(convertSigned(x, 0)).toBe(round(x));
      expect(convertUnsigned(x, 0)).toBe(round(bits(x)));
    }
  });

  test('literals keep NaN and the sign of zero', () => {
    for (const x of floats.map(round)) {
      expect(evaluate([type, type], type, () => operationsOf.const(x))(0, 0)).toBe(x);
    }
  });
});

describe('between types', () => {
  test.each<[string, ValueType, ValueType, unknown, unknown, unknown]>([
    ['f32.demoteF64', 'f64', 'f32', f32.demoteF64, 0.1, Math.fround(0.1)],
    ['f64.promoteF32', 'f32', 'f64', f64.promoteF32, 0.1, Math.fround(0.1)],
    ['f64.convertI64S', 'i64', 'f64', f64.convertI64S, -(2n ** 60n), -(2 ** 60)],
    ['f64.convertI64U', 'i64', 'f64', f64.convertI64U, -1n, 2 ** 64],
    ['f32.reinterpretI32', 'i32', 'f32', f32.reinterpretI32, 0x3f800000, 1],
    ['f64.reinterpretI64', 'i64', 'f64', f64.reinterpretI64, 0x3ff0000000000000n, 1],
  ])('%s', (_name, from, to, operation, x, expected) => {
    expect(evaluate([from, 'i32'], to, operation as Build)(x, 0)).toBe(expected);
  });

  test('select', () => {
    const run = evaluate(['i32', 'f64'], 'f64', (a, b) =>
      select(a as Value<'i32'>, b as Value<'f64'>, f64.const(7)),
    );
    expect([run(1, 3), run(0, 3)]).toEqual([3, 7]);
  });
});

describe('memory', () => {
  test('loads and stores of every width, with offsets', () => {
    const module = new ModuleBuilder({ shared: false });
    const run = module.function('run', { at: 'i32' }, 'none', (f, { at }) => {
      f.emit(
        i32.store8(at, -2, 200),
        i32.store16(at, -3, 202),
        i32.store(at, i32.load8S(at, 200), 4),
        i32.store(at, i32.load8U(at, 200), 8),
        i32.store(at, i32.load16S(at, 202), 12),
        i32.store(at, i32.load16U(at, 202), 16),
        i64.store(at, 2n ** 40n, 24),
        i64.store(at, i64.add(i64.load(at, 24), 1n), 32),
        f32.store(at, 0.5, 40),
        f32.store(at, f32.mul(f32.load(at, 40), 3), 44),
        f64.store(at, 0.1, 48),
        f64.store(at, f64.mul(f64.load(at, 48), 2), 56),
        i32.store(at, i32.add(i32.load(at, 4), 10), 20),
      );
    });
    module.export(run);
    const { buffer } = withMemory(module, 16);
    const view = new DataView(buffer, 16);
    expect([4, 8, 12, 16, 20].map((at) => view.getInt32(at, true))).toEqual([-2, 254, -3, 65533, 8]);
    expect(view.getBigInt64(32, true)).toBe(2n ** 40n + 1n);
    expect([view.getFloat32(44, true), view.getFloat64(56, true)]).toEqual([1.5, 0.2]);
  });

  test('fill, copy and size', () => {
    const module = new ModuleBuilder({ shared: false });
    const run = module.function('run', { at: 'i32' }, 'none', (f, { at }) => {
      f.emit(memory.fill(at, 9, 3), memory.copy(i32.add(at, 1), at, 3), i32.store(100, memory.size()));
    });
    module.export(run);
    const bytes = new Uint8Array(withMemory(module, 8).buffer);
    expect([...bytes.slice(7, 14)]).toEqual([0, 9, 9, 9, 9, 0, 0]);
    expect(bytes[100]).toBe(1);
  });

  function withMemory(module: ModuleBuilder, argument: number): { buffer: ArrayBufferLike } {
    const linear = createMemory(1);
    instantiate(compile(module.build()), linear).run!(argument);
    return linear;
  }
});
