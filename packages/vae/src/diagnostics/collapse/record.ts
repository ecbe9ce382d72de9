/** Means over examples, in nats. */
export interface RecordedBound {
  readonly elbo: number;
  readonly reconstruction: number;
  readonly kl: number;
}

/** How an epoch ended. */
export interface EpochRecord {
  /** Counted from 1. */
  readonly epoch: number;
  /** While the model was changing. */
  readonly train: RecordedBound;
  readonly heldOut: RecordedBound & {
    readonly klPerLatent?: readonly number[] | undefined;
    /** Var_x E_q(z|x)[z] of each latent. */
    readonly activity: readonly number[];
  };
  /** What the KL counted for in the last step. */
  readonly klWeight: number;
  /** σ² of a Gaussian decoder, averaged over features, where there is one. */
  readonly noiseVariance?: number;
}

/** What is known of the data without any latent variable. */
export interface DataRecord {
  /** The best mean ln p(x) of a decoder that ignores z and takes features as independent; see `independentReference`. */
  readonly independentReconstruction?: number;
  /** The largest eigenvalues λ of the data's covariance; see `principalVariances`. */
  readonly principalVariances?: readonly number[];
  /** The variance of a feature, averaged over features. */
  readonly meanVariance?: number;
  /** The entropy of the data in nats per example, where it is known: no model can exceed minus that. */
  readonly entropy?: number;
}

/** A run as plain records, which survive JSON: what the collapse doctor reads. */
export interface RunRecord {
  readonly settings: {
    readonly likelihood: 'bernoulli' | 'gaussian' | 'other';
    /** β */
    readonly beta: number;
    /** Epochs over which the weight of the KL grew from 0 to β. */
    readonly annealEpochs: number;
    readonly learningRate: number;
    /** Where the σ² of a Gaussian decoder started, if it was learned. */
    readonly initialNoiseVariance?: number;
  };
  /** In order. */
  readonly epochs: readonly EpochRecord[];
  /** What was no longer finite, if that ended the run. */
  readonly diverged?: { readonly step: number; readonly quantity: string };
  readonly data?: DataRecord;
}
