import { ArgumentError } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../dataset.ts';
import { generateDigits } from './generate.ts';

const SIZE = 28;
const PIXELS = SIZE * SIZE;
const train = generateDigits({ count: 1000 });
const unseen = generateDigits({ count: 500, seed: 2 });

function picture({ examples }: Dataset, i: number): Float32Array {
  return (examples.data as Float32Array).subarray(i * PIXELS, (i + 1) * PIXELS);
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}

function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += (a[i]! - b[i]!) ** 2;
  return total;
}

/** Share of the unseen digits that get the label of the nearest reference. */
function accuracy(references: readonly ArrayLike<number>[], labels: ArrayLike<number>): number {
  let right = 0;
  for (let i = 0; i < 500; i++) {
    const distances = references.map((reference) => squaredDistance(picture(unseen, i), reference));
    const nearest = distances.indexOf(Math.min(...distances));
    if (labels[nearest] === unseen.labels!.data[i]) right++;
  }
  return right / 500;
}

describe('the set', () => {
  test('has the shapes and types of a data set', () => {
    expect(train.name).toBe('digits');
    expect(train.examples.shape).toEqual([1000, PIXELS]);
    expect(train.examples.dtype).toBe('float32');
    expect(train.labels?.shape).toEqual([1000]);
    expect(train.labels?.dtype).toBe('int32');
    expect(train.imageShape).toEqual([SIZE, SIZE]);
  });

  test('comes again with the same seed, and differs with another', () => {
    const again = generateDigits({ count: 100, seed: 1 });
    const other = generateDigits({ count: 100, seed: 3 });
    expect(generateDigits({ count: 100, seed: 1 }).examples.data).toEqual(again.examples.data);
    expect(other.examples.data).not.toEqual(again.examples.data);
    expect(other.labels!.data).not.toEqual(again.labels!.data);
  });

  test('begins with every smaller set', () => {
    const small = generateDigits({ count: 37 });
    expect(small.examples.data).toEqual(train.examples.data.subarray(0, 37 * PIXELS));
    expect(small.labels!.data).toEqual(train.labels!.data.subarray(0, 37));
  });

  test('every ten examples in a row hold each class once, not always in the same order', () => {
    const labels = Array.from(train.labels!.data);
    const orders = Array.from({ length: 100 }, (_, block) => labels.slice(10 * block, 10 * block + 10));
    for (const order of orders) expect(order.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    // Two of 100 random orders out of 10! coincide with a chance of 0.14 %.
    expect(new Set(orders.map((order) => order.join(''))).size).toBe(100);
  });

  test('no two pictures are alike', () => {
    for (let i = 0; i < 300; i++) {
      for (let j = 0; j < i; j++) {
        expect(squaredDistance(picture(train, i), picture(train, j))).toBeGreaterThan(1);
      }
    }
  });
});

describe('each picture', () => {
  test('runs from paper, 0, to full ink, 1', () => {
    for (let i = 0; i < 1000; i++) {
      const values = picture(train, i);
      expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
      expect(Math.min(...values)).toBe(0);
      expect(Math.max(...values)).toBeGreaterThan(0.95);
    }
  });

  test('is inked as handwriting is: 3 % to 30 %, about 12 % on average', () => {
    const inks = Array.from({ length: 1000 }, (_, i) => sum(picture(train, i)) / PIXELS);
    expect(Math.min(...inks)).toBeGreaterThan(0.03);
    expect(Math.max(...inks)).toBeLessThan(0.3);
    const mean = sum(inks) / inks.length;
    expect(mean).toBeGreaterThan(0.1);
    expect(mean).toBeLessThan(0.14);
  });

  test('leaves the border white', () => {
    for (let i = 0; i < 1000; i++) {
      const values = picture(train, i);
      for (let k = 0; k < SIZE; k++) {
        const border = [k, (SIZE - 1) * SIZE + k, k * SIZE, k * SIZE + SIZE - 1];
        expect(border.map((pixel) => values[pixel])).toEqual([0, 0, 0, 0]);
      }
    }
  });

  test('is centred by its centre of mass, and fills a box of about 20 pixels', () => {
    const offsets: number[] = [];
    for (let i = 0; i < 1000; i++) {
      const values = picture(train, i);
      const ink = sum(values);
      const columns = Array.from(values, (value, pixel) => value * ((pixel % SIZE) + 0.5));
      const rows = Array.from(values, (value, pixel) => value * (Math.floor(pixel / SIZE) + 0.5));
      const off = [sum(columns) / ink - SIZE / 2, sum(rows) / ink - SIZE / 2].map(Math.abs);
      expect(Math.max(...off)).toBeLessThan(1.5);
      offsets.push(...off);
      const inked = Array.from(values, (value, pixel) => (value > 0.5 ? pixel : -1)).filter(
        (pixel) => pixel >= 0,
      );
      const inkedRows = inked.map((pixel) => Math.floor(pixel / SIZE));
      const inkedColumns = inked.map((pixel) => pixel % SIZE);
      const longer = Math.max(
        Math.max(...inkedRows) - Math.min(...inkedRows),
        Math.max(...inkedColumns) - Math.min(...inkedColumns),
      );
      expect(longer + 1).toBeGreaterThanOrEqual(16);
      expect(longer + 1).toBeLessThanOrEqual(20);
    }
    expect(sum(offsets) / offsets.length).toBeLessThan(0.35);
  });
});

describe('the classes can be told apart, but not trivially', () => {
  test('by the nearest of the class means', () => {
    const means = Array.from({ length: 10 }, () => new Float64Array(PIXELS));
    for (let i = 0; i < 1000; i++) {
      const mean = means[train.labels!.data[i]!]!;
      picture(train, i).forEach((value, pixel) => {
        mean[pixel]! += value / 100;
      });
    }
    const share = accuracy(means, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    // Measured: 93 %. A set without variety would give 100 %.
    expect(share).toBeGreaterThan(0.85);
    expect(share).toBeLessThan(0.98);
  });

  test('by the nearest neighbour', () => {
    const references = Array.from({ length: 1000 }, (_, i) => picture(train, i));
    const share = accuracy(references, train.labels!.data);
    // Measured: 99 %.
    expect(share).toBeGreaterThan(0.95);
  });
});

describe('options', () => {
  test.each([12, 16, 64])('other sizes look the same: %s pixels', (size) => {
    const { examples, imageShape } = generateDigits({ count: 20, size });
    expect(imageShape).toEqual([size, size]);
    expect(examples.shape).toEqual([20, size * size]);
    const mean = sum(examples.data) / examples.size;
    expect(mean).toBeGreaterThan(0.08);
    expect(mean).toBeLessThan(0.16);
  });

  test.each([
    [{ count: 0 }, 'generateDigits: count is 0; use a whole number ≥ 1.'],
    [{ count: 2.5 }, 'count is 2.5'],
    [{ count: 10, size: 8 }, 'size is 8; use a whole number of pixels from 12 to 256.'],
    [{ count: 10, size: 28.5 }, 'size is 28.5'],
    [{ count: 10_000_000 }, '10000000 pictures of 28 × 28 are 7840000000 pixels, more than the 1073741824'],
    [{ count: 10, seed: 0.5 }, 'seed is 0.5'],
  ])('refuses %j', (options, message) => {
    expect(() => generateDigits(options)).toThrow(ArgumentError);
    expect(() => generateDigits(options)).toThrow(message);
  });
});
