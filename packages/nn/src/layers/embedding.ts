import { gather, type Operand, parameter, type Variable } from '@reparam/autograd';
import type { RandomKey } from '@reparam/tensor';
import { requireCount } from '../arguments.ts';
import { Module } from '../module.ts';
import { type FloatingType, type Initializer, normalInitializer } from './initializers.ts';

export interface EmbeddingOptions {
  /** How many things there are to look up. */
  readonly count: number;
  /** How many numbers stand for each. */
  readonly features: number;
  readonly key: RandomKey;
  /** Standard normal unless told. */
  readonly initializer?: Initializer;
  readonly dtype?: FloatingType;
}

/** A learned vector for each of `count` things: int32 indices of any shape [...] → [..., features]. */
export class Embedding extends Module {
  /** [count, features] */
  readonly weight: Variable;

  /** @throws ArgumentError unless `count` and `features` are whole numbers above 0. */
  constructor({
    count,
    features,
    key,
    initializer = normalInitializer(1),
    dtype = 'float32',
  }: EmbeddingOptions) {
    super();
    requireCount('Embedding', 'count', count);
    requireCount('Embedding', 'features', features);
    this.weight = parameter(initializer(key, count, features, dtype), 'weight');
  }

  /** @throws IndexError on an index outside 0 … count − 1, DTypeError unless indices are int32. */
  forward(indices: Operand): Variable {
    return gather(this.weight, indices);
  }
}
