import { fromTypedArray } from '@reparam/tensor';
import type { Dataset } from '@reparam/vae';
import type { Classes } from './class-numbers.ts';

/** Data as a loader hands them on, with remarks on what it took them for, each one sentence for the person. */
export interface LoadedDataset {
  readonly dataset: Dataset;
  /** What the labels stand for, where the data names its classes: label `i` is `classNames[i]`. */
  readonly classNames?: readonly string[];
  readonly notes: string[];
}

/** The contents of a file that a loader decodes. */
export interface DataFile {
  /** As the person gave it, for messages. */
  readonly path: string;
  /** What the data set is called. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Rows of numbers before they are wrapped as tensors. */
interface Rows {
  readonly name: string;
  /** Row-major, count · features. */
  readonly values: Float32Array<ArrayBuffer>;
  readonly features: number;
  readonly classes?: Classes | undefined;
  readonly imageShape?: readonly [height: number, width: number] | undefined;
}

export function toDataset({
  name,
  values,
  features,
  classes,
  imageShape,
}: Rows): Omit<LoadedDataset, 'notes'> {
  const dataset = {
    name,
    examples: fromTypedArray(values, [values.length / features, features]),
    ...(classes && { labels: fromTypedArray(classes.labels) }),
    ...(imageShape && { imageShape }),
  };
  return { dataset, ...(classes?.names && { classNames: classes.names }) };
}
