import { join } from 'node:path';
import { type Dataset, evaluateRun, requireTrainable } from '@reparam/vae';
import { loadDataset } from '../data/load-dataset.ts';
import { UserError } from '../files/user-error.ts';
import { encodeReconstructionGrid } from '../pictures/image-grid.ts';
import { formatCount } from '../terminal/format.ts';
import { describeImages } from './describe.ts';
import { requireOutputName, writeExamples } from './output-file.ts';
import { firstRows } from './results.ts';
import { openRun } from './run-folder.ts';
import { reopenData, type Source, sourceOf } from './source.ts';

export interface ReconstructOptions {
  readonly data?: string;
  readonly count: number;
  readonly out?: string;
}

/** Sends examples through the encoder and back: pairs in a picture, or the numbers when the name ends in .npy. */
export async function reconstructCommand(
  path: string,
  { data, count, out }: ReconstructOptions,
): Promise<void> {
  if (out !== undefined) requireOutputName(out);
  const { run, folder } = await openRun(path);
  const source = sourceOf(run, path);
  const { features } = run.model.settings;
  const dataset =
    data === undefined ? (await reopenData(source)).heldOut : await loadFitting(data, path, features, source);
  requireTrainable(run, dataset);
  const originals = firstRows(dataset.examples, count);
  const reconstructions = run.model.reconstruct(originals);
  const target = out ?? join(folder.path, 'reconstructions-of-data.png');
  await writeExamples(target, reconstructions, () =>
    encodeReconstructionGrid(originals, reconstructions, dataset.imageShape),
  );
  const { elbo, reconstruction, kl } = evaluateRun(run, dataset);
  const [shown, all] = [originals.shape[0]!, dataset.examples.shape[0]!];
  console.log(
    `${formatCount(shown, 'original')} and what the model makes of them in ${target}; over ` +
      `${all === shown ? 'them' : `all ${all} examples`} the ELBO is ${elbo.toFixed(2)} nats ` +
      `(reconstruction ${reconstruction.toFixed(2)}, KL ${kl.toFixed(2)}).`,
  );
}

async function loadFitting(
  data: string,
  run: string,
  features: number,
  { name, imageShape }: Source,
): Promise<Dataset> {
  const { dataset } = await loadDataset(data, 1);
  if (dataset.examples.shape[1] !== features) {
    throw new UserError(
      `"${data}" has ${dataset.examples.shape[1]} features an example, but the model in "${run}" was trained on ` +
        `${features} (${name}).`,
    );
  }
  if (imageShape && dataset.imageShape && imageShape.join() !== dataset.imageShape.join()) {
    throw new UserError(
      `"${data}" has ${describeImages(dataset.imageShape)}, but the model in "${run}" was trained on ` +
        `${describeImages(imageShape)} (${name}).`,
    );
  }
  // Rows of a table may be the images of a run.
  return imageShape && !dataset.imageShape ? { ...dataset, imageShape } : dataset;
}
