import { join } from 'node:path';
import { evaluateRun, withSettledParameters } from '@reparam/vae';
import { firstRows } from '../data/first-rows.ts';
import { encodeReconstructionGrid } from '../pictures/image-grid.ts';
import { formatCount } from '../terminal/format.ts';
import { loadFitting } from './fitting-data.ts';
import { requireOutputName, writeExamples } from './output-file.ts';
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
  if (out !== undefined) requireOutputName(out);
  const { run, folder } = await openRun(path);
  const source = sourceOf(run, path);
  const dataset =
    data === undefined ? (await reopenData(source)).heldOut : await loadFitting(data, path, run);
  const originals = firstRows(dataset.examples, count);
  const reconstructions = withSettledParameters(run, () => run.model.reconstruct(originals));
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
