import { join } from 'node:path';
import { RandomKey } from '@reparam/tensor';
import { UserError } from '../files/user-error.ts';
import { encodeImageGrid } from '../pictures/image-grid.ts';
import { formatCount } from '../terminal/format.ts';
import { requireOutputName, writeExamples } from './output-file.ts';
import { openRun } from './run-folder.ts';
import { sourceOf } from './source.ts';

export interface SampleOptions {
  readonly count: number;
  readonly seed: number;
  readonly out?: string;
}

/** The widest layer times the count: 256 MiB of float32. */
const maximumValues = 2 ** 26;

/** Draws z from the prior and writes the expected x: a picture, or the numbers when the name ends in .npy. */
export async function sampleCommand(path: string, { count, seed, out }: SampleOptions): Promise<void> {
  if (out !== undefined) requireOutputName(out);
  const { run, folder } = await openRun(path);
  const { imageShape } = sourceOf(run, path);
  const { features, latent, hidden } = run.model.settings;
  const most = Math.floor(maximumValues / Math.max(features, latent, ...hidden));
  if (count > most) {
    throw new UserError(
      `--count ${count} is more than fit at once, which are ${most} of this model: draw several times, with other seeds.`,
    );
  }
  const samples = run.model.generate(count, RandomKey.fromSeed(seed));
  const target = out ?? join(folder.path, `samples-seed-${seed}.png`);
  const columns = Math.ceil(Math.sqrt(count));
  await writeExamples(target, samples, () => encodeImageGrid(samples, imageShape ?? undefined, { columns }));
  console.log(`${formatCount(count, 'sample')} in ${target}`);
}
