import { scalar } from '../../create.ts';
import type { DType } from '../../dtype.ts';
import type { Shape } from '../../shape.ts';
import type { Tensor } from '../../tensor.ts';
import type { Program, Source, Value, View } from '../program.ts';
import { isRepeated } from './rewrite.ts';

/** A number that no value of a program has yet. */
export function nextIdOf({ sources, instructions }: Program): number {
  const values = [...sources.map(({ value }) => value), ...instructions.flatMap(({ results }) => results)];
  return values.reduce((next, { id }) => Math.max(next, id + 1), 0);
}

/** The constants of a program while a pass adds to them. */
export class Constants {
  readonly #sources: Program['sources'][number][];
  readonly #tensors = new Map<Value, Tensor>();
  readonly #scalars = new Map<string, Value>();
  #nextId: number;

  constructor(program: Program) {
    const { sources } = program;
    this.#sources = [...sources];
    this.#nextId = nextIdOf(program);
    for (const { value, source } of sources) this.#note(value, source);
  }

  /** All sources of the program, with the constants that were added. */
  get sources(): Program['sources'] {
    return this.#sources;
  }

  /** What a constant holds; undefined for what is no constant. */
  tensorOf(value: Value): Tensor | undefined {
    return this.#tensors.get(value);
  }

  /** The number that a view of a constant has in all of its places, if it has one element alone. */
  numberOf(view: View): number | undefined {
    const tensor = this.#tensors.get(view.value);
    return tensor && isRepeated(view) ? tensor.data[tensor.offset + view.offset] : undefined;
  }

  /** A number in all places of a shape: a view of a constant without axes, of which equal ones are one. */
  repeated(number: number, dtype: DType, shape: Shape): View {
    const found = this.#scalars.get(keyOf(number, dtype)) ?? this.add(scalar(number, { dtype }));
    return { value: found, shape, strides: shape.map(() => 0), offset: 0 };
  }

  add(tensor: Tensor): Value {
    const value: Value = { id: this.#nextId++, shape: tensor.shape, dtype: tensor.dtype };
    const source: Source = { kind: 'constant', tensor };
    this.#sources.push({ value, source });
    this.#note(value, source);
    return value;
  }

  #note(value: Value, source: Source): void {
    if (source.kind !== 'constant') return;
    this.#tensors.set(value, source.tensor);
    if (value.shape.length > 0) return;
    const key = keyOf(source.tensor.item(), value.dtype);
    if (!this.#scalars.has(key)) this.#scalars.set(key, value);
  }
}

function keyOf(number: number, dtype: DType): string {
  return `${dtype} ${Object.is(number, -0) ? '-0' : number}`;
}
