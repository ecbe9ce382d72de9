import { RandomKey } from '@reparam/tensor';
import { type TrainingRun, withSettledParameters } from '@reparam/vae';
import { firstRows } from '../data/first-rows.ts';
import { encodeImageGrid, encodeReconstructionGrid } from '../pictures/image-grid.ts';
import { drawLatent } from '../pictures/latent-picture.ts';
import type { ReportPictures } from '../report/contents.ts';
import { generateThrough } from './generate.ts';
import { viewLatents } from './latent-view.ts';
import type { OpenedData } from './source.ts';

const sampleGrid = { count: 100, columns: 10 };
const reconstructionCount = 32;
/** Examples in the latent picture. */
const latentPoints = 2000;

/** Samples, reconstructions and the latent space of a run's model. */
export function drawRun(run: TrainingRun, data: OpenedData, second?: TrainingRun): ReportPictures {
  const pictures = withSettledParameters(run, () => drawSettled(run, data));
  if (second === undefined) return pictures;
  const samples = generateThrough(run, second, sampleGrid.count, RandomKey.fromSeed(run.settings.seed));
  const { imageShape } = data.dataset;
  const twoStageSamplesPng = encodeImageGrid(samples, imageShape, { columns: sampleGrid.columns });
  return { ...pictures, twoStageSamplesPng };
}

function drawSettled(
  { model, settings }: TrainingRun,
  { dataset: { imageShape }, heldOut, classNames }: OpenedData,
): ReportPictures {
  const samples = model.generate(sampleGrid.count, RandomKey.fromSeed(settings.seed));
  const originals = firstRows(heldOut.examples, reconstructionCount);
  const view = viewLatents(model, firstRows(heldOut.examples, latentPoints));
  return {
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
}
