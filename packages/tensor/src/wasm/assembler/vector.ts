import { binary, load, simd, store, ternary, unary } from './operation.ts';
import { type Operand, type Statement, toValue, Value, type ValueType } from './value.ts';

// Instructions are called what the WebAssembly specification calls them, in camel case: f32x4.relaxed_madd is
// f32x4.relaxedMadd. Comparisons give lanes of all ones or all zeros.

type Vector = Value<'v128'>;

const pair = ['v128', 'v128'] as const;
const triple = ['v128', 'v128', 'v128'] as const;
const toVector = (opcode: number) => unary('v128', 'v128', simd(opcode));
const toI32 = (opcode: number) => unary('v128', 'i32', simd(opcode));
const ofTwo = (opcode: number) => binary(pair, 'v128', simd(opcode));
const ofThree = (opcode: number) => ternary(triple, 'v128', simd(opcode));
const shift = (opcode: number) => binary(['v128', 'i32'], 'v128', simd(opcode));

function extractLane<R extends ValueType>(result: R, opcode: number) {
  const code = simd(opcode);
  return (x: Vector, lane: number): Value<R> => new Value(result, [x], code, [lane]);
}

function replaceLane<T extends ValueType>(type: T, opcode: number) {
  const code = simd(opcode);
  return (x: Vector, lane: number, value: Operand<T>): Vector =>
    new Value('v128', [x, toValue(type, value)], code, [lane]);
}

/** `x` with one lane read from memory. */
function loadLane(opcode: number, alignment: number) {
  const code = simd(opcode);
  return (address: Operand<'i32'>, x: Vector, lane: number, offset = 0): Vector =>
    new Value('v128', [toValue('i32', address), x], code, [alignment, offset, lane]);
}

function storeLane(opcode: number, alignment: number) {
  const code = simd(opcode);
  return (address: Operand<'i32'>, x: Vector, lane: number, offset = 0): Statement =>
    new Value('none', [toValue('i32', address), x], code, [alignment, offset, lane]);
}

export const v128 = {
  load: load('v128', simd(0x00), 4),
  store: store('v128', simd(0x0b), 4),
  load8Splat: load('v128', simd(0x07), 0),
  load16Splat: load('v128', simd(0x08), 1),
  load32Splat: load('v128', simd(0x09), 2),
  load64Splat: load('v128', simd(0x0a), 3),
  load32Zero: load('v128', simd(0x5c), 2),
  load64Zero: load('v128', simd(0x5d), 3),
  load32Lane: loadLane(0x56, 2),
  load64Lane: loadLane(0x57, 3),
  store32Lane: storeLane(0x5a, 2),
  store64Lane: storeLane(0x5b, 3),
  not: toVector(0x4d),
  and: ofTwo(0x4e),
  /** The bits of a that b does not have: a & ~b. */
  andnot: ofTwo(0x4f),
  or: ofTwo(0x50),
  xor: ofTwo(0x51),
  /** (a, b, mask): the bits of a where the mask has ones, of b elsewhere. */
  bitselect: ofThree(0x52),
  anyTrue: toI32(0x53),
};

export const i8x16 = {
  splat: unary('i32', 'v128', simd(0x0f)),
  /** Sixteen bytes picked from the 32 of a and b. */
  shuffle(a: Vector, b: Vector, bytes: readonly number[]): Vector {
    return new Value('v128', [a, b], simd(0x0d), bytes);
  },
  /** (x, indices): bytes of x, 0 where an index is above 15. */
  swizzle: ofTwo(0x0e),
  popcnt: toVector(0x62),
};

export const i32x4 = {
  splat: unary('i32', 'v128', simd(0x11)),
  extractLane: extractLane('i32', 0x1b),
  replaceLane: replaceLane('i32', 0x1c),
  /** Four lanes picked from the eight of a (0 to 3) and b (4 to 7); it does for f32x4 as well. */
  shuffle(a: Vector, b: Vector, lanes: readonly [number, number, number, number]): Vector {
    const bytes: number[] = [];
    for (const lane of lanes) bytes.push(4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3);
    return i8x16.shuffle(a, b, bytes);
  },
  eq: ofTwo(0x37),
  ne: ofTwo(0x38),
  ltS: ofTwo(0x39),
  ltU: ofTwo(0x3a),
  gtS: ofTwo(0x3b),
  gtU: ofTwo(0x3c),
  leS: ofTwo(0x3d),
  leU: ofTwo(0x3e),
  geS: ofTwo(0x3f),
  geU: ofTwo(0x40),
  abs: toVector(0xa0),
  neg: toVector(0xa1),
  allTrue: toI32(0xa3),
  bitmask: toI32(0xa4),
  shl: shift(0xab),
  shrS: shift(0xac),
  shrU: shift(0xad),
  add: ofTwo(0xae),
  sub: ofTwo(0xb1),
  mul: ofTwo(0xb5),
  minS: ofTwo(0xb6),
  minU: ofTwo(0xb7),
  maxS: ofTwo(0xb8),
  maxU: ofTwo(0xb9),
  truncSatF32x4S: toVector(0xf8),
  truncSatF32x4U: toVector(0xf9),
  truncSatF64x2SZero: toVector(0xfc),
  truncSatF64x2UZero: toVector(0xfd),
};

export const i64x2 = {
  splat: unary('i64', 'v128', simd(0x12)),
  extractLane: extractLane('i64', 0x1d),
  replaceLane: replaceLane('i64', 0x1e),
  /** Two lanes picked from the four of a (0, 1) and b (2, 3); it does for f64x2 as well. */
  shuffle(a: Vector, b: Vector, [first, second]: readonly [number, number]): Vector {
    return i32x4.shuffle(a, b, [2 * first, 2 * first + 1, 2 * second, 2 * second + 1]);
  },
  eq: ofTwo(0xd6),
  ne: ofTwo(0xd7),
  ltS: ofTwo(0xd8),
  gtS: ofTwo(0xd9),
  leS: ofTwo(0xda),
  geS: ofTwo(0xdb),
  abs: toVector(0xc0),
  neg: toVector(0xc1),
  allTrue: toI32(0xc3),
  bitmask: toI32(0xc4),
  extendLowI32x4S: toVector(0xc7),
  extendHighI32x4S: toVector(0xc8),
  extendLowI32x4U: toVector(0xc9),
  extendHighI32x4U: toVector(0xca),
  shl: shift(0xcb),
  shrS: shift(0xcc),
  shrU: shift(0xcd),
  add: ofTwo(0xce),
  sub: ofTwo(0xd1),
  mul: ofTwo(0xd5),
  /** Products of the two low lanes of a and b, whole. */
  extmulLowI32x4S: ofTwo(0xdc),
  extmulHighI32x4S: ofTwo(0xdd),
  extmulLowI32x4U: ofTwo(0xde),
  extmulHighI32x4U: ofTwo(0xdf),
};

export const f32x4 = {
  splat: unary('f32', 'v128', simd(0x13)),
  extractLane: extractLane('f32', 0x1f),
  replaceLane: replaceLane('f32', 0x20),
  eq: ofTwo(0x41),
  ne: ofTwo(0x42),
  lt: ofTwo(0x43),
  gt: ofTwo(0x44),
  le: ofTwo(0x45),
  ge: ofTwo(0x46),
  ceil: toVector(0x67),
  floor: toVector(0x68),
  trunc: toVector(0x69),
  nearest: toVector(0x6a),
  abs: toVector(0xe0),
  neg: toVector(0xe1),
  sqrt: toVector(0xe3),
  add: ofTwo(0xe4),
  sub: ofTwo(0xe5),
  mul: ofTwo(0xe6),
  div: ofTwo(0xe7),
  min: ofTwo(0xe8),
  max: ofTwo(0xe9),
  /** b < a ? b : a, one instruction on x64: a when either is NaN. */
  pmin: ofTwo(0xea),
  /** a < b ? b : a, one instruction on x64: a when either is NaN. */
  pmax: ofTwo(0xeb),
  convertI32x4S: toVector(0xfa),
  convertI32x4U: toVector(0xfb),
  /** Both lanes of an f64x2, then zeros. */
  demoteF64x2Zero: toVector(0x5e),
  /** a·b + c, rounded once or twice as the machine likes. Needs relaxed SIMD. */
  relaxedMadd: ofThree(0x105),
  /** c − a·b, rounded once or twice as the machine likes. Needs relaxed SIMD. */
  relaxedNmadd: ofThree(0x106),
};

export const f64x2 = {
  splat: unary('f64', 'v128', simd(0x14)),
  extractLane: extractLane('f64', 0x21),
  replaceLane: replaceLane('f64', 0x22),
  eq: ofTwo(0x47),
  ne: ofTwo(0x48),
  lt: ofTwo(0x49),
  gt: ofTwo(0x4a),
  le: ofTwo(0x4b),
  ge: ofTwo(0x4c),
  ceil: toVector(0x74),
  floor: toVector(0x75),
  trunc: toVector(0x7a),
  nearest: toVector(0x94),
  abs: toVector(0xec),
  neg: toVector(0xed),
  sqrt: toVector(0xef),
  add: ofTwo(0xf0),
  sub: ofTwo(0xf1),
  mul: ofTwo(0xf2),
  div: ofTwo(0xf3),
  min: ofTwo(0xf4),
  max: ofTwo(0xf5),
  pmin: ofTwo(0xf6),
  pmax: ofTwo(0xf7),
  convertLowI32x4S: toVector(0xfe),
  convertLowI32x4U: toVector(0xff),
  /** The two low lanes of an f32x4. */
  promoteLowF32x4: toVector(0x5f),
  /** As of f32x4. */
  relaxedMadd: ofThree(0x107),
  relaxedNmadd: ofThree(0x108),
};
