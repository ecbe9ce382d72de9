import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../files/user-error.ts';
import { compareNames } from './class-numbers.ts';
import { imagesFileName, loadIdx } from './load-idx.ts';
import { loadPngs, type PngFile } from './load-png-folder.ts';
import type { LoadedDataset } from './loaded.ts';
import { readDataFile } from './read-data-file.ts';

/**
 * A folder with an IDX pair (that of the training examples, where there are several), or with PNG images, either
 * directly or in one subfolder for each class.
 * @throws UserError when it holds neither, with what would do.
 */
export async function loadFolder(path: string, name: string): Promise<LoadedDataset> {
  const { files, folders } = await list(path);
  const images = files.filter((file) => imagesFileName.test(file));
  const chosen = images.find((file) => file.startsWith('train')) ?? images[0];
  if (chosen !== undefined) return loadPair(path, name, chosen, images);
  const direct = pngsAmong(files).map((file): PngFile => ({ path: join(path, file) }));
  const sorted = await pngsOfClasses(path, folders);
  if (direct.length > 0 && sorted.length > 0) {
    throw new UserError(
      `"${path}" has PNG images both in itself ("${basename(direct[0]!.path)}") and in subfolders ` +
        `("${sorted[0]!.className}"): keep them in subfolders named by class, or all in one folder.`,
    );
  }
  if (direct.length + sorted.length > 0) return loadPngs(name, [...direct, ...sorted]);
  const table = files.find((file) => /\.(npy|csv|tsv)(\.gz)?$/i.test(file));
  throw new UserError(
    `The folder "${path}" holds no PNG images and no IDX images: ` +
      (table === undefined
        ? 'give a folder with PNG images (in subfolders named by class, if you like) or with an IDX pair such as ' +
          'train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz.'
        : `to use "${table}" in it, give the path of that file.`),
  );
}

async function loadPair(
  path: string,
  name: string,
  chosen: string,
  images: readonly string[],
): Promise<LoadedDataset> {
  const chosenPath = join(path, chosen);
  const { dataset, notes } = await loadIdx({ path: chosenPath, name, bytes: await readDataFile(chosenPath) });
  const others = images.filter((file) => file !== chosen);
  if (others.length === 0) return { dataset, notes };
  return { dataset, notes: [`"${chosen}" was read, "${others.join('", "')}" was left alone.`, ...notes] };
}

async function pngsOfClasses(path: string, folders: readonly string[]): Promise<PngFile[]> {
  const found: PngFile[] = [];
  for (const className of folders) {
    const { files } = await list(join(path, className));
    for (const file of pngsAmong(files)) found.push({ path: join(path, className, file), className });
  }
  return found;
}

function pngsAmong(files: readonly string[]): readonly string[] {
  return files.filter((file) => /\.png$/i.test(file));
}

/** Names in a fixed order, hidden ones left out; links count as what they point to. */
async function list(path: string): Promise<{ files: string[]; folders: string[] }> {
  const files: string[] = [];
  const folders: string[] = [];
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const target = entry.isSymbolicLink() ? await stat(join(path, entry.name)).catch(() => undefined) : entry;
    if (target?.isFile()) files.push(entry.name);
    else if (target?.isDirectory()) folders.push(entry.name);
  }
  return { files: files.sort(compareNames), folders: folders.sort(compareNames) };
}
