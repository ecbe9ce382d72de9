import { noGrad } from '@reparam/autograd';
import type { RandomKey, Tensor } from '@reparam/tensor';
import { requireCount } from '../objectives/arguments.ts';
import { requireExamples } from './arguments.ts';
import { blocks, type LatentModel, logJoint } from './latent-model.ts';
import {
  type EvidenceEstimate,
  LogWeights,
  type PerExampleEvidence,
  summarizeEvidence,
} from './log-weights.ts';
import type { Work } from './work.ts';

export interface ImportanceSamplingOptions extends LatentModel {
  /** [B, …] */
  readonly x: Tensor;
  readonly key: RandomKey;
  /** K, draws of z for each example. */
  readonly samples: number;
  /** The most z that are decoded at once, which bounds the memory; 1000 unless told. */
  readonly chunk?: number;
}

/**
 * ln p(x) ≈ ln (1/K) Σₖ p(x, zₖ)/q(zₖ|x), zₖ ~ q(z|x) (Burda et al. 2016, eq. 8): in expectation a lower bound,
 * below the truth by about half the squared standard error of each example where that is small. An effective
 * sample size near 1 says that one draw decides, and that the true value may be far above.
 *
 * The same key and chunk give the same figures. @throws ShapeError without examples, ArgumentError on counts
 * that are none and on densities that are not finite.
 */
export function* importanceLogLikelihood(options: ImportanceSamplingOptions): Work<EvidenceEstimate> {
  const { x, key, samples, chunk = 1000, posterior } = options;
  const operation = 'importanceLogLikelihood';
  requireCount(operation, 'samples', samples);
  requireCount(operation, 'chunk', chunk);
  const total = requireExamples(operation, x) * samples;
  const parts: PerExampleEvidence[] = [];
  let done = 0;
  for (const { start, rows } of blocks(x, chunk)) {
    const examples = rows.shape[0]!;
    const q = noGrad(() => posterior(rows));
    const weights = new LogWeights(operation, examples);
    const atOnce = Math.max(1, Math.floor(chunk / examples));
    for (let drawn = 0; drawn < samples; drawn += atOnce) {
      const draws = Math.min(atOnce, samples - drawn);
      const logWeights = noGrad(() => {
        const { sample, logProb } = q.sampleAndLogProb(key.foldIn(start).foldIn(drawn), [draws]);
        return logJoint(options, rows, sample).sub(logProb);
      });
      weights.add(logWeights.value.toTypedArray());
      done += draws * examples;
      yield { done, total };
    }
    parts.push(weights.summary());
  }
  return summarizeEvidence(parts, 'lower');
}
