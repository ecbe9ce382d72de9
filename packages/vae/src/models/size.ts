import { weightsBetween } from '../flows/weights-between.ts';
import { likelihoodOf } from './likelihoods.ts';
import { innerSize } from './networks/trunk.ts';
import { leastPosteriorFlowSize } from './posterior-flows.ts';
import { posteriorOf } from './posteriors.ts';
import { leastPriorSize } from './priors/table.ts';
import type { VaeSettings } from './settings.ts';

/** Weights of a kernel of 4×4 for each pair of channels. */
const kernel = 16;

/**
 * A number of parameters that a model has at least, worked out without making it. The weights between layers are all
 * counted, biases are not.
 */
export function leastParameterCount(settings: VaeSettings): number {
  const { features, latent, hidden, network, flow } = settings;
  const posterior = posteriorOf(settings.posterior);
  const likelihood = likelihoodOf(settings.likelihood);
  const isImage = network.kind === 'conv';
  const channels = isImage ? [1, ...network.channels] : [];
  const numbers = likelihood.kind.size(likelihood.values);
  const convolutions =
    kernel *
    (weightsBetween(channels) + weightsBetween(isImage ? [...channels.slice(1).toReversed(), numbers] : []));
  const widths = [isImage ? innerSize(network).size : features, ...hidden];
  const outputs = isImage ? widths[0]! : features * numbers;
  const encoder =
    weightsBetween([...widths, posterior.kind.size(latent, posterior.values)]) +
    leastPosteriorFlowSize(flow, { latent, context: widths.at(-1)! });
  const decoder = weightsBetween([latent, ...hidden.toReversed(), outputs]);
  return convolutions + encoder + decoder + leastPriorSize(settings);
}
