import { noGrad, softmax } from '@reparam/autograd';
import type { Tensor } from '@reparam/tensor';
import { type Distribution, Mixture, type Vae } from '@reparam/vae';
import { PCA } from 'ml-pca';
import type { LatentPicture } from '../pictures/latent-picture.ts';

/** What a picture of the latent space shows, and the words for it. */
export interface LatentView extends Pick<LatentPicture, 'points' | 'axisNames'> {
  readonly standardDeviations: readonly number[];
  readonly centres: readonly (readonly [x: number, y: number])[];
  readonly caption: string;
}

/** Components of a mixture that carry less than this part of an equal share are not worth a mark. */
const smallestShare = 0.2;

/**
 * The posterior means of examples [count, features] in two dimensions: the latents themselves when there are two, else the
 * means projected on their principal axes, with z = 0 at the origin, so that a standard normal prior is one there too.
 */
export function viewLatents(model: Vae, examples: Tensor): LatentView {
  const means = noGrad(() => model.encode(examples).mean().value).toArray() as number[][];
  const where = 'Each dot is a held-out example where the encoder places it';
  if (model.settings.latent === 1) {
    return {
      points: means.map(([z], row) => [z!, (row / means.length) * 2 - 1]),
      axisNames: ['z1', 'position in the data (no latent)'],
      standardDeviations: [],
      centres: [],
      caption: `${where}, from left to right; from bottom to top only spreads them out.`,
    };
  }
  const axes = model.settings.latent > 2 ? principalAxes(means) : undefined;
  const project = (z: readonly number[]): readonly [number, number] =>
    axes === undefined ? [z[0]!, z[1]!] : [dot(z, axes[0]), dot(z, axes[1])];
  const { standardDeviations, centres, marks } = marksOf(model);
  return {
    points: means.map(project),
    axisNames:
      axes === undefined
        ? (['z1', 'z2'] as const)
        : (['first principal axis of the posterior means', 'second principal axis'] as const),
    standardDeviations,
    centres: centres.map(project),
    caption: `${where}${marks}.`,
  };
}

/** What is drawn of the prior: the middles of its components, or circles of N(0, I); no more is known of others. */
function marksOf({ prior, settings }: Vae): {
  readonly standardDeviations: readonly number[];
  readonly centres: readonly number[][];
  readonly marks: string;
} {
  const distribution = prior.forward();
  if (distribution instanceof Mixture) {
    return {
      standardDeviations: [],
      centres: mixtureCentres(distribution),
      marks: '; crosses mark the centres of the prior’s components',
    };
  }
  const isStandard = settings.prior.kind === 'normal';
  return {
    standardDeviations: isStandard ? [1, 2] : [],
    centres: [],
    marks: isStandard ? '; dashed circles mark standard deviations of the prior' : '',
  };
}

function mixtureCentres({ logits, components }: Mixture<Distribution>): number[][] {
  const weights = noGrad(() => softmax(logits)).value.toTypedArray();
  const locations = noGrad(() => components.mean()).value.toArray() as number[][];
  return locations.filter((_, k) => weights[k]! * weights.length >= smallestShare);
}

/** Two directions of length one, or undefined where a single point has no direction. */
function principalAxes(points: number[][]): readonly [number[], number[]] | undefined {
  if (points.length < 2) return undefined;
  const directions = new PCA(points).getEigenvectors();
  return [directions.getColumn(0), directions.getColumn(1)];
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
