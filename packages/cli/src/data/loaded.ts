import { fromTypedArray } from '@reparam/tensor';
import type { Dataset } from '@reparam/vae';

/** Data as a loader hands them on, with remarks on what it took them for, each one sentence for the person. */
export interface LoadedDataset {
  readonly dataset: Dataset;
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
  readonly labels?: Int32Array<ArrayBuffer> | undefined;
  readonly imageShape?: readonly [height: number, width: number] | undefined;
}

export function toDataset({ name, values, features, labels, imageShape }: Rows): Dataset {
  return {
    name,
    examples: fromTypedArray(values, [values.length / features, features]),
    ...(labels && { labels: fromTypedArray(labels) }),
    ...(imageShape && { imageShape }),
  };
}
