import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { useTemporaryFolder } from '../../../../test/support/temporary-folder.ts';
import { UserError } from '../files/user-error.ts';
import { decodePng } from './decode-png.ts';
import { loadDataset } from './load-dataset.ts';

const folder = useTemporaryFolder();
const { save } = folder;

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth?: number;
  /** 0 grey, 2 RGB, 4 grey with alpha, 6 RGBA. */
  readonly colourType?: number;
  readonly interlaced?: boolean;
}

/** A PNG put together by hand; `rows` are the bytes of the pixels, each row led by its filter byte 0. */
function png(
  { width, height, depth = 8, colourType = 0, interlaced = false }: Header,
  rows: readonly number[],
): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, depth, colourType, 0, 0, interlaced ? 1 : 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const grey = (first: number) => png({ width: 2, height: 1 }, [0, first, 255]);

/** Writes `count` copies and returns the values of the first. */
async function loadCopies(bytes: Uint8Array, count = 10) {
  for (let i = 0; i < count; i++) await save(`${i}.png`, bytes);
  const { dataset, notes } = await loadDataset(folder.path);
  return { dataset, notes, values: [...dataset.examples.slice([0]).toTypedArray()] };
}

describe('a folder of PNG images', () => {
  test('is read in order of the names, 2 before 10', async () => {
    for (let i = 0; i < 12; i++) await save(`img${i}.PNG`, grey(i));
    await save('.hidden.png', Buffer.from('junk'));
    await save('notes.txt', Buffer.from('junk'));
    const { dataset, notes } = await loadDataset(folder.path);
    expect([dataset.examples.shape, dataset.imageShape, dataset.labels]).toEqual([
      [12, 2],
      [1, 2],
      undefined,
    ]);
    expect([...dataset.examples.toTypedArray()]).toEqual(
      Array.from({ length: 12 }, (_, i) => [Math.fround(i / 255), 1]).flat(),
    );
    expect(notes).toEqual([]);
  });

  test('takes numbered subfolders for class numbers', async () => {
    for (let i = 0; i < 10; i++) await save(`${i % 2 ? 7 : 3}/${i}.png`, grey(i));
    const { dataset, classNames, notes } = await loadDataset(folder.path);
    expect(classNames).toBeUndefined();
    expect([...dataset.labels!.toTypedArray()]).toEqual([3, 3, 3, 3, 3, 7, 7, 7, 7, 7]);
    expect(dataset.examples.toTypedArray()[2]).toBe(Math.fround(2 / 255));
    expect(notes).toEqual([]);
  });

  test('numbers named subfolders', async () => {
    for (let i = 0; i < 10; i++) await save(`${i % 2 ? 'dog' : 'cat'}/${i}.png`, grey(i));
    const { dataset, classNames, notes } = await loadDataset(folder.path);
    expect([...dataset.labels!.toTypedArray()]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    expect(classNames).toEqual(['cat', 'dog']);
    expect(notes).toEqual([]);
  });

  test('turns colours to grey by their brightness', async () => {
    const { values } = await loadCopies(
      png({ width: 4, height: 1, colourType: 2 }, [0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 51, 51, 51]),
    );
    for (const [i, value] of [0.299, 0.587, 0.114, 0.2].entries()) expect(values[i]).toBeCloseTo(value, 6);
  });

  test('reads 16 bits and 1 bit a pixel', async () => {
    const deep = await loadCopies(png({ width: 2, height: 1, depth: 16 }, [0, 0x00, 0x01, 0x80, 0x00]));
    expect(deep.values[0]).toBeCloseTo(1 / 65535, 9);
    expect(deep.values[1]).toBeCloseTo(32768 / 65535, 6);
    const flat = await loadCopies(png({ width: 3, height: 1, depth: 1 }, [0, 0b101_00000]));
    expect(flat.values).toEqual([1, 0, 1]);
  });

  test('puts white behind dark shapes and black behind light ones', async () => {
    const ink = png({ width: 3, height: 1, colourType: 4 }, [0, 0, 255, 0, 0, 51, 51]);
    const dark = await loadCopies(ink);
    expect(dark.values.map((value) => Number(value.toFixed(6)))).toEqual([0, 1, 0.84]);
    expect(dark.notes).toEqual(['Transparent parts of the images are taken as white.']);
    const chalk = png({ width: 3, height: 1, colourType: 4 }, [0, 255, 255, 255, 0, 255, 51]);
    const light = await loadCopies(chalk);
    expect(light.values.map((value) => Number(value.toFixed(6)))).toEqual([1, 0, 0.2]);
    expect(light.notes).toEqual(['Transparent parts of the images are taken as black.']);
  });

  test('reads interlaced images', async () => {
    // Adam7 on 2 × 2: pass 1 has the first pixel, pass 6 the second, pass 7 the second row.
    const { values } = await loadCopies(
      png({ width: 2, height: 2, interlaced: true }, [0, 0, 0, 51, 0, 102, 255]),
    );
    expect(values).toEqual([0, Math.fround(51 / 255), Math.fround(102 / 255), 1]);
  });

  test('reads what pngjs writes', async () => {
    const picture = new PNG({ width: 3, height: 2 });
    picture.data = Buffer.from(
      Array.from({ length: 24 }, (_, i) => (i % 4 === 3 ? 255 : Math.floor(i / 4) * 40)),
    );
    const { values, dataset } = await loadCopies(PNG.sync.write(picture));
    expect(dataset.imageShape).toEqual([2, 3]);
    for (const [i, value] of values.entries()) expect(value).toBeCloseTo((i * 40) / 255, 6);
  });

  const whole = grey(7);
  const corrupted = Buffer.from(whole);
  // The last byte of the checksum of IDAT, which the 12 bytes of IEND follow.
  corrupted[whole.length - 13]! ^= 0xff;
  const damagedPixels = Buffer.from(whole);
  damagedPixels.fill(0xff, 44, 50);
  const bomb = png({ width: 2, height: 2, interlaced: true }, new Array<number>(1e6).fill(0));

  test.each<[string, Buffer, string]>([
    [
      'cut short in its pixels',
      whole.subarray(0, whole.length - 14),
      'is a PNG image that is cut short: copy or save it again.',
    ],
    [
      'cut short before its end',
      whole.subarray(0, whole.length - 1),
      'is a PNG image that is cut short: copy or save it again.',
    ],
    [
      'cut short in its header',
      whole.subarray(0, 20),
      'is a PNG image that is cut short: copy or save it again.',
    ],
    ['empty', Buffer.alloc(0), 'is empty: give a file with data in it.'],
    [
      'something else',
      Buffer.from('GIF89a'),
      'is not a PNG image, whatever its name says: convert it, or move it away.',
    ],
    [
      'huge',
      png({ width: 5000, height: 2 }, [0]),
      'is 5000 × 2 pixels, but images from 1 × 1 to 4096 × 4096 are read: scale it down.',
    ],
    [
      'without pixels',
      png({ width: 0, height: 2 }, [0]),
      'is 0 × 2 pixels, but images from 1 × 1 to 4096 × 4096 are read: scale it down.',
    ],
    [
      'of an unknown kind',
      png({ width: 2, height: 1, colourType: 5 }, [0, 1, 2]),
      'is a PNG image with corrupt contents (colour type 5 does not exist): copy or save it again.',
    ],
    [
      'a bomb',
      bomb,
      'is a PNG image with corrupt contents (its pixels are damaged, too few or too many): copy or save it again.',
    ],
  ])('an image that is %s is refused', async (_, bytes, message) => {
    for (let i = 1; i < 12; i++) await save(`${i}.png`, png({ width: 2, height: 2 }, [0, 1, 2, 0, 3, 4]));
    const path = await save('0.png', bytes);
    await expect(loadDataset(folder.path)).rejects.toThrow(new UserError(`"${path}" ${message}`));
  });

  const damaged = 'its pixels are damaged, too few or too many';
  test.each<[string, Buffer, string]>([
    ['a wrong checksum', corrupted, 'its structure is damaged'],
    ['damaged pixels', damagedPixels, damaged],
    ['too few pixels', png({ width: 2, height: 1 }, [0, 1]), damaged],
    ['too many pixels', png({ width: 2, height: 1 }, [0, 1, 2, 3]), damaged],
    ['no pixels', png({ width: 2, height: 1 }, []), damaged],
    ['an impossible depth', png({ width: 2, height: 1, depth: 3 }, [0, 0]), 'its structure is damaged'],
  ])('an image with %s is refused', async (_, bytes, reason) => {
    for (let i = 1; i < 12; i++) await save(`${i}.png`, whole);
    const path = await save('0.png', bytes);
    const loading = loadDataset(folder.path);
    await expect(loading).rejects.toThrow(UserError);
    await expect(loading).rejects.toThrow(
      `"${path}" is a PNG image with corrupt contents (${reason}): copy or save it again.`,
    );
  });

  test('whatever happens to its bytes, an image is read or refused in a sentence', () => {
    const valid = [
      png(
        { width: 5, height: 3 },
        Array.from({ length: 18 }, (_, i) => (i % 6 === 0 ? 0 : i)),
      ),
      png(
        { width: 2, height: 2, colourType: 6 },
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 9, 10, 11, 12, 13, 14, 15, 16],
      ),
      png({ width: 2, height: 2, interlaced: true }, [0, 0, 0, 51, 0, 102, 255]),
    ];
    const mutation = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) });
    const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...valid), mutations, fc.nat({ max: 3 }), (bytes, changes, cut) => {
        const changed = bytes.subarray(0, bytes.length - cut * 7).map((byte) => byte);
        for (const { at, byte } of changes) changed[at % changed.length] = byte;
        try {
          const { width, height, luminance } = decodePng(changed, 'x.png');
          expect(luminance.length).toBe(width * height);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  test('images of unequal size are refused, naming two', async () => {
    for (let i = 0; i < 10; i++)
      await save(`${i}.png`, i === 6 ? png({ width: 1, height: 1 }, [0, 9]) : whole);
    await expect(loadDataset(folder.path)).rejects.toThrow(
      new UserError('"0.png" is 2 × 1 pixels but "6.png" is 1 × 1: bring all images to one size.'),
    );
  });

  test('images both beside and inside subfolders are refused', async () => {
    await save('a.png', whole);
    await save('cats/b.png', whole);
    await expect(loadDataset(folder.path)).rejects.toThrow(
      new UserError(
        `"${folder.path}" has PNG images both in itself ("a.png") and in subfolders ("cats"): ` +
          'keep them in subfolders named by class, or all in one folder.',
      ),
    );
  });

  test('too few images are refused', async () => {
    await expect(loadCopies(whole, 3)).rejects.toThrow(
      new UserError(
        `"${folder.path}" holds 3 examples, but at least 10 are needed to train on some and judge by others.`,
      ),
    );
  });
});
