import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { decodeCheckpoint, encodeCheckpoint, generateDigits } from '@reparam/vae';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tinyRun } from '../../../../test/support/tiny-run.ts';
import { annotate, openData, reopenData, type Source, sourceOf } from './source.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reparam-source-'));
  path = join(folder, 'table.csv');
  await writeFile(path, table(1));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Twenty rows that count up from `first`, in two classes. */
function table(first: number): string {
  const rows = Array.from({ length: 20 }, (_, i) => `${i % 2 ? 'odd' : 'even'},${first + i},0.5`);
  return ['label,a,b', ...rows].join('\n');
}

const request = { digits: 30, heldOut: 0.25 };

describe('openData', () => {
  test('parts the examples and says where they came from', async () => {
    const { source, train, heldOut, classNames } = await openData({ ...request, data: path });
    expect([train.examples.shape, heldOut.examples.shape]).toEqual([
      [15, 2],
      [5, 2],
    ]);
    const all = [train, heldOut].flatMap(({ examples }) =>
      (examples.toArray() as number[][]).map(([a]) => a!),
    );
    expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(classNames).toEqual(['even', 'odd']);
    expect(source).toMatchObject({ data: resolve(path), name: 'table.csv', imageShape: null });
    expect(source.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  test('draws the built-in digits, the same at every seed of a run', async () => {
    const { source, dataset } = await openData({ ...request, data: null });
    expect(source).toMatchObject({ data: null, digits: 30, name: 'digits', imageShape: [28, 28] });
    expect(dataset.examples.toTypedArray()).toEqual(
      generateDigits({ count: 30, seed: 1 }).examples.toTypedArray(),
    );
  });
});

describe('reopenData', () => {
  let source: Source;
  beforeEach(async () => {
    source = (await openData({ ...request, data: path })).source;
  });

  test('parts the same data in the same way', async () => {
    const first = await openData({ ...request, data: path });
    const again = await reopenData(source);
    expect(again.heldOut.examples.toArray()).toEqual(first.heldOut.examples.toArray());
    expect(again.source).toEqual(source);
  });

  test('notices that the data changed', async () => {
    await writeFile(path, table(2));
    await expect(reopenData(source)).rejects.toThrow('it has changed since');
  });

  test('finds data that moved, and only that', async () => {
    const place = join(folder, 'elsewhere.csv');
    await rename(path, place);
    await expect(reopenData(source)).rejects.toThrow(`"${resolve(path)}", is no longer there: put it back`);
    expect((await reopenData(source, place)).source).toEqual({
      ...source,
      data: resolve(place),
      name: 'elsewhere.csv',
    });
    await writeFile(place, table(2));
    await expect(reopenData(source, place)).rejects.toThrow(
      `"${place}" is not the data that this run was trained on, which was "${resolve(path)}"`,
    );
  });
});

describe('sourceOf', () => {
  test('reads from a checkpoint what was written into it', async () => {
    const { source } = await openData({ ...request, data: path });
    const run = decodeCheckpoint(encodeCheckpoint(tinyRun({}, {}, annotate(source))));
    expect(sourceOf(run, 'run')).toEqual(source);
  });

  test.each([undefined, { source: '{' }, { source: '{"data":7}' }])('refuses %j', (annotations) => {
    expect(() => sourceOf(tinyRun({}, {}, annotations), 'run')).toThrow(
      '"run" does not say what data it was trained on: it was not written by reparam train.',
    );
  });
});
