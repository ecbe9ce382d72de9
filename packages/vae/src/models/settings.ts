import { type ActivationName, activations } from '@reparam/nn';
import { ArgumentError } from '@reparam/tensor';
import { type Kinds, type Question, valuesOf } from '../choices/choice.ts';
import { flows } from '../flows/table.ts';
import { type LikelihoodSettings, likelihoodChoice } from './likelihoods.ts';
import { halvedSizes } from './networks/conv-shape.ts';
import { type NetworkSettings, networkKinds } from './networks/settings.ts';
import { type FlowSettings, flowChoice } from './posterior-flows.ts';
import { type PosteriorSettings, posteriorChoice } from './posteriors.ts';
import { type PriorSettings, priorChoice, priors } from './priors/table.ts';

/** The structure of a model: what has to be equal for parameters to fit. */
export interface VaeSettings {
  /** Length of one example. */
  readonly features: number;
  readonly latent: number;
  readonly network: NetworkSettings;
  /** Widths of the encoder's dense layers; the decoder has them in reverse. [] makes both linear. */
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
  readonly prior: PriorSettings;
  readonly posterior: PosteriorSettings;
  /** What bends the posterior. */
  readonly flow: FlowSettings;
  readonly likelihood: LikelihoodSettings;
  readonly dtype: 'float32' | 'float64';
}

/**
 * Settings with usual values for what is not given: 256-256 dense layers with relu, 10 latents, a diagonal posterior,
 * the prior N(0, I), coins for values.
 */
export function vaeSettings(given: Partial<VaeSettings> & Pick<VaeSettings, 'features'>): VaeSettings {
  return {
    latent: 10,
    network: { kind: 'mlp' },
    hidden: given.network?.kind === 'conv' ? [256] : [256, 256],
    activation: 'relu',
    prior: { kind: 'normal' },
    posterior: { kind: 'diagonal' },
    flow: { kind: 'none' },
    likelihood: { kind: 'bernoulli' },
    dtype: 'float32',
    ...given,
  };
}

/** The parts of a model that are chosen from tables, by their names in the settings. */
export const modelChoices = {
  prior: priorChoice,
  posterior: posteriorChoice,
  flow: flowChoice,
  likelihood: likelihoodChoice,
} as const satisfies Partial<Record<keyof VaeSettings, Question<Kinds>>>;

const questions: readonly (readonly [name: keyof typeof modelChoices, Question<Kinds>])[] = Object.entries(
  modelChoices,
) as [keyof typeof modelChoices, Question<Kinds>][];

const operation = 'model settings';

/**
 * Settings may come from a file, so nothing about them is taken for granted.
 * @throws ArgumentError naming the first one that is out of range.
 */
export function requireVaeSettings(settings: VaeSettings): void {
  const { features, latent, hidden, prior, flow } = settings;
  requireCount('features', features);
  requireCount('latent', latent);
  if (!Array.isArray(hidden)) throw settingError('hidden', hidden, 'a list of widths');
  for (const width of hidden) requireCount('hidden', width);
  requireWord('activation', settings.activation, Object.keys(activations));
  requireWord('dtype', settings.dtype, ['float32', 'float64']);
  requireNetwork(settings.network, features);
  for (const [name, question] of questions) valuesOf(question, settings[name]);
  if (flow.kind !== 'none') requireDimensions('flow', flow.kind, latent);
  if (prior.kind === 'flow')
    requireDimensions('prior', prior.flow ?? priors.flow.options.flow.default, latent);
}

function requireNetwork(network: NetworkSettings, features: number): void {
  requireWord('network', network?.kind, networkKinds);
  if (network.kind !== 'conv') return;
  const { image, channels } = network;
  if (!Array.isArray(channels) || channels.length === 0) {
    throw settingError('network.channels', channels, 'a list of at least one number of channels');
  }
  for (const count of channels) requireCount('network.channels', count);
  if (!Array.isArray(image) || image.length !== 2) {
    throw settingError('network.image', image, 'a height and a width');
  }
  for (const length of image) requireCount('network.image', length);
  const [height, width] = image;
  if (height * width !== features) {
    throw new ArgumentError(
      operation,
      'network.image',
      image,
      `network.image is ${height} × ${width} = ${height * width} pixels, but an example has ${features} features.`,
    );
  }
  const innermost = halvedSizes(image, channels.length).at(-1)!;
  if (Math.min(...innermost) < 1) {
    throw new ArgumentError(
      operation,
      'network.channels',
      channels,
      `network.channels asks for ${channels.length} convolutions, each of which halves the image, but ${height} × ` +
        `${width} pixels can be halved ${Math.floor(Math.log2(Math.min(height, width)))} times: leave some out, or use { kind: "mlp" }.`,
    );
  }
}

function requireDimensions(name: string, flow: keyof typeof flows, latent: number): void {
  const { minimumDimensions } = flows[flow];
  if (latent >= minimumDimensions) return;
  throw new ArgumentError(
    operation,
    name,
    flow,
    `${flow} moves some latents by what the others are, so it needs latent ≥ ${minimumDimensions}, and latent is ` +
      `${latent}; choose another flow, such as planar or iaf.`,
  );
}

function requireCount(name: string, value: unknown): void {
  if (!(Number.isSafeInteger(value) && (value as number) > 0))
    throw settingError(name, value, 'a whole number above 0');
}

function requireWord(name: string, value: unknown, choices: readonly string[]): void {
  if (!choices.includes(value as string)) throw settingError(name, value, `one of ${choices.join(', ')}`);
}

function settingError(name: string, value: unknown, wanted: string): ArgumentError {
  return new ArgumentError(operation, name, value, `${name} is ${String(value)}; it must be ${wanted}.`);
}
