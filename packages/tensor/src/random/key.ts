import { ArgumentError, DTypeError, ShapeError } from '../errors.ts';
import { formatShape, sameShape } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { fillBlocks } from './counter.ts';

/**
 * The source of all randomness: a 64-bit key of Threefry-2x32. Keys are values; drawing does not change them,
 * so the same key always gives the same numbers. Use each key once, and `split` or `foldIn` for fresh ones.
 */
export class RandomKey {
  readonly #words: readonly [number, number];

  protected constructor(words: readonly [number, number]) {
    this.#words = Object.freeze(words);
  }

  /** Two whole numbers from 0 to 2³² − 1. */
  get words(): readonly [number, number] {
    return this.#words;
  }

  /** Different seeds give different keys. @throws ArgumentError unless `seed` is a safe integer. */
  static fromSeed(seed: number): RandomKey {
    requireSafeInteger('RandomKey.fromSeed', 'seed', seed);
    return new RandomKey([Math.floor(seed / 2 ** 32) >>> 0, seed >>> 0]);
  }

  /**
   * `count` fresh keys, all different, and different from every `foldIn` of this key. Key i does not depend on
   * `count`. @throws ArgumentError unless `count` is a whole number ≥ 0.
   */
  split(count: number): RandomKey[] {
    if (!Number.isSafeInteger(count) || count < 0) {
      throw new ArgumentError(
        'split',
        'count',
        count,
        `count is ${count}; ask for a whole number ≥ 0 of keys.`,
      );
    }
    return Array.from({ length: count }, (_, i) => this.derive('split', i));
  }

  /**
   * The fresh key number `data`, for example of an epoch or a step; different numbers give different keys.
   * @throws ArgumentError unless `data` is a safe integer.
   */
  foldIn(data: number): RandomKey {
    requireSafeInteger('foldIn', 'data', data);
    return this.derive('foldIn', data);
  }

  /** The words as int32 [2] (the same bits), to store in a file or pass to a compiled program. */
  toTensor(): Tensor {
    return Tensor.wrap(
      Int32Array.from(this.words, (word) => word | 0),
      [2],
    );
  }

  /** The key that `toTensor` wrote. @throws DTypeError, ShapeError unless `words` is int32 [2]. */
  static fromTensor(words: Tensor): RandomKey {
    if (words.dtype !== 'int32') {
      throw new DTypeError('RandomKey.fromTensor', `words is ${words.dtype}, but a key is int32 [2].`, {
        words: words.dtype,
      });
    }
    if (!sameShape(words.shape, [2])) {
      throw new ShapeError(
        'RandomKey.fromTensor',
        `words is int32 ${formatShape(words.shape)}, but a key is int32 [2].`,
        { words: words.shape },
      );
    }
    const [word0, word1] = words.toTypedArray();
    return new RandomKey([word0! >>> 0, word1! >>> 0]);
  }

  /** Key number `block` of one use of this key. */
  protected derive(use: 'split' | 'foldIn', block: number): RandomKey {
    const words = new Uint32Array(2);
    fillBlocks(this.words, use, block, words);
    return new RandomKey([words[0]!, words[1]!]);
  }
}

function requireSafeInteger(operation: string, argument: string, value: number): void {
  if (!Number.isSafeInteger(value)) {
    throw new ArgumentError(
      operation,
      argument,
      value,
      `${argument} is ${value}; use a whole number between −(2⁵³ − 1) and 2⁵³ − 1.`,
    );
  }
}
