import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { useTemporaryFolder } from '../../../../test/support/temporary-folder.ts';
import { UserError } from '../files/user-error.ts';
import { loadDataset } from './load-dataset.ts';

const folder = useTemporaryFolder();
const { save } = folder;

/** Twelve images of 2 × 3 pixels; pixel i of all is i · 3. */
const pixels = Uint8Array.from({ length: 12 * 6 }, (_, i) => i * 3);
const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 12, 0, 0, 0, 2, 0, 0, 0, 3, ...pixels);
const classes = [5, 0, 4, 1, 9, 2, 1, 3, 1, 4, 3, 5];
const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 12, ...classes);

describe('IDX', () => {
  test('images are divided by 255', async () => {
    const { dataset, notes } = await loadDataset(await save('digits.idx', images));
    expect(dataset.name).toBe('digits.idx');
    expect(dataset.examples.shape).toEqual([12, 6]);
    expect(dataset.examples.dtype).toBe('float32');
    expect(dataset.imageShape).toEqual([2, 3]);
    expect(dataset.labels).toBeUndefined();
    expect([...dataset.examples.toTypedArray()]).toEqual(
      Array.from(pixels, (pixel) => Math.fround(pixel / 255)),
    );
    expect(notes).toEqual([]);
  });

  test.each([
    ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte'],
    ['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz'],
    ['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte'],
    ['t10k-images.idx3-ubyte', 't10k-labels.idx1-ubyte.gz'],
  ])('%s finds its labels in %s', async (imagesName, labelsName) => {
    const pack = (name: string, bytes: Uint8Array) => (name.endsWith('.gz') ? gzipSync(bytes) : bytes);
    const path = await save(imagesName, pack(imagesName, images));
    await save(labelsName, pack(labelsName, labels));
    const { dataset } = await loadDataset(path);
    expect(dataset.examples.shape).toEqual([12, 6]);
    expect([...dataset.labels!.toTypedArray()]).toEqual(classes);
    expect(dataset.labels!.dtype).toBe('int32');
  });

  test('a folder stands for the training pair in it', async () => {
    await save('t10k-images-idx3-ubyte', images.fill(0, 16));
    images.set(pixels, 16);
    await save('train-images-idx3-ubyte', images);
    await save('train-labels-idx1-ubyte', labels);
    const { dataset, notes } = await loadDataset(folder.path);
    expect(dataset.examples.toTypedArray()[1]).toBe(Math.fround(3 / 255));
    expect([...dataset.labels!.toTypedArray()]).toEqual(classes);
    expect(notes).toEqual(['"train-images-idx3-ubyte" was read, "t10k-images-idx3-ubyte" was left alone.']);
  });

  test('rows without an image shape and other types are read, too', async () => {
    const floats = new DataView(new ArrayBuffer(12 + 10 * 2 * 4));
    new Uint8Array(floats.buffer).set([0, 0, 0x0d, 2, 0, 0, 0, 10, 0, 0, 0, 2]);
    for (let i = 0; i < 20; i++) floats.setFloat32(12 + 4 * i, i / 8 - 1);
    const { dataset } = await loadDataset(await save('points.idx', new Uint8Array(floats.buffer)));
    expect(dataset.examples.shape).toEqual([10, 2]);
    expect(dataset.imageShape).toBeUndefined();
    expect([...dataset.examples.toTypedArray()]).toEqual(Array.from({ length: 20 }, (_, i) => i / 8 - 1));
  });

  test.each<[string, Uint8Array, string]>([
    [
      'train-images-idx3-ubyte',
      images.slice(0, 50),
      'cannot be read: the header promises 12 × 2 × 3 elements of type uint8, which take 72 bytes',
    ],
    [
      'x-images-idx3-ubyte',
      Uint8Array.of(8, 8, 8, 3),
      'cannot be read: bytes 0 and 1 are 0x08 0x08, but an IDX file',
    ],
    [
      'a.idx',
      Uint8Array.of(0, 0, 0x77, 3, 0, 0, 0, 1),
      'cannot be read: byte 2 is 0x77, which is no element type',
    ],
    ['a.gz', gzipSync(images).subarray(0, 40), 'cannot be read: the 40 bytes are cut short or corrupt'],
    [
      'train-labels-idx1-ubyte',
      labels,
      'holds an array of shape [12], but examples are [count, features] or ',
    ],
    [
      'few.idx',
      Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 7, 7),
      'holds 2 examples, but at least 10 are needed to train on some and judge by others.',
    ],
  ])('%s that is broken is refused', async (name, bytes, message) => {
    const path = await save(name, bytes);
    const loading = loadDataset(path);
    await expect(loading).rejects.toThrow(UserError);
    await expect(loading).rejects.toThrow(`"${path}" ${message}`);
  });

  test('labels of another number, or broken, are refused by name', async () => {
    const path = await save('train-images-idx3-ubyte', images);
    const labelsPath = await save('train-labels-idx1-ubyte', Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 1, 2));
    await expect(loadDataset(path)).rejects.toThrow(
      new UserError(
        `"${path}" has 12 images but "${labelsPath}" has 2 labels: they do not belong together; ` +
          'move one of them away, or get both anew.',
      ),
    );
    await save('train-labels-idx1-ubyte', labels.subarray(0, 15));
    await expect(loadDataset(folder.path)).rejects.toThrow(
      `"${labelsPath}" cannot be read: the header promises 12 elements`,
    );
  });
});
