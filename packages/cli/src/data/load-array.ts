import { decodeNpy, formatShape, type Tensor } from '@reparam/tensor';
import { UserError } from '../files/user-error.ts';
import { explainFormat } from './explain-format.ts';
import { interpretValues } from './interpret-values.ts';
import { type DataFile, type LoadedDataset, toDataset } from './loaded.ts';

/** A NumPy array of [count, features], [count, height, width], or the latter with one colour channel. */
export async function loadNpy(file: DataFile): Promise<LoadedDataset> {
  return loadArray(file, await explainFormat(file.path, () => decodeNpy(file.bytes)));
}

/** @throws UserError when the axes are not those of examples. */
export function loadArray({ path, name }: DataFile, array: Tensor): LoadedDataset {
  const { count, imageShape, features } = readAxes(path, array.shape);
  if (count === 0 || features === 0) {
    throw new UserError(
      `"${path}" holds an empty array of shape ${formatShape(array.shape)}: give one with data in it.`,
    );
  }
  const values = new Float32Array(array.toTypedArray());
  const notes: string[] = [];
  const interpretation = { imageShape, wholeNumberType: array.dtype === 'int32' };
  const shape = interpretValues(values, features, interpretation, notes);
  return { ...toDataset({ name, values, features, imageShape: shape }), notes };
}

interface Axes {
  readonly count: number;
  readonly features: number;
  readonly imageShape?: readonly [height: number, width: number];
}

function readAxes(path: string, shape: readonly number[]): Axes {
  const [count, ...rest] = shape;
  // Grey images of other tools often carry an axis of one channel, first or last.
  const oneChannelFirst = rest.length === 3 && rest[0] === 1;
  const oneChannelLast = rest.length === 3 && rest[2] === 1;
  const axes = oneChannelFirst ? rest.slice(1) : oneChannelLast ? rest.slice(0, 2) : rest;
  const [first, second] = axes;
  if (count !== undefined && first !== undefined && axes.length <= 2) {
    if (second === undefined) return { count, features: first };
    return { count, features: first * second, imageShape: [first, second] };
  }
  const reason =
    rest.length === 3
      ? 'colour images are not read, convert them to grey'
      : shape.length === 1
        ? 'these may be labels, give the examples'
        : 'reshape it';
  throw new UserError(
    `"${path}" holds an array of shape ${formatShape(shape)}, but examples are [count, features] or ` +
      `[count, height, width]: ${reason}.`,
  );
}
