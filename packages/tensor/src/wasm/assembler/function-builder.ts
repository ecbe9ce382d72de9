import { ByteWriter } from './byte-writer.ts';
import { f32, f64, i32, i64 } from './scalar.ts';
import {
  Local,
  type Operand,
  type Statement,
  toValue,
  type Value,
  type ValueType,
  valueTypes,
} from './value.ts';
import { f32x4, f64x2, i32x4, i64x2 } from './vector.ts';

/** The parameters of a function by name, in order. */
export type Signature = Readonly<Record<string, ValueType>>;

export type ParameterLocals<P extends Signature> = { readonly [K in keyof P]: Local<P[K]> };

/** `Count` times `T`, or a list of `T` if the number is not known. */
type Tuple<T, Count extends number, Items extends T[] = []> = number extends Count
  ? T[]
  : Items['length'] extends Count
    ? Items
    : Tuple<T, Count, [T, ...Items]>;

/** Where a branch can go: the end of a block, or the beginning of a loop. */
export interface Label {
  readonly depth: number;
}

const emptyBlock = 0x40;
const end = 0x0b;

const splats = {
  f32x4: (x: number) => f32x4.splat(f32.const(x)),
  f64x2: (x: number) => f64x2.splat(f64.const(x)),
  i32x4: (x: number) => i32x4.splat(i32.const(x)),
  i64x2: (x: number) => i64x2.splat(i64.const(BigInt(x))),
};

/** Writes the instructions of one function in the order of its method calls. */
export class FunctionBuilder {
  readonly #locals: Local<ValueType>[] = [];
  readonly #constants = new Map<string, Local<'v128'>>();
  /** Sets constants; runs before the body. */
  readonly #prologue = new ByteWriter();
  readonly #body = new ByteWriter();
  readonly #parameterCount: number;
  #depth = 0;

  constructor(parameterCount: number) {
    this.#parameterCount = parameterCount;
  }

  /** A new local variable, 0 at first. */
  local<T extends ValueType>(type: T): Local<T> {
    const local = new Local(type, this.#parameterCount + this.#locals.length);
    this.#locals.push(local);
    return local;
  }

  locals<T extends ValueType, const Count extends number>(type: T, count: Count): Tuple<Local<T>, Count> {
    return Array.from({ length: count }, () => this.local(type)) as Tuple<Local<T>, Count>;
  }

  /** A new local that holds `value` from here on. */
  let<T extends ValueType>(value: Value<T>): Local<T> {
    const local = this.local(value.type);
    this.set(local, value);
    return local;
  }

  /**
   * A vector with `value` in every lane, in a local that is set once when the function begins: V8 keeps it in a
   * register or reads it as a memory operand, where an inline v128.const would be built anew in every iteration.
   */
  constant(value: number, lanes: keyof typeof splats = 'f32x4'): Local<'v128'> {
    const key = `${lanes} ${Object.is(value, -0) ? '-0' : value}`;
    let local = this.#constants.get(key);
    if (local === undefined) {
      local = this.local('v128');
      this.#constants.set(key, local);
      splats[lanes](value).emit(this.#prologue);
      writeLocalSet(this.#prologue, local);
    }
    return local;
  }

  set<T extends ValueType>(local: Local<T>, value: Operand<T>): void {
    toValue(local.type, value).emit(this.#body);
    writeLocalSet(this.#body, local);
  }

  /** local ← local + step */
  increment(local: Local<'i32'>, step: Operand<'i32'>): void {
    this.set(local, i32.add(local, step));
  }

  emit(...statements: readonly Statement[]): void {
    for (const statement of statements) statement.emit(this.#body);
  }

  /** Computes a value for what that does and forgets it. */
  drop(value: Value<ValueType>): void {
    value.emit(this.#body);
    this.#body.byte(0x1a);
  }

  if(condition: Operand<'i32'>, then: () => void, otherwise?: () => void): void {
    toValue('i32', condition).emit(this.#body);
    this.#nest(0x04, () => {
      then();
      if (otherwise !== undefined) {
        this.#body.byte(0x05);
        otherwise();
      }
    });
  }

  /** A block; branches to its label leave it. */
  block(body: (leave: Label) => void): void {
    this.#nest(0x02, body);
  }

  /** A loop; branches to its label begin it again, and without one it ends. */
  loop(body: (again: Label) => void): void {
    this.#nest(0x03, body);
  }

  branch(label: Label): void {
    this.#body.byte(0x0c);
    this.#body.unsigned(this.#depth - label.depth);
  }

  branchIf(label: Label, condition: Operand<'i32'>): void {
    toValue('i32', condition).emit(this.#body);
    this.#body.byte(0x0d);
    this.#body.unsigned(this.#depth - label.depth);
  }

  while(condition: () => Value<'i32'>, body: () => void): void {
    this.block((leave) => {
      this.loop((again) => {
        this.branchIf(leave, i32.eqz(condition()));
        body();
        this.branch(again);
      });
    });
  }

  /** Runs `body` as often as `counter` says, which is 0 afterwards. */
  repeat(counter: Local<'i32'>, body: () => void): void {
    this.if(counter, () => {
      this.loop((again) => {
        body();
        this.set(counter, i32.sub(counter, 1));
        this.branchIf(again, counter);
      });
    });
  }

  /** for (index = 0; index < limit; index += step), compared as unsigned numbers. */
  for(index: Local<'i32'>, limit: Operand<'i32'>, step: Operand<'i32'>, body: () => void): void {
    this.set(index, 0);
    this.if(toValue('i32', limit), () => {
      this.loop((again) => {
        body();
        this.increment(index, step);
        this.branchIf(again, i32.ltU(index, limit));
      });
    });
  }

  /** Ends the call with a RuntimeError, "unreachable". */
  trap(): void {
    this.#body.byte(0x00);
  }

  return(value?: Value<ValueType>): void {
    value?.emit(this.#body);
    this.#body.byte(0x0f);
  }

  /** Appends the function as the code section wants it, `result` being what is left on the stack at its end. */
  finish(result: Value<ValueType> | undefined, to: ByteWriter): void {
    result?.emit(this.#body);
    this.#body.byte(end);
    const declarations = new ByteWriter();
    const runs = runsOf(this.#locals.map(({ type }) => type));
    declarations.unsigned(runs.length);
    for (const { type, count } of runs) {
      declarations.unsigned(count);
      declarations.byte(valueTypes[type]);
    }
    to.unsigned(declarations.length + this.#prologue.length + this.#body.length);
    to.append(declarations.bytes);
    to.append(this.#prologue.bytes);
    to.append(this.#body.bytes);
  }

  #nest(opcode: number, body: (label: Label) => void): void {
    this.#body.byte(opcode);
    this.#body.byte(emptyBlock);
    this.#depth++;
    body({ depth: this.#depth });
    this.#depth--;
    this.#body.byte(end);
  }
}

function writeLocalSet(writer: ByteWriter, local: Local<ValueType>): void {
  writer.byte(0x21);
  writer.unsigned(local.index);
}

function runsOf(types: readonly ValueType[]): { type: ValueType; count: number }[] {
  const runs: { type: ValueType; count: number }[] = [];
  for (const type of types) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ type, count: 1 });
  }
  return runs;
}
