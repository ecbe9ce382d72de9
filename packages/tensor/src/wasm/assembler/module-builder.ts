import { ByteWriter } from './byte-writer.ts';
import { FunctionBuilder, type ParameterLocals, type Signature } from './function-builder.ts';
import { Local, type Operand, toValue, Value, type ValueType, valueTypes } from './value.ts';

/** A function that other functions of the same module can call. */
export interface FunctionHandle<P extends Signature, R extends ValueType | 'none'> {
  readonly name: string;
  readonly index: number;
  /** A call, with arguments by name; a statement if the function has no result. */
  call(args: { readonly [K in keyof P]: Operand<P[K]> }): Value<R>;
}

const callOpcode = [0x10];

const sections = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;

/** The limit that a shared memory must declare: all that 32-bit addresses reach, in pages of 64 KiB. */
export const maximumPages = 65536;

/**
 * A module of functions that work on one memory, imported as `env.memory`. Functions are written when they are
 * defined, so those that are called come first.
 */
export class ModuleBuilder {
  readonly #shared: boolean;
  readonly #types = new ByteWriter();
  readonly #exports = new ByteWriter();
  readonly #code = new ByteWriter();
  #functionCount = 0;
  #exportCount = 0;

  /** `shared` says whether the memory to be imported is. */
  constructor({ shared }: { shared: boolean }) {
    this.#shared = shared;
  }

  /** Defines a function; `build` writes its body and returns its result, if it has one. */
  function<const P extends Signature>(
    name: string,
    parameters: P,
    result: 'none',
    build: (f: FunctionBuilder, parameters: ParameterLocals<P>) => void,
  ): FunctionHandle<P, 'none'>;
  function<const P extends Signature, R extends ValueType>(
    name: string,
    parameters: P,
    result: R,
    build: (f: FunctionBuilder, parameters: ParameterLocals<P>) => Value<R>,
  ): FunctionHandle<P, R>;
  function<const P extends Signature>(
    name: string,
    parameters: P,
    result: ValueType | 'none',
    build: (f: FunctionBuilder, parameters: ParameterLocals<P>) => unknown,
  ): FunctionHandle<P, ValueType | 'none'> {
    const names = Object.keys(parameters);
    const types = Object.values(parameters);
    const f = new FunctionBuilder(names.length);
    const locals = Object.fromEntries(types.map((type, i) => [names[i]!, new Local(type, i)]));
    const returned = build(f, locals as ParameterLocals<P>);
    f.finish(returned instanceof Value ? returned : undefined, this.#code);

    this.#types.byte(0x60);
    this.#types.unsigned(types.length);
    for (const type of types) this.#types.byte(valueTypes[type]);
    this.#types.append(result === 'none' ? [0] : [1, valueTypes[result]]);

    const index = this.#functionCount++;
    return {
      name,
      index,
      call: (args) =>
        new Value(
          result,
          names.map((key, i) => toValue(types[i]!, args[key]!)),
          callOpcode,
          [index],
        ),
    };
  }

  /** Makes a function callable from JavaScript by its name. */
  export(...functions: readonly { readonly name: string; readonly index: number }[]): void {
    for (const { name, index } of functions) {
      this.#exportCount++;
      this.#exports.name(name);
      this.#exports.byte(0);
      this.#exports.unsigned(index);
    }
  }

  build(): Uint8Array {
    const module = new ByteWriter();
    module.append([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    this.#section(module, sections.type, this.#functionCount, this.#types.bytes);
    this.#section(module, sections.import, 1, this.#memoryImport());
    this.#section(module, sections.function, this.#functionCount, this.#typeIndices());
    this.#section(module, sections.export, this.#exportCount, this.#exports.bytes);
    this.#section(module, sections.code, this.#functionCount, this.#code.bytes);
    return Uint8Array.from(module.bytes);
  }

  /** Each function has the type of the same index. */
  #typeIndices(): number[] {
    const indices = new ByteWriter();
    for (let i = 0; i < this.#functionCount; i++) indices.unsigned(i);
    return indices.bytes;
  }

  #memoryImport(): number[] {
    const memory = new ByteWriter();
    memory.name('env');
    memory.name('memory');
    memory.byte(2);
    if (this.#shared) {
      memory.append([3, 0]);
      memory.unsigned(maximumPages);
    } else memory.append([0, 0]);
    return memory.bytes;
  }

  #section(to: ByteWriter, id: number, count: number, content: readonly number[]): void {
    const counted = new ByteWriter();
    counted.unsigned(count);
    to.byte(id);
    to.unsigned(counted.length + content.length);
    to.append(counted.bytes);
    to.append(content);
  }
}
