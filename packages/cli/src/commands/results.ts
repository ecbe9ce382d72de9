import { RandomKey, type Tensor } from '@reparam/tensor';
import { activeThreshold, type Evaluation, evaluateRun, type TrainingRun } from '@reparam/vae';
import { encodeSummary } from '../output/summary.ts';
import { encodeImageGrid, encodeReconstructionGrid } from '../pictures/image-grid.ts';
import { drawLatent } from '../pictures/latent-picture.ts';
import type { EpochRow, ReportCommand } from '../report/contents.ts';
import { renderReport } from '../report/render-report.ts';
import { shellWord } from '../terminal/shell.ts';
import { version } from '../version.ts';
import { describeModel, describeTraining } from './describe.ts';
import { viewLatents } from './latent-view.ts';
import type { RunFolder } from './run-folder.ts';
import type { OpenedData } from './source.ts';

const sampleGrid = { count: 100, columns: 10 };
const reconstructionCount = 32;
/** Examples in the latent picture. */
const latentPoints = 2000;

/** What a finished run leaves beside its checkpoint and metrics: pictures, summary.json and the page. */
export async function writeResults(
  folder: RunFolder,
  run: TrainingRun,
  { source, dataset, train, heldOut, classNames, notes }: OpenedData,
  history: readonly EpochRow[],
): Promise<Evaluation> {
  const { model, settings } = run;
  const { imageShape } = dataset;
  const { elbo, reconstruction, kl, klPerLatent, activity, activeUnits } = evaluateRun(run, heldOut);
  const summary = {
    heldOut: { elbo, reconstruction, kl },
    activeUnits,
    seconds: history.at(-1)?.seconds ?? 0,
  };
  const options = {
    data: source.data ?? source.name,
    ...describeModel(model.settings),
    ...describeTraining(settings),
  };
  const samples = model.generate(sampleGrid.count, RandomKey.fromSeed(settings.seed));
  const originals = firstRows(heldOut.examples, reconstructionCount);
  const view = viewLatents(model, firstRows(heldOut.examples, latentPoints));
  const pictures = {
    samplesPng: encodeImageGrid(samples, imageShape, { columns: sampleGrid.columns }),
    reconstructionsPng: encodeReconstructionGrid(originals, model.reconstruct(originals), imageShape),
    latentSvg: drawLatent({
      ...view,
      ...(heldOut.labels && {
        labels: Array.from(heldOut.labels.toTypedArray()).slice(0, view.points.length),
      }),
      ...(classNames && { classNames }),
    }),
    latentCaption: view.caption,
  };
  await folder.write('samples', pictures.samplesPng);
  await folder.write('reconstructions', pictures.reconstructionsPng);
  await folder.write('latent', pictures.latentSvg);
  await folder.write(
    'summary',
    encodeSummary({
      ...summary,
      seed: settings.seed,
      settings: options,
      epochs: settings.epochs,
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

export function firstRows(examples: Tensor, count: number): Tensor {
  return examples.slice([[0, Math.min(count, examples.shape[0]!)]]);
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
