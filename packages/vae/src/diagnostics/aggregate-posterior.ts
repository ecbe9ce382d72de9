import { noGrad, stack, type Variable } from '@reparam/autograd';
import { eye, type RandomKey, type Tensor } from '@reparam/tensor';
import type { Distribution } from '../distributions/distribution.ts';
import { ElementwiseDistribution } from '../distributions/elementwise.ts';
import { requireCount } from '../objectives/arguments.ts';
import { requireExamples } from './arguments.ts';
import { blocks, type LatentModel } from './latent-model.ts';
import type { Measured } from './measured.ts';
import { RunningMoments } from './running-moments.ts';
import type { Work } from './work.ts';

export interface AggregateOptions extends Pick<LatentModel, 'posterior' | 'prior'> {
  /** [N, …] */
  readonly x: Tensor;
  readonly key: RandomKey;
  /** Draws of z for each example; 1 unless told. */
  readonly samples?: number;
  /** The most pairs of a draw and an example whose densities are computed at once; 10⁵ unless told. */
  readonly chunk?: number;
}

/**
 * The average KL of a VAE taken apart, in nats, over N examples with q(z) = (1/N) Σₙ q(z|xₙ):
 * mean KL(q(z|x) ‖ p(z)) = I(n; z) + KL(q(z) ‖ p(z)) (Hoffman & Johnson 2016, eq. 6), and
 * KL(q(z) ‖ p(z)) = TC + Σ_d KL(q(z_d) ‖ p(z_d)) (Chen et al. 2018, eq. 2) where q(z|x) and p(z) are diagonal.
 */
export interface AggregatePosterior {
  readonly kl: Measured;
  /**
   * What z tells of which of the N examples it is from. It cannot exceed ln N, and in expectation it is a lower
   * bound on the information I(x; z) under the distribution that the examples are from.
   */
  readonly mutualInformation: Measured;
  /**
   * An upper bound, in expectation, on that I(x; z): the same with each example left out of its own q(z) (Poole
   * et al. 2019, §2.5). Where it is far above the other, N is too small to say. Undefined for one example.
   */
  readonly mutualInformationUpper?: Measured;
  /** ln N */
  readonly ceiling: number;
  /** KL(q(z) ‖ p(z)) of these N; for the distribution they are from, an upper bound in expectation. */
  readonly aggregateKl: Measured;
  /** KL(q(z) ‖ Π_d q(z_d)) */
  readonly totalCorrelation?: Measured;
  /** KL(q(z_d) ‖ p(z_d)): [latent] */
  readonly aggregateKlPerLatent?: readonly Measured[];
}

/**
 * Estimates all parts at the same draws, so that they add up exactly; without bias for q(z) of these N examples.
 * The cost is samples · N² densities: for large data take a subset, and look at `mutualInformationUpper`.
 * @throws ShapeError without examples, ArgumentError on bad counts.
 */
export function* aggregatePosterior(options: AggregateOptions): Work<AggregatePosterior> {
  const { x, posterior, prior, key, samples = 1, chunk = 100_000 } = options;
  requireCount('aggregatePosterior', 'samples', samples);
  requireCount('aggregatePosterior', 'chunk', chunk);
  const count = requireExamples('aggregatePosterior', x);
  const everyone = noGrad(() => posterior(x));
  const latent = prior.eventShape.at(-1)!;
  const parts = new RunningMoments(5);
  const perLatent = new RunningMoments(latent);
  const blockSize = Math.max(1, Math.floor(chunk / count));
  for (let sample = 0; sample < samples; sample++) {
    for (const { start, rows } of blocks(x, blockSize)) {
      noGrad(() => {
        const q = posterior(rows);
        const z = q.sample(key.foldIn(sample).foldIn(start));
        const terms = termsAt(z, q.logProb(z), everyone, prior, start);
        parts.addRows(stack(terms.parts, -1).value);
        if (terms.perLatent) perLatent.addRows(terms.perLatent.value);
      });
      yield { done: sample * count + start + rows.shape[0]!, total: samples * count };
    }
  }
  const [means, errors] = [parts.means(), parts.standardErrors()];
  const measured = (i: number): Measured => ({ value: means[i]!, standardError: errors[i]! });
  const errorsPerLatent = perLatent.standardErrors();
  return {
    kl: measured(0),
    mutualInformation: measured(1),
    ...(count > 1 && { mutualInformationUpper: measured(2) }),
    ceiling: Math.log(count),
    aggregateKl: measured(3),
    ...(perLatent.count > 0 && {
      totalCorrelation: measured(4),
      aggregateKlPerLatent: perLatent
        .means()
        .map((value, d) => ({ value, standardError: errorsPerLatent[d]! })),
    }),
  };
}

/**
 * For draws z [M, latent] of examples number `start` and on, in nats: the KL, the information by all and by the
 * other examples, the aggregate KL and the total correlation (or 0), [M] each; and ln q(z_d) − ln p(z_d), [M, latent],
 * where densities are products over latents.
 */
function termsAt(
  z: Variable,
  conditional: Variable,
  everyone: Distribution,
  prior: Distribution,
  start: number,
): { parts: Variable[]; perLatent?: Variable } {
  const [draws, latent] = z.shape as readonly [number, number];
  const count = everyone.batchShape[0]!;
  const points = z.reshape([draws, 1, latent]);
  const pairsPerLatent =
    everyone instanceof ElementwiseDistribution ? everyone.logProbPerDimension(points) : undefined;
  const pairs = pairsPerLatent ? pairsPerLatent.sum({ axes: -1 }) : everyone.logProb(points);
  const own = eye(count, count, { dtype: z.dtype }).slice([[start, start + draws]]);
  const aggregate = pairs.logsumexp({ axes: -1 }).sub(Math.log(count));
  const others = pairs
    .maskedFill(own, -Infinity)
    .logsumexp({ axes: -1 })
    .sub(Math.log(count - 1));
  const logPrior = prior.logProb(z);
  const parts = [
    conditional.sub(logPrior),
    conditional.sub(aggregate),
    conditional.sub(others),
    aggregate.sub(logPrior),
  ];
  if (!(pairsPerLatent && prior instanceof ElementwiseDistribution)) {
    return { parts: [...parts, aggregate.mul(0)] };
  }
  const marginals = pairsPerLatent.logsumexp({ axes: 1 }).sub(Math.log(count));
  return {
    parts: [...parts, aggregate.sub(marginals.sum({ axes: -1 }))],
    perLatent: marginals.sub(prior.logProbPerDimension(z)),
  };
}
