import type { ActivationName } from '@reparam/nn';

export type PriorSettings =
  | { readonly kind: 'normal' }
  | { readonly kind: 'mixture'; readonly components: number };

export type FlowSettings = { readonly kind: 'none' } | { readonly kind: 'planar'; readonly layers: number };

/**
 * How p(x|z) is given. A Gaussian's standard deviation is a fixed number, one learned number for all features,
 * or an output of the network for each feature.
 */
export type LikelihoodSettings =
  | { readonly kind: 'bernoulli' }
  | { readonly kind: 'gaussian'; readonly scale: number | 'learned' | 'network' };

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
