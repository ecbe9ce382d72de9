import { basename, resolve } from 'node:path';
import { evaluateRun } from '@reparam/vae';
import type { ComparedRun } from '../compare/contents.ts';
import { renderComparison } from '../compare/render-comparison.ts';
import { UserError } from '../files/user-error.ts';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import { describeRun } from './describe.ts';
import { drawRun } from './draw-run.ts';
import { countParameters } from './model-size.ts';
import { openRun } from './run-folder.ts';
import { reopenData, sourceOf } from './source.ts';

export interface CompareOptions {
  readonly out: string;
}

/** Puts runs side by side on one page: figures, settings that differ, curves and pictures. */
export async function compareCommand(paths: readonly string[], { out }: CompareOptions): Promise<void> {
  if (new Set(paths.map((path) => resolve(path))).size < Math.max(2, paths.length)) {
    throw new UserError('To compare takes two runs or more, each of them once: reparam compare RUN RUN …');
  }
  const runs: ComparedRun[] = [];
  const names = shortNames(paths);
  for (const [i, path] of paths.entries()) runs.push(await readRun(path, names[i]!));
  await writeFileAtomically(out, renderComparison({ runs, generatedAt: new Date() }));
  console.log(`${runs.length} runs side by side in ${out}`);
}

async function readRun(path: string, name: string): Promise<ComparedRun> {
  const { run, folder } = await openRun(path);
  const data = await reopenData(sourceOf(run, path));
  const { model, settings } = run;
  const history = await folder.readMetrics(run.step);
  const { elbo, reconstruction, kl, activeUnits } = evaluateRun(run, data.heldOut);
  const { source } = data;
  return {
    name,
    dataName: source.name,
    comparable: JSON.stringify([
      source.fingerprint,
      source.heldOut,
      model.settings.likelihood.kind,
      settings.binarization,
    ]),
    heldOut: { elbo, reconstruction, kl },
    activeUnits,
    latent: model.settings.latent,
    parameters: countParameters(model),
    seconds: history.at(-1)?.seconds ?? 0,
    settings: describeRun(run, source),
    history,
    pictures: drawRun(run, data, await folder.loadSecondStage(run)),
  };
}

/** The last part of each path, where that tells them apart. */
function shortNames(paths: readonly string[]): readonly string[] {
  const names = paths.map((path) => basename(resolve(path)));
  return new Set(names).size === names.length ? names : paths;
}
