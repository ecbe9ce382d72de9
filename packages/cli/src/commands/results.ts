import { activeThreshold, type Evaluation, evaluateRun, type TrainingRun } from '@reparam/vae';
import { encodeSummary } from '../output/summary.ts';
import type { ReportCommand } from '../report/contents.ts';
import { renderReport } from '../report/render-report.ts';
import { shellWord } from '../terminal/shell.ts';
import { version } from '../version.ts';
import { describeRun } from './describe.ts';
import { drawRun } from './draw-run.ts';
import type { Session } from './session.ts';

/** What a finished run leaves beside its checkpoint and metrics: pictures, summary.json and the page. */
export async function writeResults(
  { folder, run, data, history }: Session,
  second?: TrainingRun,
): Promise<Evaluation> {
  const { model, settings } = run;
  const { source, train, heldOut, notes } = data;
  const { elbo, reconstruction, kl, klPerLatent, activity, activeUnits } = evaluateRun(run, heldOut);
  const summary = {
    heldOut: { elbo, reconstruction, kl },
    activeUnits,
    seconds: history.at(-1)?.seconds ?? 0,
  };
  const options = describeRun(run, source);
  const pictures = drawRun(run, data, second);
  await folder.write('samples', pictures.samplesPng);
  if (pictures.twoStageSamplesPng) await folder.write('twoStageSamples', pictures.twoStageSamplesPng);
  await folder.write('reconstructions', pictures.reconstructionsPng);
  await folder.write('latent', pictures.latentSvg);
  await folder.write(
    'summary',
    encodeSummary({
      ...summary,
      seed: settings.seed,
      settings: options,
      epochs: history.at(-1)?.epoch ?? 0,
      examples: { train: train.examples.shape[0]!, heldOut: heldOut.examples.shape[0]! },
      version,
    }),
  );
  await folder.write(
    'report',
    renderReport({
      ...summary,
      title: `What a VAE learned of ${source.name}`,
      dataName: source.name,
      generatedAt: new Date(),
      settings: options,
      history,
      ...(klPerLatent && { klPerLatent }),
      activity,
      activeThreshold,
      latent: model.settings.latent,
      pictures,
      commands: furtherCommands(folder.path, settings.epochs),
      notes,
    }),
  );
  return { elbo, reconstruction, kl, klPerLatent, activity, activeUnits };
}

function furtherCommands(folder: string, epochs: number): ReportCommand[] {
  const path = shellWord(folder);
  return [
    {
      purpose: 'Train on for as many epochs again',
      command: `npx reparam train --resume --out ${path} --epochs ${2 * epochs}`,
    },
    { purpose: 'Draw new samples', command: `npx reparam sample ${path} --count 64 --seed 7` },
    {
      purpose: 'Reconstruct examples of your own',
      command: `npx reparam reconstruct ${path} --data FILE-OR-FOLDER`,
    },
    { purpose: 'See what the checkpoint holds', command: `npx reparam info ${path}` },
  ];
}
