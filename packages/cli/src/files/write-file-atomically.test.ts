import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from './user-error.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reparam-write-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('writeFileAtomically', () => {
  test('writes text and bytes, and leaves nothing else behind', async () => {
    await writeFileAtomically(join(folder, 'a.txt'), 'grüße');
    await writeFileAtomically(join(folder, 'b.bin'), new Uint8Array([0, 255, 10]));
    expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('grüße');
    expect([...(await readFile(join(folder, 'b.bin')))]).toEqual([0, 255, 10]);
    expect((await readdir(folder)).sort()).toEqual(['a.txt', 'b.bin']);
  });

  test('replaces the old contents whole', async () => {
    const path = join(folder, 'metrics.csv');
    await writeFile(path, 'a much longer text than the new one');
    await writeFileAtomically(path, 'new');
    expect(await readFile(path, 'utf8')).toBe('new');
  });

  test('concurrent writers leave one of the texts whole', async () => {
    const path = join(folder, 'shared');
    const texts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(100_000));
    await Promise.all(texts.map((text) => writeFileAtomically(path, text)));
    expect(texts).toContain(await readFile(path, 'utf8'));
    expect(await readdir(folder)).toEqual(['shared']);
  });

  test('cleans up and says why when the target is a folder', async () => {
    const path = join(folder, 'taken');
    await mkdir(path);
    await expect(writeFileAtomically(path, 'x')).rejects.toThrow(
      new UserError(`Cannot write "${path}": a folder of that name is in the way; choose another name.`),
    );
    expect(await readdir(folder)).toEqual(['taken']);
  });

  test('says that the folder is missing', async () => {
    const path = join(folder, 'no', 'file');
    await expect(writeFileAtomically(path, 'x')).rejects.toThrow(
      new UserError(`Cannot write "${path}": its folder does not exist; create it first.`),
    );
  });
});
