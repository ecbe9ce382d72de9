import { ArgumentError } from '../../errors.ts';
import type { ByteWriter } from './byte-writer.ts';

/** WebAssembly's value types, with the byte that stands for each. */
export const valueTypes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;

export type ValueType = keyof typeof valueTypes;

/**
 * An instruction with its operands: a tree that leaves a value of type `T` on the stack, or nothing. It is emitted
 * where it is used, so a tree used twice is computed twice: bind it with `f.let` to compute it once.
 */
export class Value<T extends ValueType | 'none'> {
  readonly type: T;
  readonly #operands: readonly Value<ValueType>[];
  readonly #opcode: readonly number[];
  readonly #immediates: readonly number[];

  /** `immediates` are numbers that follow the opcode: offsets, lanes, indices of locals and functions. */
  constructor(
    type: T,
    operands: readonly Value<ValueType>[],
    opcode: readonly number[],
    immediates: readonly number[] = [],
  ) {
    this.type = type;
    this.#operands = operands;
    this.#opcode = opcode;
    this.#immediates = immediates;
  }

  emit(writer: ByteWriter): void {
    for (const operand of this.#operands) operand.emit(writer);
    writer.append(this.#opcode);
    for (const immediate of this.#immediates) writer.unsigned(immediate);
  }
}

/** An instruction that leaves nothing on the stack: a store, a call of a function without result. */
export type Statement = Value<'none'>;

const localGet = [0x20];

/** A local variable or parameter; as a value, what it holds. */
export class Local<T extends ValueType> extends Value<T> {
  readonly index: number;

  constructor(type: T, index: number) {
    super(type, [], localGet, [index]);
    this.index = index;
  }
}

class Constant<T extends ValueType> extends Value<T> {
  readonly #literal: number | bigint;

  constructor(type: T, literal: number | bigint) {
    if (type === 'v128') {
      throw new ArgumentError(
        'assemble',
        'literal',
        literal,
        'a v128 has no literal. Use f.constant, or a splat',
      );
    }
    super(type, [], []);
    this.#literal = literal;
  }

  override emit(writer: ByteWriter): void {
    switch (this.type) {
      case 'i32':
        writer.byte(0x41);
        writer.signed(Number(this.#literal) | 0);
        break;
      case 'i64':
        writer.byte(0x42);
        writer.signed64(BigInt(this.#literal));
        break;
      case 'f32':
        writer.byte(0x43);
        writer.append([...new Uint8Array(Float32Array.of(Number(this.#literal)).buffer)]);
        break;
      case 'f64':
        writer.byte(0x44);
        writer.append([...new Uint8Array(Float64Array.of(Number(this.#literal)).buffer)]);
        break;
    }
  }
}

/** What may stand where a value of type `T` is wanted: scalars may be written as numbers. */
export type Operand<T extends ValueType> = Value<T> | Literals[T];

interface Literals {
  i32: number;
  i64: bigint;
  f32: number;
  f64: number;
  v128: never;
}

/** The constant that a scalar literal stands for; values are handed on. */
export function toValue<T extends ValueType>(type: T, operand: Operand<T>): Value<T> {
  return operand instanceof Value ? operand : new Constant(type, operand);
}
