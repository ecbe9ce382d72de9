import { join } from 'node:path';
import { RandomKey } from '@reparam/tensor';
import { Mixture, type Vae } from '@reparam/vae';
import { UserError } from '../files/user-error.ts';
import { encodeImageGrid } from '../pictures/image-grid.ts';
import { formatCount } from '../terminal/format.ts';
import { generateThrough } from './generate.ts';
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
  const most = Math.floor(maximumValues / widestLayer(run.model));
  if (count > most) {
    throw new UserError(
      `--count ${count} is more than fit at once, which are ${most} of this model: draw several times, with other seeds.`,
    );
  }
  const second = await folder.loadSecondStage(run);
  const samples = generateThrough(run, second, count, RandomKey.fromSeed(seed));
  const target = out ?? join(folder.path, `samples-seed-${seed}.png`);
  const columns = Math.ceil(Math.sqrt(count));
  await writeExamples(target, samples, () => encodeImageGrid(samples, imageShape ?? undefined, { columns }));
  const through = second === undefined ? '' : ', drawn through both stages';
  console.log(`${formatCount(count, 'sample')} in ${target}${through}`);
}

/** Of a mixture every component is drawn, of which one is taken. */
function widestLayer({ settings: { features, latent, hidden }, prior }: Vae): number {
  const distribution = prior.forward();
  const components = distribution instanceof Mixture ? distribution.logits.size : 1;
  return Math.max(features, components * latent, ...hidden);
}
