import { binary, load, nullary, store, ternary, unary } from './operation.ts';
import { type Operand, toValue, Value, type ValueType } from './value.ts';

// Instructions are called what the WebAssembly specification calls them, in camel case: i32.lt_s is i32.ltS.

const i32Pair = ['i32', 'i32'] as const;
const i64Pair = ['i64', 'i64'] as const;
const f32Pair = ['f32', 'f32'] as const;
const f64Pair = ['f64', 'f64'] as const;

const constant =
  <T extends ValueType>(type: T) =>
  (literal: Operand<T>): Value<T> =>
    toValue(type, literal);

export const i32 = {
  const: constant('i32'),
  load: load('i32', [0x28], 2),
  load8S: load('i32', [0x2c], 0),
  load8U: load('i32', [0x2d], 0),
  load16S: load('i32', [0x2e], 1),
  load16U: load('i32', [0x2f], 1),
  store: store('i32', [0x36], 2),
  store8: store('i32', [0x3a], 0),
  store16: store('i32', [0x3b], 1),
  eqz: unary('i32', 'i32', [0x45]),
  eq: binary(i32Pair, 'i32', [0x46]),
  ne: binary(i32Pair, 'i32', [0x47]),
  ltS: binary(i32Pair, 'i32', [0x48]),
  ltU: binary(i32Pair, 'i32', [0x49]),
  gtS: binary(i32Pair, 'i32', [0x4a]),
  gtU: binary(i32Pair, 'i32', [0x4b]),
  leS: binary(i32Pair, 'i32', [0x4c]),
  leU: binary(i32Pair, 'i32', [0x4d]),
  geS: binary(i32Pair, 'i32', [0x4e]),
  geU: binary(i32Pair, 'i32', [0x4f]),
  clz: unary('i32', 'i32', [0x67]),
  ctz: unary('i32', 'i32', [0x68]),
  popcnt: unary('i32', 'i32', [0x69]),
  add: binary(i32Pair, 'i32', [0x6a]),
  sub: binary(i32Pair, 'i32', [0x6b]),
  mul: binary(i32Pair, 'i32', [0x6c]),
  divS: binary(i32Pair, 'i32', [0x6d]),
  divU: binary(i32Pair, 'i32', [0x6e]),
  remS: binary(i32Pair, 'i32', [0x6f]),
  remU: binary(i32Pair, 'i32', [0x70]),
  and: binary(i32Pair, 'i32', [0x71]),
  or: binary(i32Pair, 'i32', [0x72]),
  xor: binary(i32Pair, 'i32', [0x73]),
  shl: binary(i32Pair, 'i32', [0x74]),
  shrS: binary(i32Pair, 'i32', [0x75]),
  shrU: binary(i32Pair, 'i32', [0x76]),
  rotl: binary(i32Pair, 'i32', [0x77]),
  rotr: binary(i32Pair, 'i32', [0x78]),
  wrapI64: unary('i64', 'i32', [0xa7]),
  truncF32S: unary('f32', 'i32', [0xa8]),
  truncF32U: unary('f32', 'i32', [0xa9]),
  truncF64S: unary('f64', 'i32', [0xaa]),
  truncF64U: unary('f64', 'i32', [0xab]),
  reinterpretF32: unary('f32', 'i32', [0xbc]),
  truncSatF32S: unary('f32', 'i32', [0xfc, 0]),
  truncSatF32U: unary('f32', 'i32', [0xfc, 1]),
  truncSatF64S: unary('f64', 'i32', [0xfc, 2]),
  truncSatF64U: unary('f64', 'i32', [0xfc, 3]),
};

export const i64 = {
  const: constant('i64'),
  load: load('i64', [0x29], 3),
  store: store('i64', [0x37], 3),
  eqz: unary('i64', 'i32', [0x50]),
  eq: binary(i64Pair, 'i32', [0x51]),
  ne: binary(i64Pair, 'i32', [0x52]),
  ltS: binary(i64Pair, 'i32', [0x53]),
  ltU: binary(i64Pair, 'i32', [0x54]),
  gtS: binary(i64Pair, 'i32', [0x55]),
  gtU: binary(i64Pair, 'i32', [0x56]),
  leS: binary(i64Pair, 'i32', [0x57]),
  leU: binary(i64Pair, 'i32', [0x58]),
  geS: binary(i64Pair, 'i32', [0x59]),
  geU: binary(i64Pair, 'i32', [0x5a]),
  clz: unary('i64', 'i64', [0x79]),
  ctz: unary('i64', 'i64', [0x7a]),
  popcnt: unary('i64', 'i64', [0x7b]),
  add: binary(i64Pair, 'i64', [0x7c]),
  sub: binary(i64Pair, 'i64', [0x7d]),
  mul: binary(i64Pair, 'i64', [0x7e]),
  divS: binary(i64Pair, 'i64', [0x7f]),
  divU: binary(i64Pair, 'i64', [0x80]),
  remS: binary(i64Pair, 'i64', [0x81]),
  remU: binary(i64Pair, 'i64', [0x82]),
  and: binary(i64Pair, 'i64', [0x83]),
  or: binary(i64Pair, 'i64', [0x84]),
  xor: binary(i64Pair, 'i64', [0x85]),
  shl: binary(i64Pair, 'i64', [0x86]),
  shrS: binary(i64Pair, 'i64', [0x87]),
  shrU: binary(i64Pair, 'i64', [0x88]),
  rotl: binary(i64Pair, 'i64', [0x89]),
  rotr: binary(i64Pair, 'i64', [0x8a]),
  extendI32S: unary('i32', 'i64', [0xac]),
  extendI32U: unary('i32', 'i64', [0xad]),
  reinterpretF64: unary('f64', 'i64', [0xbd]),
};

export const f32 = {
  const: constant('f32'),
  load: load('f32', [0x2a], 2),
  store: store('f32', [0x38], 2),
  eq: binary(f32Pair, 'i32', [0x5b]),
  ne: binary(f32Pair, 'i32', [0x5c]),
  lt: binary(f32Pair, 'i32', [0x5d]),
  gt: binary(f32Pair, 'i32', [0x5e]),
  le: binary(f32Pair, 'i32', [0x5f]),
  ge: binary(f32Pair, 'i32', [0x60]),
  abs: unary('f32', 'f32', [0x8b]),
  neg: unary('f32', 'f32', [0x8c]),
  ceil: unary('f32', 'f32', [0x8d]),
  floor: unary('f32', 'f32', [0x8e]),
  trunc: unary('f32', 'f32', [0x8f]),
  nearest: unary('f32', 'f32', [0x90]),
  sqrt: unary('f32', 'f32', [0x91]),
  add: binary(f32Pair, 'f32', [0x92]),
  sub: binary(f32Pair, 'f32', [0x93]),
  mul: binary(f32Pair, 'f32', [0x94]),
  div: binary(f32Pair, 'f32', [0x95]),
  min: binary(f32Pair, 'f32', [0x96]),
  max: binary(f32Pair, 'f32', [0x97]),
  copysign: binary(f32Pair, 'f32', [0x98]),
  convertI32S: unary('i32', 'f32', [0xb2]),
  convertI32U: unary('i32', 'f32', [0xb3]),
  demoteF64: unary('f64', 'f32', [0xb6]),
  reinterpretI32: unary('i32', 'f32', [0xbe]),
};

export const f64 = {
  const: constant('f64'),
  load: load('f64', [0x2b], 3),
  store: store('f64', [0x39], 3),
  eq: binary(f64Pair, 'i32', [0x61]),
  ne: binary(f64Pair, 'i32', [0x62]),
  lt: binary(f64Pair, 'i32', [0x63]),
  gt: binary(f64Pair, 'i32', [0x64]),
  le: binary(f64Pair, 'i32', [0x65]),
  ge: binary(f64Pair, 'i32', [0x66]),
  abs: unary('f64', 'f64', [0x99]),
  neg: unary('f64', 'f64', [0x9a]),
  ceil: unary('f64', 'f64', [0x9b]),
  floor: unary('f64', 'f64', [0x9c]),
  trunc: unary('f64', 'f64', [0x9d]),
  nearest: unary('f64', 'f64', [0x9e]),
  sqrt: unary('f64', 'f64', [0x9f]),
  add: binary(f64Pair, 'f64', [0xa0]),
  sub: binary(f64Pair, 'f64', [0xa1]),
  mul: binary(f64Pair, 'f64', [0xa2]),
  div: binary(f64Pair, 'f64', [0xa3]),
  min: binary(f64Pair, 'f64', [0xa4]),
  max: binary(f64Pair, 'f64', [0xa5]),
  copysign: binary(f64Pair, 'f64', [0xa6]),
  convertI32S: unary('i32', 'f64', [0xb7]),
  convertI32U: unary('i32', 'f64', [0xb8]),
  convertI64S: unary('i64', 'f64', [0xb9]),
  convertI64U: unary('i64', 'f64', [0xba]),
  promoteF32: unary('f32', 'f64', [0xbb]),
  reinterpretI64: unary('i64', 'f64', [0xbf]),
};

export const memory = {
  /** How many pages of 64 KiB there are. */
  size: nullary('i32', [0x3f, 0]),
  /** (to, from, bytes); the two may overlap. */
  copy: ternary(['i32', 'i32', 'i32'], 'none', [0xfc, 10, 0, 0]),
  /** (to, byte, bytes) */
  fill: ternary(['i32', 'i32', 'i32'], 'none', [0xfc, 11, 0]),
};

/** `whenTrue` if the condition is not 0, else `whenFalse`; both are computed. */
export function select<T extends ValueType>(
  condition: Operand<'i32'>,
  whenTrue: Value<T>,
  whenFalse: Value<T>,
): Value<T> {
  // Untyped select takes numbers and vectors alike.
  return new Value(whenTrue.type, [whenTrue, whenFalse, toValue('i32', condition)], [0x1b]);
}
