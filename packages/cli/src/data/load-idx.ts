import { access } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { decodeIdx, decodeIdxImages, decodeIdxLabels } from '@reparam/vae';
import { UserError } from '../files/user-error.ts';
import { explainFormat } from './explain-format.ts';
import { loadArray } from './load-array.ts';
import type { DataFile, LoadedDataset } from './loaded.ts';
import { readDataFile } from './read-data-file.ts';

/** The usual names of the files of images: `train-images-idx3-ubyte.gz`, `t10k-images.idx3-ubyte` … */
export const imagesFileName = /images.*idx3/i;

/** An IDX array of examples; with the class labels of the file beside it that carries the matching name. */
export async function loadIdx(file: DataFile): Promise<LoadedDataset> {
  const { dataset, notes } = await explainFormat(file.path, () => decodeExamples(file));
  const labelsPath = await findLabels(file.path);
  if (labelsPath === undefined) return { dataset, notes };
  const labelsBytes = await readDataFile(labelsPath);
  const labels = await explainFormat(labelsPath, () => decodeIdxLabels(labelsBytes));
  const count = dataset.examples.shape[0]!;
  if (labels.size !== count) {
    throw new UserError(
      `"${file.path}" has ${count} images but "${labelsPath}" has ${labels.size} labels: ` +
        'they do not belong together; move one of them away, or get both anew.',
    );
  }
  return { dataset: { ...dataset, labels }, notes };
}

function decodeExamples(file: DataFile): LoadedDataset {
  const { bytes, name } = file;
  const greyImages = bytes[2] === 0x08 && bytes[3] === 3;
  if (!greyImages) return loadArray(file, decodeIdx(bytes));
  return { dataset: { name, ...decodeIdxImages(bytes) }, notes: [] };
}

async function findLabels(imagesPath: string): Promise<string | undefined> {
  const name = basename(imagesPath);
  if (!imagesFileName.test(name)) return undefined;
  const expected = name.replace(/images/i, 'labels').replace(/idx3/i, 'idx1');
  const plain = expected.replace(/\.gz$/i, '');
  for (const candidate of new Set([expected, plain, `${plain}.gz`])) {
    const path = join(dirname(imagesPath), candidate);
    if (await exists(path)) return path;
  }
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
