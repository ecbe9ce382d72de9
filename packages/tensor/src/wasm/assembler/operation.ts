import { type Operand, type Statement, toValue, Value, type ValueType } from './value.ts';

type Result = ValueType | 'none';

export function nullary<R extends Result>(result: R, code: readonly number[]): () => Value<R> {
  return () => new Value(result, [], code);
}

export function unary<T extends ValueType, R extends Result>(
  type: T,
  result: R,
  code: readonly number[],
): (x: Operand<T>) => Value<R> {
  return (x) => new Value(result, [toValue(type, x)], code);
}

export function binary<A extends ValueType, B extends ValueType, R extends Result>(
  [typeA, typeB]: readonly [A, B],
  result: R,
  code: readonly number[],
): (a: Operand<A>, b: Operand<B>) => Value<R> {
  return (a, b) => new Value(result, [toValue(typeA, a), toValue(typeB, b)], code);
}

export function ternary<A extends ValueType, B extends ValueType, C extends ValueType, R extends Result>(
  [typeA, typeB, typeC]: readonly [A, B, C],
  result: R,
  code: readonly number[],
): (a: Operand<A>, b: Operand<B>, c: Operand<C>) => Value<R> {
  return (a, b, c) => new Value(result, [toValue(typeA, a), toValue(typeB, b), toValue(typeC, c)], code);
}

// Alignment and offset follow every opcode that touches memory. The alignment, the logarithm of a number of bytes,
// is a hint except for atomic instructions; the offset in bytes is added to the address.

export type Load<R extends Result> = (address: Operand<'i32'>, offset?: number) => Value<R>;
export type Store<T extends ValueType> = (
  address: Operand<'i32'>,
  value: Operand<T>,
  offset?: number,
) => Statement;

export function load<R extends ValueType>(result: R, code: readonly number[], alignment: number): Load<R> {
  return (address, offset = 0) => new Value(result, [toValue('i32', address)], code, [alignment, offset]);
}

export function store<T extends ValueType>(type: T, code: readonly number[], alignment: number): Store<T> {
  return (address, value, offset = 0) =>
    new Value('none', [toValue('i32', address), toValue(type, value)], code, [alignment, offset]);
}

/** An opcode of the SIMD space: its prefix, and a number of up to two bytes in LEB128. */
export function simd(opcode: number): number[] {
  return opcode < 0x80 ? [0xfd, opcode] : [0xfd, (opcode & 0x7f) | 0x80, opcode >> 7];
}
