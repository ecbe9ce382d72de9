import { basename, resolve } from 'node:path';
import { ReparamError } from '@reparam/tensor';
import { requireFinite } from '@reparam/vae';
import { UserError } from '../files/user-error.ts';
import { type DataFormat, detectFormat } from './detect-format.ts';
import { withoutOperation } from './explain-format.ts';
import { loadNpy } from './load-array.ts';
import { loadCsv } from './load-csv.ts';
import { loadFolder } from './load-folder.ts';
import { loadIdx } from './load-idx.ts';
import type { DataFile, LoadedDataset } from './loaded.ts';
import { readDataFile, statOrExplain } from './read-data-file.ts';

/** Fewer cannot be split into examples to train on and examples to judge by. */
const trainableExamples = 10;

const loaders: Readonly<Record<DataFormat, (file: DataFile) => LoadedDataset | Promise<LoadedDataset>>> = {
  idx: loadIdx,
  npy: loadNpy,
  csv: loadCsv,
  png: ({ path }) => {
    throw new UserError(
      `"${path}" is one image, but a model learns from many: give the folder that holds them.`,
    );
  },
};

/**
 * Reads examples to learn from: an IDX file (plain or gzip, with the labels beside it), a .npy array, a .csv
 * table, or a folder with an IDX pair or PNG images. What the file is, its first bytes tell, then its ending.
 * @param minimum the fewest examples that will do.
 * @returns float32 examples [count ≥ minimum, features], all finite, and notes on what they were taken for.
 * @throws UserError with one sentence on what is wrong and the way out.
 */
export async function loadDataset(path: string, minimum = trainableExamples): Promise<LoadedDataset> {
  const name = basename(resolve(path));
  const isFolder = (await statOrExplain(path)).isDirectory();
  const loaded = isFolder ? await loadFolder(path, name) : await loadFile(path, name);
  const count = loaded.dataset.examples.shape[0]!;
  if (count < minimum) {
    throw new UserError(
      `"${path}" holds ${count} ${count === 1 ? 'example' : 'examples'}, but at least ${minimum} are needed ` +
        'to train on some and judge by others.',
    );
  }
  try {
    requireFinite(loaded.dataset);
  } catch (error) {
    throw error instanceof ReparamError ? new UserError(withoutOperation(error), { cause: error }) : error;
  }
  return loaded;
}

async function loadFile(path: string, name: string): Promise<LoadedDataset> {
  const bytes = await readDataFile(path);
  return loaders[detectFormat(bytes, path)]({ path, name, bytes });
}
