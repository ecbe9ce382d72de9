import {
  ArgumentError,
  fromTypedArray,
  IndexError,
  RandomKey,
  ShapeError,
  tensor,
  zeros,
} from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { type Dataset, requireFinite, splitDataset, takeExamples } from './dataset.ts';

/** Row i is [10i, 10i + 1], its label i. */
function numbered(count: number): Dataset {
  return {
    name: 'numbered',
    examples: fromTypedArray(
      Float32Array.from({ length: 2 * count }, (_, i) => 10 * Math.floor(i / 2) + (i % 2)),
      [count, 2],
    ),
    labels: fromTypedArray(Int32Array.from({ length: count }, (_, i) => i)),
    imageShape: [1, 2],
  };
}

describe('takeExamples', () => {
  test('takes rows and labels in the order asked for', () => {
    const taken = takeExamples(numbered(5), tensor([4, 0, 4], { dtype: 'int32' }));
    expect(taken.name).toBe('numbered');
    expect(taken.imageShape).toEqual([1, 2]);
    expect(taken.examples.toArray()).toEqual([
      [40, 41],
      [0, 1],
      [40, 41],
    ]);
    expect(taken.labels?.toArray()).toEqual([4, 0, 4]);
    expect(taken.labels?.dtype).toBe('int32');
  });

  test('adds no labels where there are none', () => {
    const { examples } = numbered(3);
    const taken = takeExamples({ name: 'bare', examples }, tensor([1], { dtype: 'int32' }));
    expect(Object.keys(taken).sort()).toEqual(['examples', 'name']);
  });

  test('refuses an index outside', () => {
    expect(() => takeExamples(numbered(3), tensor([3], { dtype: 'int32' }))).toThrow(IndexError);
  });
});

describe('splitDataset', () => {
  const key = RandomKey.fromSeed(5);

  test('deals out every example once, labels with their rows', () => {
    const { train, heldOut } = splitDataset(numbered(50), 0.2, key);
    expect(train.examples.shape).toEqual([40, 2]);
    expect(heldOut.examples.shape).toEqual([10, 2]);
    const dealt = [train, heldOut].flatMap(({ labels }) => labels!.toArray() as number[]);
    expect(dealt.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    for (const part of [train, heldOut]) {
      expect(part.examples.toArray()).toEqual(
        (part.labels!.toArray() as number[]).map((label) => [10 * label, 10 * label + 1]),
      );
    }
  });

  test('depends on the key alone, and is random', () => {
    const heldOutLabels = (from: RandomKey) =>
      splitDataset(numbered(50), 0.2, from).heldOut.labels?.toArray();
    expect(heldOutLabels(key)).toEqual(heldOutLabels(RandomKey.fromSeed(5)));
    expect(heldOutLabels(key)).not.toEqual(heldOutLabels(RandomKey.fromSeed(6)));
  });

  test.each([0, 1, -0.1, Number.NaN])('refuses the fraction %s', (fraction) => {
    expect(() => splitDataset(numbered(50), fraction, key)).toThrow(ArgumentError);
    expect(() => splitDataset(numbered(50), fraction, key)).toThrow('use a number between 0 and 1');
  });

  test('refuses to leave a part empty', () => {
    expect(() => splitDataset(numbered(4), 0.1, key)).toThrow(
      'splitDataset: holding out 0.1 of the 4 examples of "numbered" leaves 4 to train on and 0 held out; ' +
        'each part needs at least one. Use more examples or another fraction.',
    );
    expect(() => splitDataset(numbered(4), 0.9, key)).toThrow('leaves 0 to train on and 4 held out');
    expect(splitDataset(numbered(2), 0.5, key).train.examples.shape).toEqual([1, 2]);
  });

  test.each<[string, Partial<Dataset>, string]>([
    ['examples without rows', { examples: zeros([6]) }, 'the examples of "numbered" are [6]'],
    ['examples of rank 3', { examples: zeros([6, 1, 2]) }, 'the examples of "numbered" are [6, 1, 2]'],
    ['too few labels', { labels: zeros([5], { dtype: 'int32' }) }, 'labels [5] for examples [6, 2]'],
    ['another picture size', { imageShape: [2, 2] }, 'pictures of 2 × 2 = 4 pixels, but 2 features'],
  ])('refuses %s', (_, part, message) => {
    expect(() => splitDataset({ ...numbered(6), ...part }, 0.5, key)).toThrow(ShapeError);
    expect(() => splitDataset({ ...numbered(6), ...part }, 0.5, key)).toThrow(message);
  });
});

describe('requireFinite', () => {
  test('names the first row and column', () => {
    const examples = tensor([
      [0, 1, 2],
      [3, 4, Number.POSITIVE_INFINITY],
      [Number.NaN, 7, 8],
    ]);
    expect(() => requireFinite({ name: 'odd', examples })).toThrow(ArgumentError);
    expect(() => requireFinite({ name: 'odd', examples })).toThrow(
      'requireFinite: "odd" has the value Infinity in row 1, column 2 (counted from 0). ' +
        'Models need finite numbers: leave the row out, or fill the gap.',
    );
    expect(() => requireFinite({ name: 'odd', examples: examples.transpose() })).toThrow(
      'has the value NaN in row 0, column 2',
    );
  });

  test('lets finite numbers pass', () => {
    expect(() => requireFinite(numbered(4))).not.toThrow();
  });
});
