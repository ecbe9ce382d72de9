import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeCheckpoint } from '@reparam/vae';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tinyRun } from '../../../../test/support/tiny-run.ts';
import type { EpochRow } from '../report/contents.ts';
import { openRun, RunFolder } from './run-folder.ts';

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'reparam-run-'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const run = tinyRun();

describe('unused', () => {
  test.each([
    ['digits', 'digits'],
    ['letters.csv', 'letters'],
    ['train-images-idx3-ubyte.gz', 'train-images-idx3-ubyte'],
    ['my faces (2)', 'my-faces-2'],
    ['数字.npy', '数字'],
    ['.csv', 'data'],
    ['!?', 'data'],
  ])('a run on %s goes to the folder %s', (name, folder) => {
    expect(RunFolder.unused(name, base).path).toBe(join(base, folder));
  });

  test('counts on where there are some', async () => {
    for (const name of ['digits', 'digits-2']) await mkdir(join(base, 'runs', name), { recursive: true });
    expect(RunFolder.unused('digits', join(base, 'runs')).path).toBe(join(base, 'runs', 'digits-3'));
  });
});

describe('requireFree', () => {
  const refusal = (folder: string, data?: string): Promise<string> =>
    new RunFolder(folder).requireFree(data).then(
      () => '',
      (error: Error) => error.message,
    );

  test('takes a new folder, an empty one, and one with other files', async () => {
    await mkdir(join(base, 'empty'));
    await mkdir(join(base, 'notes'));
    await writeFile(join(base, 'notes', 'notes.txt'), '');
    for (const name of ['new', 'new/deeper/still', 'empty', 'notes']) {
      expect(await refusal(join(base, name))).toBe('');
    }
    expect(await readdir(base)).toEqual(['empty', 'notes']);
  });

  test('refuses a run, and files that a run would overwrite', async () => {
    await writeFile(join(base, 'report.html'), 'precious');
    expect(await refusal(base)).toBe(
      `"${base}" already holds a report.html, which would be overwritten: choose another folder with --out.`,
    );
    await writeFile(join(base, 'checkpoint.safetensors'), '');
    expect(await refusal(base)).toBe(
      `"${base}" already holds a run: go on with it by --resume, or choose another folder with --out.`,
    );
  });

  test('refuses a file, also as a part of the path', async () => {
    const file = join(base, 'file');
    await writeFile(file, '');
    const message = `"${file}" is a file, not a folder: choose another folder with --out.`;
    expect(await refusal(file)).toBe(message);
    expect(await refusal(join(file, 'run'))).toBe(message);
  });

  test('refuses the folder of the data, and to become one of its classes', async () => {
    for (const name of ['images', 'images/run']) {
      expect(await refusal(join(base, name), join(base, 'images'))).toContain('lie among the data');
    }
    expect(await refusal(join(base, 'images/runs/1'), join(base, 'images'))).toBe('');
    expect(await refusal(join(base, 'images-run'), join(base, 'images'))).toBe('');
  });

  test.skipIf(process.getuid?.() === 0)('refuses what may not be written to', async () => {
    await chmod(base, 0o555);
    expect(await refusal(join(base, 'run'))).toContain('Nothing may be written to');
    await chmod(base, 0o755);
  });
});

describe('create and discardIfEmpty', () => {
  test('leave nothing behind but what was saved', async () => {
    const folder = new RunFolder(join(base, 'run'));
    await folder.create();
    await folder.discardIfEmpty();
    expect(await readdir(base)).toEqual([]);
    await folder.create();
    await folder.save(run);
    await folder.discardIfEmpty();
    expect(await readdir(folder.path)).toEqual(['checkpoint.safetensors']);
  });
});

describe('saved runs', () => {
  test('open by their folder or their file, as they were', async () => {
    const folder = new RunFolder(base);
    await folder.save(run);
    for (const path of [base, join(base, 'checkpoint.safetensors')]) {
      const opened = await openRun(path);
      expect(opened.folder.path).toBe(base);
      expect(encodeCheckpoint(opened.run)).toEqual(encodeCheckpoint(run));
    }
  });

  test('that are none say so', async () => {
    await expect(openRun(join(base, 'nothing'))).rejects.toThrow(
      `There is no checkpoint "${join(base, 'nothing')}"; train a model first`,
    );
    await expect(openRun(base)).rejects.toThrow('There is no checkpoint');
    const other = join(base, 'other.npy');
    await writeFile(other, new Uint8Array(100).fill(7));
    await expect(openRun(other)).rejects.toThrow(`"${other}" is no sound checkpoint of reparam (`);
    await mkdir(join(base, 'checkpoint.safetensors'));
    await expect(openRun(base)).rejects.toThrow('cannot be opened (EISDIR)');
  });

  test('that are cut short say so', async () => {
    const path = join(base, 'checkpoint.safetensors');
    const bytes = encodeCheckpoint(run);
    await writeFile(path, bytes.subarray(0, bytes.length - 3));
    await expect(openRun(base)).rejects.toThrow(`"${path}" is no sound checkpoint of reparam (`);
  });
});

describe('metrics', () => {
  const row = (epoch: number): EpochRow => ({
    epoch,
    step: 10 * epoch,
    trainElbo: -3,
    trainReconstruction: -2,
    trainKl: 1,
    heldOutElbo: -3,
    heldOutReconstruction: -2,
    heldOutKl: 1,
    beta: 1,
    activeUnits: 1,
    seconds: epoch,
  });

  test('are read back up to the step of the checkpoint', async () => {
    const folder = new RunFolder(base);
    expect(await folder.readMetrics(100)).toEqual([]);
    await folder.writeMetrics([1, 2, 3].map(row));
    expect(await folder.readMetrics(20)).toEqual([row(1), row(2)]);
    expect(await folder.readMetrics(19)).toEqual([row(1)]);
  });
});
