import { join } from 'node:path';
import { encodeNpy, RandomKey } from '@reparam/tensor';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import { encodeImageGrid } from '../pictures/image-grid.ts';
import { openRun } from './run-folder.ts';
import { sourceOf } from './source.ts';

export interface SampleOptions {
  readonly count: number;
  readonly seed: number;
  readonly out?: string;
}

/** Draws z from the prior and writes the expected x: a picture, or the numbers when the name ends in .npy. */
export async function sampleCommand(path: string, { count, seed, out }: SampleOptions): Promise<void> {
  const { run, folder } = await openRun(path);
  const { imageShape } = sourceOf(run, path);
  const samples = run.model.generate(count, RandomKey.fromSeed(seed));
  const target = out ?? join(folder?.path ?? '.', `samples-seed-${seed}.png`);
  const contents = target.endsWith('.npy')
    ? encodeNpy(samples)
    : encodeImageGrid(samples, imageShape ?? undefined, { columns: Math.ceil(Math.sqrt(count)) });
  await writeFileAtomically(target, contents);
  console.log(`${count} samples in ${target}`);
}
