import { countActive } from '../latent-usage.ts';
import { type Finding, show } from './finding.ts';
import type { EpochRecord, RecordedBound, RunRecord } from './record.ts';

/** Nats, or a share of the bound, that a fall has to exceed: bounds from one draw an example are no better than that. */
const [leastFall, leastShare] = [0.1, 0.02];

/** Losing more than half of what training had gained is no noise of single epochs. */
const lostShare = 0.5;

/** A held-out bound is good to a few percent of what was gained, as each example has one draw of z. */
const overfitShare = 0.05;

/** Of a KL weight that no longer matters: a hundredth of the objective's own. */
const negligibleKlWeight = 0.01;

/** Of a noise variance beside that of the data: standard deviations of a hundredth. */
const negligibleNoise = 1e-4;

/** Nats for each active latent at which its posterior variance e^(−2·KL) is 10⁻⁴: one latent tells 100 values apart. */
const pinnedKl = 2 * Math.log(10);

/** The run ended in numbers that are none, or lost what it had learned. */
export function divergence({ settings, epochs, diverged }: RunRecord): Finding[] {
  const { learningRate } = settings;
  const remedy =
    `Go on from an earlier checkpoint with a learning rate below ${show(learningRate)}, say ${show(learningRate / 10)}, ` +
    'or limit the norm of the gradient; and look at the data for extreme values.';
  if (diverged) {
    return [
      {
        cause: 'diverged',
        severity: 'fault',
        evidence: { step: diverged.step, learningRate },
        explanation: `${diverged.quantity} left the finite numbers at step ${diverged.step}.`,
        remedy,
      },
    ];
  }
  const settled = atFinalWeight(epochs);
  const [first, last] = [settled[0]!, settled.at(-1)!];
  const best = highest(settled, ({ train }) => train, last);
  const before = objective(best.train, last);
  const lost = before - objective(last.train, last);
  const gained = before - objective(first.train, last);
  if (!(gained > 0 && lost > Math.max(noiseOf(before), lostShare * gained))) return [];
  return [
    {
      cause: 'learning-rate-too-high',
      severity: 'fault',
      evidence: { bestEpoch: best.epoch, best: before, last: before - lost, learningRate },
      explanation:
        `The training objective fell from ${show(before)} nats in epoch ${best.epoch} to ${show(before - lost)}, ` +
        'more than half of what had been gained.',
      remedy,
    },
  ];
}

/** The held-out bound falls while the training bound still rises. */
export function overfitting({ epochs }: RunRecord): Finding[] {
  const settled = atFinalWeight(epochs);
  const [first, last] = [settled[0]!, settled.at(-1)!];
  const best = highest(settled, ({ heldOut }) => heldOut, last);
  const before = objective(best.heldOut, last);
  const fall = before - objective(last.heldOut, last);
  const gained = before - objective(first.heldOut, last);
  if (fall <= Math.max(noiseOf(before), overfitShare * gained)) return [];
  if (objective(last.train, last) <= objective(best.train, last)) return [];
  const gap = objective(last.train, last) - objective(last.heldOut, last);
  return [
    {
      cause: 'overfitting',
      severity: 'fault',
      evidence: { bestEpoch: best.epoch, best: before, last: before - fall, gap },
      explanation:
        `Since epoch ${best.epoch} the held-out objective fell from ${show(before)} to ${show(before - fall)} nats ` +
        `while that of training went on rising; they are ${show(gap)} nats apart.`,
      remedy:
        `Stop early, near epoch ${best.epoch}; or use more data, dropout, weight decay or smaller layers. Binary ` +
        'data: draw the pixels anew each epoch.',
    },
  ];
}

/** Posteriors shrink to points: the model has become an autoencoder, and its prior is no longer that of its codes. */
export function posteriorVarianceCollapse({ epochs, data }: RunRecord): Finding[] {
  const { heldOut, klWeight, noiseVariance } = epochs.at(-1)!;
  const active = countActive(heldOut.activity);
  const klPerActive = heldOut.kl / Math.max(1, active);
  if (klPerActive < pinnedKl) return [];
  const noNoise =
    noiseVariance !== undefined &&
    data?.meanVariance !== undefined &&
    noiseVariance < negligibleNoise * data.meanVariance;
  if (!noNoise && klWeight > negligibleKlWeight) return [];
  return [
    {
      cause: 'posterior-variance-collapsed',
      severity: klWeight > negligibleKlWeight ? 'warning' : 'fault',
      evidence: {
        klPerLatent: klPerActive,
        posteriorVariance: Math.exp(-2 * klPerActive),
        klWeight,
        ...(noiseVariance !== undefined && { noiseVariance }),
      },
      explanation:
        `With ${show(klPerActive)} nats each, the latents' posteriors have shrunk to variances near ` +
        `${show(Math.exp(-2 * klPerActive))}: almost nothing of the prior's volume is ever decoded in training.`,
      remedy: noNoise
        ? `The decoder's noise variance is ${show(noiseVariance)}: hold it above a floor, add noise to data with ` +
          'repeated values, or model the codes with a second stage.'
        : `The KL counts for ${show(klWeight)}: raise its weight towards 1.`,
    },
  ];
}

/** While the weight grows, the objective of one epoch does not compare with that of another. */
function atFinalWeight(epochs: readonly EpochRecord[]): readonly EpochRecord[] {
  const { klWeight } = epochs.at(-1)!;
  return epochs.filter((each) => each.klWeight === klWeight);
}

function noiseOf(bound: number): number {
  return Math.max(leastFall, leastShare * Math.abs(bound));
}

/** What training maximises, reconstruction − β·kl: for β ≠ 1 the ELBO may fall while all goes well. */
function objective({ reconstruction, kl }: RecordedBound, { klWeight }: EpochRecord): number {
  return reconstruction - klWeight * kl;
}

function highest(
  epochs: readonly EpochRecord[],
  part: (epoch: EpochRecord) => RecordedBound,
  weight: EpochRecord,
): EpochRecord {
  return epochs.reduce((best, each) =>
    objective(part(each), weight) > objective(part(best), weight) ? each : best,
  );
}
