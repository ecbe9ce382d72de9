import { noGrad } from '@reparam/autograd';
import type { Tensor } from '@reparam/tensor';
import {
  annealingEpochs,
  binarize,
  type DataRecord,
  describeData,
  type EpochRecord,
  type Evaluation,
  type RunRecord,
  type TrainingRun,
  type VaeSettings,
} from '@reparam/vae';
import { firstRows } from '../data/first-rows.ts';
import type { EpochRow } from '../report/contents.ts';

/** Examples that the structure of the data is read from. */
const mostExamples = 2000;

/**
 * A run as the collapse doctor reads it: its epochs from the metrics, the last one as it is evaluated now, and what the
 * training data [N, features] are like.
 */
export function recordRun(
  run: TrainingRun,
  history: readonly EpochRow[],
  heldOut: Evaluation,
  { heldOutExamples, trainExamples }: { readonly heldOutExamples: Tensor; readonly trainExamples: Tensor },
): RunRecord {
  const { settings, model, best, stoppedEarly } = run;
  // The model is that of its best epoch where the run ended early, and of the last one otherwise.
  const rows = stoppedEarly ? history.filter(({ epoch }) => epoch <= best!.epoch) : history;
  const { likelihood } = model.settings;
  const kind = likelihood.kind === 'bernoulli' || likelihood.kind === 'gaussian' ? likelihood.kind : 'other';
  const noise = noiseVariance(run, heldOutExamples);
  const latest = rows.at(-1);
  const last: EpochRecord = {
    epoch: latest?.epoch ?? 1,
    train: latest ? boundOf(latest, 'train') : heldOut,
    heldOut,
    klWeight: latest?.beta ?? settings.beta,
    ...(noise !== undefined && { noiseVariance: noise }),
  };
  const initial = initialNoise(model.settings);
  return {
    settings: {
      likelihood: kind,
      beta: settings.beta,
      annealEpochs: annealingEpochs(settings),
      learningRate: settings.learningRate,
      ...(initial !== undefined && { initialNoiseVariance: initial }),
    },
    epochs: [...rows.slice(0, -1).map(earlier), last],
    data: describeExamples(run, firstRows(trainExamples, mostExamples)),
  };
}

/** Of epochs before the last, nobody asks for single latents. */
function earlier(row: EpochRow): EpochRecord {
  return {
    epoch: row.epoch,
    train: boundOf(row, 'train'),
    heldOut: { ...boundOf(row, 'heldOut'), activity: [] },
    klWeight: row.beta,
  };
}

function boundOf(row: EpochRow, part: 'train' | 'heldOut'): EpochRecord['train'] {
  return { elbo: row[`${part}Elbo`], reconstruction: row[`${part}Reconstruction`], kl: row[`${part}Kl`] };
}

/** σ² of a Gaussian decoder, averaged over features and examples [N, features]. */
function noiseVariance({ model }: TrainingRun, examples: Tensor): number | undefined {
  if (model.settings.likelihood.kind !== 'gaussian') return undefined;
  return noGrad(() => model.decode(model.encode(examples).mean()).variance!().mean().item());
}

/** Where a learned σ² started. */
function initialNoise({ likelihood }: VaeSettings): number | undefined {
  if (likelihood.kind !== 'gaussian' || typeof likelihood.scale === 'number') return undefined;
  return likelihood.initialScale === undefined ? undefined : likelihood.initialScale ** 2;
}

function describeExamples({ model, settings, key }: TrainingRun, examples: Tensor): DataRecord {
  const { likelihood, latent } = model.settings;
  const x = binarize(examples, settings.binarization, key);
  if (likelihood.kind === 'bernoulli') return describeData(x, { kind: 'bernoulli' }, latent);
  const isGaussian = likelihood.kind === 'gaussian';
  const scale = isGaussian ? (likelihood.scale ?? 'learned') : 'network';
  const noise = typeof scale === 'number' ? scale ** 2 : scale === 'learned' ? 'shared' : 'each';
  const { independentReconstruction, ...structure } = describeData(
    x,
    { kind: 'gaussian', noiseVariance: noise },
    latent,
  );
  // The reference is that of a Gaussian decoder, which says nothing of others.
  return isGaussian ? { independentReconstruction, ...structure } : structure;
}
