import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { RandomKey } from '@reparam/tensor';
import { type Dataset, generateDigits, splitDataset, type TrainingRun } from '@reparam/vae';
import { z } from 'zod';
import { loadDataset } from '../data/load-dataset.ts';
import type { LoadedDataset } from '../data/loaded.ts';
import { UserError } from '../files/user-error.ts';

const annotation = 'source';

const schema = z.object({
  /** A file or folder, or null for the built-in digits. */
  data: z.string().nullable(),
  digits: z.number().int().positive(),
  heldOut: z.number().gt(0).lt(1),
  name: z.string(),
  imageShape: z.tuple([z.number().int().positive(), z.number().int().positive()]).nullable(),
  /** SHA-256 of the examples, to notice that data changed under a run. */
  fingerprint: z.string(),
});

/** Where a run's data came from; kept in its checkpoint. */
export type Source = z.infer<typeof schema>;

export interface OpenedData {
  readonly source: Source;
  readonly dataset: Dataset;
  readonly train: Dataset;
  readonly heldOut: Dataset;
  /** What the labels stand for, where the data names its classes. */
  readonly classNames?: readonly string[] | undefined;
  readonly notes: readonly string[];
}

/** Seeds of the built-in digits and of the split: fixed, so that runs with other seeds are about the same data. */
const digitsSeed = 1;
const splitSeed = 1;

export async function openData(
  request: Pick<Source, 'digits' | 'heldOut'> & { data: string | null },
): Promise<OpenedData> {
  const { dataset, notes, classNames }: LoadedDataset =
    request.data === null
      ? { dataset: generateDigits({ count: request.digits, seed: digitsSeed }), notes: [] }
      : await loadDataset(request.data);
  const { name, examples, imageShape } = dataset;
  const values = examples.toTypedArray();
  return {
    dataset,
    notes,
    classNames,
    ...splitDataset(dataset, request.heldOut, RandomKey.fromSeed(splitSeed)),
    source: {
      data: request.data === null ? null : resolve(request.data),
      digits: request.digits,
      heldOut: request.heldOut,
      name,
      imageShape: imageShape ? [imageShape[0], imageShape[1]] : null,
      fingerprint: createHash('sha256')
        .update(JSON.stringify(examples.shape))
        .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
        .digest('hex'),
    },
  };
}

export function annotate(source: Source): Record<string, string> {
  return { [annotation]: JSON.stringify(source) };
}

/** @throws UserError when the checkpoint was not written by this command. */
export function sourceOf(run: TrainingRun, path: string): Source {
  try {
    return schema.parse(JSON.parse(run.annotations[annotation] ?? ''));
  } catch {
    throw new UserError(
      `"${path}" does not say what data it was trained on: it was not written by reparam train.`,
    );
  }
}

/**
 * The very data a run was trained on.
 * @param moved where it lies now, when that is another place than then.
 * @throws UserError when it is gone, or has changed since.
 */
export async function reopenData(source: Source, moved?: string): Promise<OpenedData> {
  const data = moved ?? source.data;
  if (moved === undefined && data !== null && !existsSync(data)) {
    throw new UserError(
      `The data that this run was trained on, "${data}", is no longer there: put it back, or tell its new place ` +
        'with --data.',
    );
  }
  const opened = await openData({ ...source, data });
  if (opened.source.fingerprint !== source.fingerprint) {
    throw new UserError(
      moved === undefined
        ? `"${data ?? source.name}" is not the data that this run was trained on: it has changed since; put the old ` +
            'data back, or start a new run without --resume.'
        : `"${moved}" is not the data that this run was trained on, which was "${source.data ?? source.name}": a ` +
            'resumed run keeps its data; leave --data out, or start a new run without --resume.',
    );
  }
  return opened;
}
