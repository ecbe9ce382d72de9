import type { TrainingSettings, VaeSettings } from '@reparam/vae';

/** Settings as a person would type them on the command line, for pages, summaries and messages. */
export function describeModel({
  latent,
  hidden,
  prior,
  flow,
  likelihood,
}: VaeSettings): Record<string, string> {
  return {
    latent: String(latent),
    hidden: hidden.length > 0 ? hidden.join(',') : 'none',
    prior: prior.kind === 'mixture' ? `mixture:${prior.components}` : 'normal',
    flow: flow.kind === 'planar' ? `planar:${flow.layers}` : 'none',
    likelihood: likelihood.kind,
    ...(likelihood.kind === 'gaussian' && { scale: String(likelihood.scale) }),
  };
}

export function describeTraining(settings: TrainingSettings): Record<string, string> {
  return {
    optimizer: settings.optimizer,
    lr: String(settings.learningRate),
    beta: String(settings.beta),
    anneal: String(settings.annealEpochs),
    'free-bits': String(settings.freeBits),
    clip: String(settings.clipNorm),
    binarize: settings.binarization,
    epochs: String(settings.epochs),
    batch: String(settings.batchSize),
    seed: String(settings.seed),
  };
}

/** Width first, as people say it. */
export function describeImages([height, width]: readonly [height: number, width: number]): string {
  return `images of ${width} × ${height} pixels`;
}
