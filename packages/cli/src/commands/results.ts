import { noGrad } from '@reparam/autograd';
import { RandomKey, type Tensor } from '@reparam/tensor';
import { activeThreshold, type Evaluation, evaluateRun, type TrainingRun } from '@reparam/vae';
import { PCA } from 'ml-pca';
import { encodeSummary } from '../output/summary.ts';
import { encodeImageGrid, encodeReconstructionGrid } from '../pictures/image-grid.ts';
import { drawLatent } from '../pictures/latent-picture.ts';
import type { EpochRow, ReportCommand } from '../report/contents.ts';
import { renderReport } from '../report/render-report.ts';
import { version } from '../version.ts';
import { describeModel, describeTraining } from './describe.ts';
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
  { source, dataset, train, heldOut, notes }: OpenedData,
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
  const pictures = {
    samplesPng: encodeImageGrid(samples, imageShape, { columns: sampleGrid.columns }),
    reconstructionsPng: encodeReconstructionGrid(originals, model.reconstruct(originals), imageShape),
    latentSvg: drawPosteriorMeans(run, heldOut.examples, heldOut.labels),
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

/** Posterior means of the examples: as they are when there are two latents, else along their principal axes. */
function drawPosteriorMeans({ model }: TrainingRun, examples: Tensor, labels: Tensor | undefined): string {
  const shown = firstRows(examples, latentPoints);
  const means = noGrad(() => model.encode(shown).mean().value);
  const [count, latent] = means.shape as readonly [number, number];
  const rows = means.toArray() as number[][];
  const points =
    latent === 1
      ? rows.map(([z], i) => [z!, (i / count) * 2 - 1] as const)
      : (latent === 2 ? rows : principalAxes(rows)).map(([x, y]) => [x!, y!] as const);
  return drawLatent({
    points,
    ...(labels && { labels: Array.from(labels.toTypedArray()).slice(0, count) }),
    axisNames:
      latent === 1
        ? ['z1', 'position in the data (no latent)']
        : latent === 2
          ? ['z1', 'z2']
          : ['first principal axis of the posterior means', 'second principal axis'],
  });
}

function principalAxes(rows: number[][]): number[][] {
  return new PCA(rows).predict(rows, { nComponents: 2 }).to2DArray();
}

function furtherCommands(folder: string, epochs: number): ReportCommand[] {
  const path = /\s/.test(folder) ? JSON.stringify(folder) : folder;
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
