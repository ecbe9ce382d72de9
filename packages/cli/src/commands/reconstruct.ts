import { join } from 'node:path';
import { encodeNpy } from '@reparam/tensor';
import { evaluateRun } from '@reparam/vae';
import { loadDataset } from '../data/load-dataset.ts';
import { UserError } from '../files/user-error.ts';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import { encodeReconstructionGrid } from '../pictures/image-grid.ts';
import { firstRows } from './results.ts';
import { openRun } from './run-folder.ts';
import { reopenData, sourceOf } from './source.ts';

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
  const { run, folder } = await openRun(path);
  const source = sourceOf(run, path);
  const dataset = data === undefined ? (await reopenData(source)).heldOut : (await loadDataset(data)).dataset;
  const { features } = run.model.settings;
  if (dataset.examples.shape[1] !== features) {
    throw new UserError(
      `"${data}" has ${dataset.examples.shape[1]} features an example, but the model in "${path}" was trained on ` +
        `${features} (${source.name}).`,
    );
  }
  const originals = firstRows(dataset.examples, count);
  const reconstructions = run.model.reconstruct(originals);
  const target = out ?? join(folder?.path ?? '.', 'reconstructions-of-data.png');
  const contents = target.endsWith('.npy')
    ? encodeNpy(reconstructions)
    : encodeReconstructionGrid(originals, reconstructions, dataset.imageShape);
  await writeFileAtomically(target, contents);
  const { elbo, reconstruction, kl } = evaluateRun(run, dataset);
  console.log(
    `${originals.shape[0]} originals above their reconstructions in ${target}; over all ${dataset.examples.shape[0]} ` +
      `examples the ELBO is ${elbo.toFixed(2)} nats (reconstruction ${reconstruction.toFixed(2)}, KL ${kl.toFixed(2)}).`,
  );
}
