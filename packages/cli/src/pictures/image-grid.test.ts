import { fromTypedArray, ShapeError, tensor, zeros } from '@reparam/tensor';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { encodeImageGrid, encodeReconstructionGrid } from './image-grid.ts';

const separator = [210, 214, 220];

/** The colour at (x, y), after checking that the picture is opaque. */
function reader(bytes: Uint8Array): {
  width: number;
  height: number;
  at: (x: number, y: number) => number[];
} {
  const { width, height, data } = PNG.sync.read(Buffer.from(bytes));
  const at = (x: number, y: number) => {
    const start = (y * width + x) * 4;
    expect(data[start + 3]).toBe(255);
    return [...data.subarray(start, start + 3)];
  };
  return { width, height, at };
}

const grey = (level: number) => [level, level, level];

describe('encodeImageGrid', () => {
  const images = tensor([
    [0, 0.2, 0.4, 0.6, 0.8, 1],
    [-5, 7, Number.NaN, Infinity, -Infinity, 0.5],
    [1, 1, 1, 1, 1, 1],
  ]);

  test('places, enlarges and clips every pixel', () => {
    const { width, height, at } = reader(
      encodeImageGrid(images, [2, 3], { columns: 2, scale: 2, padding: 1 }),
    );
    // Two columns of 6 + 1 pixels and two rows of 4 + 1, and the separator at the far side.
    expect([width, height]).toEqual([15, 11]);
    const levels = [
      [0, 51, 102, 153, 204, 255],
      [0, 255, 0, 255, 0, 128],
      [255, 255, 255, 255, 255, 255],
    ];
    levels.forEach((image, index) => {
      const [left, top] = [1 + (index % 2) * 7, 1 + Math.floor(index / 2) * 5];
      image.forEach((level, pixel) => {
        const [x, y] = [left + (pixel % 3) * 2, top + Math.floor(pixel / 3) * 2];
        for (const [dx, dy] of [
          [0, 0],
          [1, 0],
          [0, 1],
          [1, 1],
        ] as const)
          expect(at(x + dx, y + dy)).toEqual(grey(level));
      });
    });
    for (let x = 0; x < width; x++) for (const y of [0, 5, 10]) expect(at(x, y)).toEqual(separator);
    for (let y = 0; y < height; y++) for (const x of [0, 7, 14]) expect(at(x, y)).toEqual(separator);
    // The fourth place is empty.
    expect(at(10, 8)).toEqual(separator);
  });

  test('sets groups of rows apart', () => {
    const options = { columns: 1, scale: 1, padding: 1, rowsPerGroup: 1 };
    const { height, at } = reader(encodeImageGrid(images, [2, 3], options));
    expect(height).toBe(3 * 3 + 1 + 2 * 8);
    expect(at(1, 1)).toEqual(grey(0));
    for (let y = 3; y < 12; y++) expect(at(1, y)).toEqual(separator);
    expect(at(2, 12)).toEqual(grey(255));
  });

  test('enlarges small images by itself and leaves large ones alone', () => {
    const sizeOf = (side: number) =>
      reader(encodeImageGrid(zeros([1, side * side]), [side, side], { columns: 5 })).width - 2;
    expect([8, 16, 28, 32, 64, 100].map(sizeOf)).toEqual([64, 64, 56, 64, 64, 100]);
  });

  test('reads views as they are seen', () => {
    const view = tensor([
      [0, 1],
      [0.2, 0.4],
    ]).transpose();
    const { at } = reader(encodeImageGrid(view, [1, 2], { columns: 1, scale: 1, padding: 1 }));
    expect([at(1, 1), at(2, 1), at(1, 3), at(2, 3)]).toEqual([0, 51, 255, 102].map(grey));
  });

  test('draws data that is no image as a heat map, each feature over its own range', () => {
    const table = tensor([
      [0, 1000, 3],
      [1, 3000, 3],
      [0.5, 2000, 3],
    ]);
    const { width, height, at } = reader(encodeImageGrid(table, undefined, { columns: 10 }));
    expect([width, height]).toEqual([3 * 40 + 2, 3 * 13 + 1]);
    const [dark, bright] = [at(1, 1), at(1, 14)];
    expect(dark).toEqual([0x44, 0x01, 0x54]);
    expect(bright).toEqual([0xfd, 0xe7, 0x25]);
    expect(at(60, 1)).toEqual(dark);
    expect(at(60, 14)).toEqual(bright);
    expect(at(60, 27)).toEqual(at(1, 27));
    // A feature that never changes stays in the middle of the scale.
    expect([at(110, 1), at(110, 14), at(110, 27)]).toEqual([at(1, 27), at(1, 27), at(1, 27)]);
  });

  test('keeps heat maps of many features and examples to a size that can be shown', () => {
    const table = fromTypedArray(
      new Float32Array(300 * 5000).map((_, i) => i % 7),
      [300, 5000],
    );
    const { width, height } = reader(encodeImageGrid(table, undefined, { columns: 10 }));
    expect([width, height]).toEqual([802, 200 * 13 + 1]);
  });

  test('says which shapes do not fit', () => {
    expect(() => encodeImageGrid(zeros([2, 5]), [2, 3], { columns: 1 })).toThrow(ShapeError);
    expect(() => encodeImageGrid(zeros([2, 5]), [2, 3], { columns: 1 })).toThrow(
      'encodeImageGrid: examples is [2, 5] (axis 1 = 5), which does not fill images of 2 × 3 = 6 pixels.',
    );
    expect(() => encodeImageGrid(zeros([0, 6]), [2, 3], { columns: 1 })).toThrow('at least one of each');
    expect(() => encodeImageGrid(zeros([6]), [2, 3], { columns: 1 })).toThrow(
      'examples is [6], but has to be',
    );
  });

  test('refuses pictures that nobody could look at', () => {
    expect(() => encodeImageGrid(zeros([90_000, 64]), [8, 8], { columns: 300 })).toThrow(
      'drawGrid: a picture of 90000 tiles would have 19501 × 19501 pixels, too many to look at.',
    );
  });
});

describe('encodeReconstructionGrid', () => {
  const originals = tensor([[0], [0.2], [0.4]]);
  const reconstructions = tensor([[0.6], [0.8], [1]]);

  test('puts each reconstruction right below its original, and pairs apart', () => {
    const options = { columns: 2, scale: 4, padding: 1 };
    const { width, height, at } = reader(
      encodeReconstructionGrid(originals, reconstructions, [1, 1], options),
    );
    expect([width, height]).toEqual([2 * 5 + 1, 4 * 5 + 1 + 8]);
    expect([at(1, 1), at(6, 1)]).toEqual([grey(0), grey(51)]);
    expect([at(1, 6), at(6, 6)]).toEqual([grey(153), grey(204)]);
    for (let y = 10; y < 19; y++) expect(at(1, y)).toEqual(separator);
    expect([at(1, 19), at(6, 19)]).toEqual([grey(102), separator]);
    expect([at(1, 24), at(6, 24)]).toEqual([grey(255), separator]);
  });

  test('colours strips by the range of the originals', () => {
    const { height, at } = reader(
      encodeReconstructionGrid(tensor([[0], [1]]), tensor([[1], [9]]), undefined),
    );
    expect(height).toBe(4 * 13 + 1 + 8);
    const [dark, bright] = [at(1, 1), at(1, 14)];
    expect(dark).not.toEqual(bright);
    expect(at(1, 27 + 8)).toEqual(bright);
    expect(at(1, 40 + 8)).toEqual(bright);
  });

  test('wants as many reconstructions as originals', () => {
    expect(() => encodeReconstructionGrid(originals, zeros([2, 1]), [1, 1])).toThrow(
      'encodeReconstructionGrid: originals is [3, 1] but reconstructions is [2, 1]: each original needs its reconstruction.',
    );
  });
});
