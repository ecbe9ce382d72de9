import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { useTemporaryFolder } from '../../../../test/support/temporary-folder.ts';
import { UserError } from '../files/user-error.ts';
import { loadDataset } from './load-dataset.ts';

const folder = useTemporaryFolder();
const { save } = folder;

/** A .npy file, version 1.0, as NumPy writes it. */
function npy(
  descr: string,
  shape: readonly number[],
  data: NodeJS.TypedArray | readonly number[],
): Uint8Array {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${axes}), }`;
  const padded = `${header.padEnd(Math.ceil((10 + header.length + 1) / 64) * 64 - 11)}\n`;
  const body = Array.isArray(data) ? Uint8Array.from(data) : data;
  const bytes = new Uint8Array((body as NodeJS.TypedArray).buffer);
  const length = padded.length;
  return Uint8Array.of(
    0x93,
    ...Buffer.from('NUMPY'),
    1,
    0,
    length & 255,
    length >> 8,
    ...Buffer.from(padded),
    ...bytes,
  );
}

const counting = (length: number) => Array.from({ length }, (_, i) => i);

describe('.npy', () => {
  test('bytes of [count, height, width] become images from 0 to 1', async () => {
    const { dataset, notes } = await loadDataset(await save('a.npy', npy('|u1', [10, 2, 3], counting(60))));
    expect(dataset.examples.shape).toEqual([10, 6]);
    expect(dataset.imageShape).toEqual([2, 3]);
    expect([...dataset.examples.toTypedArray()]).toEqual(counting(60).map((i) => Math.fround(i / 255)));
    expect(notes).toEqual(['The values are whole numbers from 0 to 255 and were divided by 255.']);
  });

  test.each([[[10, 1, 2, 3]], [[10, 2, 3, 1]]])(
    'an axis of one channel is dropped from %j',
    async (shape) => {
      const { dataset } = await loadDataset(await save('a.npy', npy('|u1', shape, counting(60))));
      expect([dataset.examples.shape, dataset.imageShape]).toEqual([
        [10, 6],
        [2, 3],
      ]);
    },
  );

  test('floats stay what they are', async () => {
    const values = Float32Array.from({ length: 20 }, (_, i) => i / 4 - 2);
    const { dataset, notes } = await loadDataset(await save('a.npy', npy('<f4', [10, 2], values)));
    expect([...dataset.examples.toTypedArray()]).toEqual([...values]);
    expect(dataset.imageShape).toBeUndefined();
    expect(notes).toEqual([
      'The values run from -2 to 2.75, which suits a Gaussian likelihood; a Bernoulli one takes 0 to 1.',
    ]);
  });

  test.each(['|u1', '|b1'])('zeros and ones of type %s are not divided', async (descr) => {
    const bits = counting(640).map((i) => (i % 3 === 0 ? 1 : 0));
    const { dataset, notes } = await loadDataset(await save('a.npy', npy(descr, [10, 64], bits)));
    expect([...dataset.examples.toTypedArray()]).toEqual(bits);
    expect(dataset.imageShape).toEqual([8, 8]);
    expect(notes).toEqual(['Rows of 64 values from 0 to 1 are taken as images of 8 × 8 pixels.']);
  });

  test.each<[string, number, number, readonly [number, number] | undefined]>([
    ['784 columns from 0 to 1', 784, 1, [28, 28]],
    ['784 columns beyond 1', 784, 1.5, undefined],
    ['49 columns, too few', 49, 1, undefined],
    ['65 columns, no square', 65, 1, undefined],
  ])('guesses the shape of images only where it is safe: %s', async (_, features, largest, imageShape) => {
    const values = Float32Array.from({ length: 10 * features }, (_, i) => ((i % 5) / 4) * largest);
    const { dataset } = await loadDataset(await save('a.npy', npy('<f4', [10, features], values)));
    expect(dataset.imageShape).toEqual(imageShape);
  });

  test('NaN and infinity are refused with row and column', async () => {
    const values = new Float32Array(20);
    values[7] = Number.NaN;
    const path = await save('a.npy', npy('<f4', [10, 2], values));
    await expect(loadDataset(path)).rejects.toThrow(UserError);
    await expect(loadDataset(path)).rejects.toThrow(
      /^"a\.npy" has the value NaN in row 3, column 1 \(counted from 0\)/,
    );
    values[7] = -Infinity;
    await expect(loadDataset(await save('a.npy', npy('<f4', [10, 2], values)))).rejects.toThrow(
      '-Infinity in row 3',
    );
  });

  test('doubles too large for float32 are refused', async () => {
    const values = new Float64Array(20).fill(1e300, 5, 6);
    const path = await save('a.npy', npy('<f8', [10, 2], values));
    await expect(loadDataset(path)).rejects.toThrow('Infinity in row 2, column 1');
  });

  test.each<[readonly number[], string]>([
    [
      [10],
      'shape [10], but examples are [count, features] or [count, height, width]: these may be labels, give the examples.',
    ],
    [
      [10, 2, 2, 3],
      'shape [10, 2, 2, 3], but examples are [count, features] or [count, height, width]: colour images are not read, convert them to grey.',
    ],
    [
      [2, 2, 2, 2, 2],
      'shape [2, 2, 2, 2, 2], but examples are [count, features] or [count, height, width]: reshape it.',
    ],
    [[0, 5], 'holds an empty array of shape [0, 5]: give one with data in it.'],
    [[9, 2], 'holds 9 examples, but at least 10 are needed to train on some and judge by others.'],
  ])('an array of %j is refused', async (shape, message) => {
    const size = shape.reduce((product, length) => product * length, 1);
    const path = await save('a.npy', npy('|u1', shape, counting(size)));
    await expect(loadDataset(path)).rejects.toThrow(UserError);
    await expect(loadDataset(path)).rejects.toThrow(message);
  });

  test('a broken file is refused', async () => {
    const path = await save('a.npy', 'not numpy');
    await expect(loadDataset(path)).rejects.toThrow(UserError);
    await expect(loadDataset(path)).rejects.toThrow(`"${path}" cannot be read: `);
  });
});

describe('what a path holds', () => {
  test('is told by content before the ending of the name', async () => {
    const bytes = npy('|u1', [10, 2], counting(20));
    const plain = await loadDataset(await save('really-numpy.csv', bytes));
    const packed = await loadDataset(await save('packed.bin', gzipSync(bytes)));
    expect(plain.dataset.examples.shape).toEqual([10, 2]);
    expect(packed.dataset.examples.shape).toEqual([10, 2]);
    const table = await loadDataset(await save('table.csv.gz', gzipSync('1,2\n'.repeat(10))));
    expect(table.dataset.examples.shape).toEqual([10, 2]);
  });

  const understood =
    'an IDX file (plain or .gz), a .npy array, a .csv table, or a folder with an IDX pair or PNG images';
  test.each<[string, string | Uint8Array, string]>([
    ['empty.csv', '', 'is empty: give a file with data in it.'],
    ['packed.gz', gzipSync(''), 'is empty: give a file with data in it.'],
    ['notes.txt', 'hello', `is in no format that is read here: give ${understood}.`],
    [
      'data.npz',
      'PK\u0003\u0004xxxx',
      'is a zip archive (.zip or .npz), which is not read here: unpack it, or save one array with numpy.save.',
    ],
    [
      'photo.csv',
      Uint8Array.of(0xff, 0xd8, 0xff, 0xe0),
      'is a JPEG image, which is not read here: give a folder of PNG images.',
    ],
    [
      'one.png',
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
      'is one image, but a model learns from many: give the folder that holds them.',
    ],
  ])('%s is refused', async (name, contents, message) => {
    const path = await save(name, contents);
    await expect(loadDataset(path)).rejects.toThrow(new UserError(`"${path}" ${message}`));
  });

  test('nothing is refused, too', async () => {
    const path = join(folder.path, 'missing.csv');
    await expect(loadDataset(path)).rejects.toThrow(
      new UserError(
        `There is no file or folder "${path}": check the path, or leave out --data to use the built-in digits.`,
      ),
    );
  });

  test('a folder without usable files is refused', async () => {
    await mkdir(join(folder.path, 'sub'));
    await save('readme.md', 'x');
    await expect(loadDataset(folder.path)).rejects.toThrow(
      new UserError(
        `The folder "${folder.path}" holds no PNG images and no IDX images: give a folder with PNG images (in subfolders named ` +
          'by class, if you like) or with an IDX pair such as train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz.',
      ),
    );
    await save('table.csv', '1');
    await expect(loadDataset(folder.path)).rejects.toThrow(
      new UserError(
        `The folder "${folder.path}" holds no PNG images and no IDX images: to use "table.csv" in it, give the path of that file.`,
      ),
    );
  });
});
