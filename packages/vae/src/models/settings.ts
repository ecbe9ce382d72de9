import { type ActivationName, activations } from '@reparam/nn';
import { ArgumentError } from '@reparam/tensor';

export type PriorSettings =
  | { readonly kind: 'normal' }
  | { readonly kind: 'mixture'; readonly components: number };

export type FlowSettings = { readonly kind: 'none' } | { readonly kind: 'planar'; readonly layers: number };

export interface GaussianSettings {
  readonly kind: 'gaussian';
  /** The standard deviation: fixed, one learned number for all features, or an output for each feature. */
  readonly scale: number | 'learned' | 'network';
  /**
   * Where a learned standard deviation starts; 0.1 unless told. A latent that explains less variance than that
   * switches off, and hardly ever comes back, so it should lie below the spread of the data.
   */
  readonly initialScale?: number;
}

/** How p(x|z) is given. */
export type LikelihoodSettings = { readonly kind: 'bernoulli' } | GaussianSettings;

/** The structure of a model: what has to be equal for parameters to fit. */
export interface VaeSettings {
  /** Length of one example. */
  readonly features: number;
  readonly latent: number;
  /** Widths of the encoder's hidden layers; the decoder has them in reverse. [] makes both linear. */
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
  readonly prior: PriorSettings;
  readonly flow: FlowSettings;
  readonly likelihood: LikelihoodSettings;
  readonly dtype: 'float32' | 'float64';
}

/**
 * Settings may come from a file, so nothing about them is taken for granted.
 * @throws ArgumentError naming the first one that is out of range.
 */
export function requireVaeSettings(settings: VaeSettings): void {
  const { features, latent, hidden, prior, flow, likelihood } = settings;
  requireCount('features', features);
  requireCount('latent', latent);
  if (!Array.isArray(hidden)) throw settingError('hidden', hidden, 'a list of widths');
  for (const width of hidden) requireCount('hidden', width);
  requireChoice('activation', settings.activation, Object.keys(activations));
  requireChoice('dtype', settings.dtype, ['float32', 'float64']);
  requireChoice('prior', prior?.kind, ['normal', 'mixture']);
  if (prior.kind === 'mixture') requireCount('prior.components', prior.components);
  requireChoice('flow', flow?.kind, ['none', 'planar']);
  if (flow.kind === 'planar') requireCount('flow.layers', flow.layers);
  requireChoice('likelihood', likelihood?.kind, ['bernoulli', 'gaussian']);
  if (likelihood.kind === 'gaussian') requireScales(likelihood);
}

function requireScales({ scale, initialScale = 1 }: GaussianSettings): void {
  const isPositive = (value: unknown): boolean =>
    typeof value === 'number' && value > 0 && Number.isFinite(value);
  if (!isPositive(scale) && scale !== 'learned' && scale !== 'network') {
    throw settingError('likelihood.scale', scale, 'a number above 0, "learned" or "network"');
  }
  if (!isPositive(initialScale)) {
    throw settingError('likelihood.initialScale', initialScale, 'a number above 0');
  }
}

function requireCount(name: string, value: unknown): void {
  if (!(Number.isSafeInteger(value) && (value as number) > 0))
    throw settingError(name, value, 'a whole number above 0');
}

function requireChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (!choices.includes(value as string)) throw settingError(name, value, `one of ${choices.join(', ')}`);
}

function settingError(name: string, value: unknown, wanted: string): ArgumentError {
  return new ArgumentError(
    'model settings',
    name,
    value,
    `${name} is ${String(value)}; it must be ${wanted}.`,
  );
}
