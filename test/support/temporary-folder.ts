import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** A folder of its own for each test of the file, taken away after it. */
export interface TemporaryFolder {
  /** Known once a test runs. */
  readonly path: string;
  /** Writes a file, in subfolders when its name has them. @returns its whole path. */
  save(name: string, contents: Uint8Array | string): Promise<string>;
}

export function useTemporaryFolder(): TemporaryFolder {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reparam-test-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  return {
    get path() {
      return folder;
    },
    save: async (name, contents) => {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, contents);
      return path;
    },
  };
}
