import { writeNormalPair } from '../../random/box-muller.ts';
import { fillBlocks } from '../../random/counter.ts';
import type { RandomKey } from '../../random/key.ts';
import { type Shape, sizeOf } from '../../shape.ts';
import { Tensor } from '../../tensor.ts';
import type { RandomKind } from '../backend.ts';

/** Elements a chunk: its words fit the first-level cache, and as a power of two it keeps the counters aligned. */
const chunk = 2048;

/**
 * Draws a tensor of uniforms in [0, 1) (multiples of 2⁻²⁴ for float32, of 2⁻⁵³ for float64) or of standard
 * normals (at most 6.7 from zero for float32, 8.6 for float64).
 *
 * In row-major order element i depends on the key, i, the kind and the dtype alone, not on the shape: a longer
 * draw begins with the shorter one.
 */
export function random(kind: RandomKind, key: RandomKey, shape: Shape, dtype: 'float32' | 'float64'): Tensor {
  const size = sizeOf(shape);
  const values = dtype === 'float32' ? new Float32Array(size) : new Float64Array(size);
  const convert = converters[kind][dtype];
  const wordsPerElement = dtype === 'float32' ? 1 : 2;
  const words = new Uint32Array(evenUp(Math.min(chunk, size)) * wordsPerElement);
  for (let from = 0; from < size; from += chunk) {
    const part = values.subarray(from, from + chunk);
    const used = words.subarray(0, evenUp(part.length) * wordsPerElement);
    fillBlocks(key.words, kind, (from * wordsPerElement) / 2, used);
    convert(used, part);
  }
  return Tensor.wrap(values, shape);
}

type Converter = (words: Uint32Array, out: Float32Array | Float64Array) => void;

/** float32 takes one word an element and float64 two; normals come in pairs. */
const converters: Readonly<Record<RandomKind, Readonly<Record<'float32' | 'float64', Converter>>>> = {
  uniform: {
    float32: (words, out) => {
      for (let i = 0; i < out.length; i++) out[i] = (words[i]! >>> 8) * 2 ** -24;
    },
    float64: (words, out) => {
      for (let i = 0; i < out.length; i++) out[i] = high53(words, 2 * i) * 2 ** -53;
    },
  },
  normal: {
    // The numerators are counted from 1, so that no logarithm of zero is ever taken.
    float32: (words, out) => {
      for (let i = 0; i < out.length; i += 2) {
        writeNormalPair(out, i, words[i]! + 1, 32, words[i + 1]! * 2 ** -32);
      }
    },
    float64: (words, out) => {
      for (let i = 0; i < out.length; i += 2) {
        writeNormalPair(out, i, high53(words, 2 * i) + 1, 53, high53(words, 2 * i + 2) * 2 ** -53);
      }
    },
  },
};

/** A whole number below 2⁵³ from the high 27 bits of one word and the high 26 of the next. */
function high53(words: Uint32Array, index: number): number {
  return (words[index]! >>> 5) * 2 ** 26 + (words[index + 1]! >>> 6);
}

function evenUp(count: number): number {
  return count + (count % 2);
}
