import { type Variable, where } from '@reparam/autograd';
import { ArgumentError, eye, formatShape, ShapeError } from '@reparam/tensor';
import type { Distribution } from '../distributions/distribution.ts';
import { requireCount, requireNonNegative, requireReparameterized, requireWeight } from './arguments.ts';
import { drawWithKl } from './kl.ts';
import { meanOverBatch, type ObjectiveOptions, type ObjectiveTerms } from './terms.ts';

/**
 * How the aggregate posterior q(z) = (1/N) Σ_n q(z|x_n) over a data set of N is estimated from a minibatch of M.
 * - `weighted`: 1/(NM) for each of the batch (Chen et al. 2018). Too low by up to ln N, which cancels in
 *   gradients.
 * - `stratified`: 1/N for the example that z was drawn for, and (N − 1)/(N(M − 1)) for each of the others: without bias,
 *   and exact where the batch is the data set.
 */
export const aggregateSamplings = ['weighted', 'stratified'] as const;

export type AggregateSampling = (typeof aggregateSamplings)[number];

/** A distribution that is a product over the last axis of its event. */
interface FactorizedDistribution extends Distribution {
  /** ln p(x_d) before the sum over the event: [..., D] */
  logProbPerDimension(x: Variable): Variable;
}

export interface BetaTcOptions extends ObjectiveOptions {
  /** N, the examples that the batch was drawn from. */
  readonly datasetSize: number;
  /** β, what the total correlation counts for; 6 unless told. */
  readonly totalCorrelationWeight?: number;
  /** What the mutual information of z and x counts for; 1 unless told. */
  readonly mutualInformationWeight?: number;
  /** What the KL of each latent's aggregate to the prior counts for; 1 unless told. */
  readonly dimensionwiseKlWeight?: number;
  /** `weighted` unless told. */
  readonly sampling?: AggregateSampling;
}

/** The three terms are estimated at one draw, and sum up to ln q(z|x) − ln p(z) there. */
export interface BetaTcTerms extends ObjectiveTerms {
  /** E[ln q(z|x) − ln q(z)] */
  readonly mutualInformation: Variable;
  /** KL(q(z) ‖ Π_d q(z_d)) */
  readonly totalCorrelation: Variable;
  /** Σ_d KL(q(z_d) ‖ p(z_d)), for a prior that is a product. */
  readonly dimensionwiseKl: Variable;
}

/**
 * The β-TC-VAE (Chen et al. 2018): the KL taken apart into the mutual information of z and x, the total
 * correlation of z and the KL of each latent, weighted one by one; `klWeight` multiplies all three.
 * @throws ArgumentError on options out of range, and for a posterior that is not reparameterised or no product over
 * latents; ShapeError unless the posterior is a batch [B] over [D] with B no larger than the data set.
 */
export function betaTc({
  datasetSize,
  totalCorrelationWeight = 6,
  mutualInformationWeight = 1,
  dimensionwiseKlWeight = 1,
  sampling = 'weighted',
  klWeight = 1,
  ...options
}: BetaTcOptions): BetaTcTerms {
  requireCount('betaTc', 'datasetSize', datasetSize);
  requireWeight('betaTc', 'klWeight', klWeight);
  const weights = { totalCorrelationWeight, mutualInformationWeight, dimensionwiseKlWeight };
  for (const [name, weight] of Object.entries(weights)) requireNonNegative('betaTc', name, weight);
  const { x, prior, decode, key } = options;
  const posterior = requireFactorized(options.posterior);
  requireReparameterized('betaTc', posterior, 'Use a posterior whose draws are.');
  const batchSize = requireBatch(posterior, datasetSize, sampling);
  const { z, kl: divergence } = drawWithKl(posterior, prior, key);
  const reconstruction = decode(z).logProb(x).mean();

  const logOwn = posterior.logProb(z);
  // Row i is the draw of example i under the posterior of every example j: [B, B, D].
  const pairs = posterior.logProbPerDimension(z.unsqueeze(1));
  const logWeights = logAggregateWeights(batchSize, datasetSize, sampling, z);
  const logAggregate = pairs.sum({ axes: -1 }).add(logWeights).logsumexp({ axes: 1 });
  const logMarginals = pairs.add(logWeights.unsqueeze(-1)).logsumexp({ axes: 1 }).sum({ axes: -1 });

  const mutualInformation = logOwn.sub(logAggregate).mean();
  const totalCorrelation = logAggregate.sub(logMarginals).mean();
  const dimensionwiseKl = logMarginals.sub(prior.logProb(z)).mean();
  const charged = mutualInformation
    .mul(mutualInformationWeight)
    .add(totalCorrelation.mul(totalCorrelationWeight))
    .add(dimensionwiseKl.mul(dimensionwiseKlWeight));
  const kl = divergence.value.mean();
  return {
    reconstruction,
    kl,
    ...(divergence.perDimension && { klPerLatent: meanOverBatch(divergence.perDimension) }),
    elbo: reconstruction.sub(kl),
    loss: charged.mul(klWeight).sub(reconstruction),
    klEstimated: divergence.estimated,
    mutualInformation,
    totalCorrelation,
    dimensionwiseKl,
  };
}

/** ln of what the posterior of example j counts for in q(z) at a draw of example i: [B, B]. */
function logAggregateWeights(
  batch: number,
  dataset: number,
  sampling: AggregateSampling,
  { dtype }: Variable,
): Variable {
  const perOther = sampling === 'weighted' ? 1 / (dataset * batch) : (dataset - 1) / (dataset * (batch - 1));
  const perOwn = sampling === 'weighted' ? perOther : 1 / dataset;
  return where(eye(batch, batch, { dtype }), Math.log(perOwn), Math.log(perOther));
}

function requireFactorized(posterior: Distribution): FactorizedDistribution {
  if ('logProbPerDimension' in posterior) return posterior as FactorizedDistribution;
  throw new ArgumentError(
    'betaTc',
    'posterior',
    posterior,
    `the total correlation needs ln q(z_d|x) of each latent, which ${posterior.constructor.name} does not have. Use a ` +
      'posterior that is a product over latents, such as DiagonalNormal.',
  );
}

function requireBatch(posterior: Distribution, datasetSize: number, sampling: AggregateSampling): number {
  const { batchShape, eventShape } = posterior;
  const [batch] = batchShape;
  if (batch !== undefined && batchShape.length === 1 && eventShape.length === 1) {
    if (batch > datasetSize) {
      throw new ArgumentError(
        'betaTc',
        'datasetSize',
        datasetSize,
        `datasetSize is ${datasetSize}, but the batch alone has ${batch} examples; give the size of the whole data set.`,
      );
    }
    if (sampling === 'weighted' || batch > 1) return batch;
    throw new ArgumentError(
      'betaTc',
      'sampling',
      sampling,
      'stratified sampling estimates q(z) from the other examples of the batch, but there is one example. Use a ' +
        "larger batch, or { sampling: 'weighted' }.",
    );
  }
  throw new ShapeError(
    'betaTc',
    `the posterior is a batch of ${formatShape(batchShape)} over events ${formatShape(eventShape)}; it must be a batch ` +
      '[B] over latents [D].',
    { batch: batchShape, event: eventShape },
  );
}
