import { ArgumentError, fromTypedArray, permutation, RandomKey } from '@reparam/tensor';
import type { Dataset } from '../dataset.ts';
import { drawDigit } from './draw.ts';
import { drawsFrom } from './draws.ts';

export interface DigitOptions {
  /** How many pictures. */
  readonly count: number;
  /** Any safe integer; 1 unless told. */
  readonly seed?: number;
  /** Height and width in pixels, 12…256; 28 unless told. */
  readonly size?: number;
}

const CLASSES = 10;
const SMALLEST_SIZE = 12;
const LARGEST_SIZE = 256;
/** 4 GiB of float32. */
const MOST_PIXELS = 2 ** 30;

/**
 * The built-in data set: pictures that look like handwritten digits, drawn by a random pen along jittered and
 * distorted strokes. Examples are float32 [count, size·size] from 0 (paper) to 1 (ink), labels int32 [count].
 * Every ten examples in a row hold each class once, in random order. Example i depends on the seed, the size
 * and i alone, so that a larger set begins with the smaller one.
 * @throws ArgumentError when an option is outside its range.
 */
export function generateDigits({ count, seed = 1, size = 28 }: DigitOptions): Dataset {
  requireOptions(count, size);
  const [orderKey, handKey] = RandomKey.fromSeed(seed).split(2) as [RandomKey, RandomKey];
  const pixels = size * size;
  const pictures = new Float32Array(count * pixels);
  const labels = new Int32Array(count);
  for (let first = 0; first < count; first += CLASSES) {
    const order = permutation(orderKey.foldIn(first / CLASSES), CLASSES).toTypedArray();
    labels.set(order.subarray(0, Math.min(CLASSES, count - first)), first);
  }
  for (let i = 0; i < count; i++) {
    const picture = pictures.subarray(i * pixels, (i + 1) * pixels);
    drawDigit(labels[i]!, drawsFrom(handKey.foldIn(i)), picture, size);
  }
  return {
    name: 'digits',
    examples: fromTypedArray(pictures, [count, pixels]),
    labels: fromTypedArray(labels),
    imageShape: [size, size],
  };
}

function requireOptions(count: number, size: number): void {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new ArgumentError('generateDigits', 'count', count, `count is ${count}; use a whole number ≥ 1.`);
  }
  if (!Number.isInteger(size) || size < SMALLEST_SIZE || size > LARGEST_SIZE) {
    throw new ArgumentError(
      'generateDigits',
      'size',
      size,
      `size is ${size}; use a whole number of pixels from ${SMALLEST_SIZE} to ${LARGEST_SIZE}.`,
    );
  }
  if (count * size * size > MOST_PIXELS) {
    throw new ArgumentError(
      'generateDigits',
      'count',
      count,
      `${count} pictures of ${size} × ${size} are ${count * size * size} pixels, more than the ${MOST_PIXELS} ` +
        'that are kept in memory at once; use fewer or smaller ones.',
    );
  }
}
