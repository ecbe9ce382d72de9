import { load, store } from './operation.ts';
import { type Operand, type Statement, toValue, Value } from './value.ts';

/** An instruction that replaces the i32 at an address in one indivisible step; its value is what was there. */
function readModifyWrite(opcode: number) {
  const code = [0xfe, opcode];
  return (address: Operand<'i32'>, value: Operand<'i32'>, offset = 0): Value<'i32'> =>
    new Value('i32', [toValue('i32', address), toValue('i32', value)], code, [2, offset]);
}

/** Sequentially consistent access to shared i32. Addresses must be multiples of 4. */
export const atomic = {
  load: load('i32', [0xfe, 0x10], 2),
  store: store('i32', [0xfe, 0x17], 2),
  add: readModifyWrite(0x1e),
  sub: readModifyWrite(0x25),
  and: readModifyWrite(0x2c),
  or: readModifyWrite(0x33),
  xor: readModifyWrite(0x3a),
  exchange: readModifyWrite(0x41),

  /** Stores `replacement` where `expected` is found; the value is what was found. */
  compareExchange(
    address: Operand<'i32'>,
    expected: Operand<'i32'>,
    replacement: Operand<'i32'>,
    offset = 0,
  ): Value<'i32'> {
    const operands = [toValue('i32', address), toValue('i32', expected), toValue('i32', replacement)];
    return new Value('i32', operands, [0xfe, 0x48], [2, offset]);
  },

  /**
   * Sleeps while the i32 at `address` is `expected`, at most `timeout` nanoseconds (for ever if negative): 0 when
   * woken, 1 when there was another value, 2 when time ran out. Traps on memory that is not shared.
   */
  wait(address: Operand<'i32'>, expected: Operand<'i32'>, timeout: Operand<'i64'>, offset = 0): Value<'i32'> {
    const operands = [toValue('i32', address), toValue('i32', expected), toValue('i64', timeout)];
    return new Value('i32', operands, [0xfe, 0x01], [2, offset]);
  },

  /** Wakes at most `count` of those who wait at `address`; the value is how many there were. */
  notify(address: Operand<'i32'>, count: Operand<'i32'>, offset = 0): Value<'i32'> {
    const operands = [toValue('i32', address), toValue('i32', count)];
    return new Value('i32', operands, [0xfe, 0x00], [2, offset]);
  },

  fence(): Statement {
    return new Value('none', [], [0xfe, 0x03, 0x00]);
  },
};
