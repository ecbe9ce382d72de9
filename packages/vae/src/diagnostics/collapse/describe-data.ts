import { formatShape, ShapeError, type Tensor } from '@reparam/tensor';
import { RunningMoments } from '../running-moments.ts';
import { principalVariances } from './principal-variances.ts';
import type { DataRecord } from './record.ts';

/** The likelihood that a decoder has, as far as it matters to one that ignores z. */
export type ReferenceLikelihood =
  | { readonly kind: 'bernoulli' }
  /** σ² is given, learned as one number for all features, or one for each feature. */
  | { readonly kind: 'gaussian'; readonly noiseVariance: number | 'shared' | 'each' };

/**
 * What the collapse doctor wants to know of examples [N, D]: the best bound without latents, what directions there are
 * to explain, and the mean variance. The directions cost a few dozen products with the examples; give a subset of
 * large data. @param directions eigenvalues to look for; as many as there are latents will do
 * @throws ShapeError unless the examples are [N, D].
 */
export function describeData(
  examples: Tensor,
  likelihood: ReferenceLikelihood,
  directions: number,
): Required<Omit<DataRecord, 'entropy'>> {
  if (examples.rank !== 2 || examples.size === 0) {
    throw new ShapeError('describeData', `examples are ${formatShape(examples.shape)}; give [N, D].`, {
      examples: examples.shape,
    });
  }
  const features = examples.shape[1]!;
  const moments = new RunningMoments(features);
  moments.addRows(examples);
  const variances = moments.variances();
  const meanVariance = variances.reduce((sum, value) => sum + value, 0) / features;
  return {
    independentReconstruction:
      likelihood.kind === 'bernoulli'
        ? -moments.means().reduce((sum, mean) => sum + coinEntropy(mean), 0)
        : gaussianReference(variances, meanVariance, likelihood.noiseVariance),
    principalVariances: principalVariances(examples, Math.min(directions, features)),
    meanVariance,
  };
}

/** The entropy of a coin, which is also the best mean cross-entropy of grey values around that mean. */
function coinEntropy(mean: number): number {
  const part = (p: number): number => (p > 0 ? -p * Math.log(p) : 0);
  return part(mean) + part(1 - mean);
}

/** −½ Σ_d [ln 2πσ_d² + v_d/σ_d²] at the best σ² that is allowed. */
function gaussianReference(
  variances: readonly number[],
  meanVariance: number,
  noiseVariance: number | 'shared' | 'each',
): number {
  return variances.reduce((sum, variance) => {
    const noise =
      noiseVariance === 'each' ? variance : noiseVariance === 'shared' ? meanVariance : noiseVariance;
    return sum - 0.5 * (Math.log(2 * Math.PI * noise) + variance / noise);
  }, 0);
}
