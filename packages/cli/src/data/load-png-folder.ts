import { basename } from 'node:path';
import { UserError } from '../files/user-error.ts';
import { classNumbers } from './class-numbers.ts';
import { decodePng, type GreyImage, readPngHeader } from './decode-png.ts';
import { type LoadedDataset, toDataset } from './loaded.ts';
import { readDataFile } from './read-data-file.ts';

/** 2 GiB of pixels as float32. */
const maximumValues = 2 ** 29;

export interface PngFile {
  readonly path: string;
  /** The subfolder that the image lies in; undefined when it lies in the folder itself. */
  readonly className?: string | undefined;
}

/**
 * Grey images of one size, 0 black to 1 white. Subfolders, where there are any, name the classes. Transparent parts
 * get a background that sets the rest off: white behind dark images, black behind light ones.
 * @throws UserError when the sizes differ, a file is no sound PNG, or all images together are too large.
 */
export async function loadPngs(name: string, files: readonly PngFile[]): Promise<LoadedDataset> {
  const [first] = files;
  if (first === undefined)
    throw new UserError(`"${name}" holds no PNG image: give a folder with some in it.`);
  const { width, height } = readPngHeader(await readDataFile(first.path), first.path);
  const features = width * height;
  if (files.length * features > maximumValues) {
    throw new UserError(
      `The ${files.length} images of ${width} × ${height} pixels in "${name}" need more than 2 GiB: ` +
        'scale them down, or use fewer.',
    );
  }
  const values = new Float32Array(files.length * features);
  let clearness: Float32Array | undefined;
  for (const [index, file] of files.entries()) {
    const image = decodePng(await readDataFile(file.path), file.path);
    if (image.width !== width || image.height !== height)
      throw sizesDiffer(first, { width, height }, file, image);
    values.set(image.luminance, index * features);
    if (image.clearness === undefined) continue;
    clearness ??= new Float32Array(values.length);
    clearness.set(image.clearness, index * features);
  }
  const notes: string[] = [];
  if (clearness !== undefined) paintBackground(values, clearness, notes);
  const names = files.map(({ className }) => className).filter((label) => label !== undefined);
  const classes = names.length > 0 ? classNumbers(names) : undefined;
  return { ...toDataset({ name, values, features, classes, imageShape: [height, width] }), notes };
}

function paintBackground(values: Float32Array, clearness: Float32Array, notes: string[]): void {
  let light = 0;
  let opaque = 0;
  for (let i = 0; i < values.length; i++) {
    light += values[i]!;
    opaque += 1 - clearness[i]!;
  }
  const background = light > opaque / 2 ? 0 : 1;
  if (background === 1) {
    for (let i = 0; i < values.length; i++) values[i]! += clearness[i]!;
  }
  notes.push(`Transparent parts of the images are taken as ${background === 1 ? 'white' : 'black'}.`);
}

function sizesDiffer(
  first: PngFile,
  size: { readonly width: number; readonly height: number },
  file: PngFile,
  image: GreyImage,
): UserError {
  return new UserError(
    `"${basename(first.path)}" is ${size.width} × ${size.height} pixels but "${basename(file.path)}" is ` +
      `${image.width} × ${image.height}: bring all images to one size.`,
  );
}
