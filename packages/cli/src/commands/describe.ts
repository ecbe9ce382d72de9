import type { TrainingRun, TrainingSettings, VaeSettings } from '@reparam/vae';
import { runOptions } from '../options/run-options.ts';
import { isTwoStage } from './second-stage.ts';
import type { Source } from './source.ts';

/** The options that give such a model, as a person would type them, by name. */
export function describeModel(settings: VaeSettings): Record<string, string> {
  const { latent, network, hidden, activation, prior, posterior, flow, likelihood } = settings;
  return {
    latent: String(latent),
    model: network.kind,
    hidden: runOptions.hidden.format(hidden),
    ...(network.kind === 'conv' && { channels: runOptions.channels.format(network.channels) }),
    activation,
    prior: runOptions.prior.format(prior),
    posterior: runOptions.posterior.format(posterior),
    flow: runOptions.flow.format(flow),
    likelihood: runOptions.likelihood.format(likelihood),
  };
}

/** The options that give such a training, as a person would type them, by name. */
export function describeTraining(settings: TrainingSettings): Record<string, string> {
  return {
    objective: runOptions.objective.format(settings.objective),
    beta: String(settings.beta),
    annealing: runOptions.annealing.format(settings.annealing),
    'free-bits': String(settings.freeBits),
    optimizer: settings.optimizer,
    lr: String(settings.learningRate),
    schedule: runOptions.schedule.format(settings.schedule),
    clip: String(settings.clipNorm),
    binarize: settings.binarization,
    epochs: String(settings.epochs),
    patience: String(settings.patience),
    batch: String(settings.batchSize),
    seed: String(settings.seed),
  };
}

/** All options that give such a run again, on the same data, by name. */
export function describeRun(run: TrainingRun, source: Source): Record<string, string> {
  const { model, settings } = run;
  const { data, digits, heldOut } = source;
  return {
    ...(data === null ? { digits: String(digits) } : { data }),
    'held-out': String(heldOut),
    ...describeModel(model.settings),
    ...(isTwoStage(run) && { 'two-stage': 'true' }),
    ...describeTraining(settings),
  };
}

/** Width first, as people say it. */
export function describeImages([height, width]: readonly [height: number, width: number]): string {
  return `images of ${width} × ${height} pixels`;
}
