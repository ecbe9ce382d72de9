/** What is known at the end of an epoch: one row of metrics.csv, one point of every curve. Nats per example. */
export interface EpochRow {
  /** Epochs completed, from 1. */
  readonly epoch: number;
  /** Optimiser steps completed. */
  readonly step: number;
  readonly trainElbo: number;
  /** Expected log-likelihood of the data under the decoder; higher is better. */
  readonly trainReconstruction: number;
  readonly trainKl: number;
  readonly heldOutElbo: number;
  readonly heldOutReconstruction: number;
  readonly heldOutKl: number;
  /** Weight of the KL term in the loss during this epoch's last step. */
  readonly beta: number;
  readonly activeUnits: number;
  /** Time spent training so far, resumed runs included. */
  readonly seconds: number;
}

/** The bound and its two terms, elbo = reconstruction − kl, in nats per example. */
export interface ElboTerms {
  readonly elbo: number;
  readonly reconstruction: number;
  readonly kl: number;
}

export interface ReportCommand {
  /** What the command is for, such as "Train on from the last checkpoint". */
  readonly purpose: string;
  readonly command: string;
}

export interface ReportPictures {
  readonly samplesPng: Uint8Array;
  /** Drawn through a second model of the codes, where there is one. */
  readonly twoStageSamplesPng?: Uint8Array;
  /** Originals and their reconstructions, in pairs. */
  readonly reconstructionsPng: Uint8Array;
  readonly latentSvg: string;
  /** What its dots and marks are. */
  readonly latentCaption: string;
}

/** Everything that the report page shows. */
export interface ReportContents {
  readonly title: string;
  readonly dataName: string;
  readonly generatedAt: Date;
  /** Shown as a table, in the given order: names and values as a person reads them. */
  readonly settings: Readonly<Record<string, string>>;
  /** At least one row, in order of epochs. */
  readonly history: readonly EpochRow[];
  readonly heldOut: ElboTerms;
  /** Held-out KL of each latent dimension, where it is a sum over them (not for flows and mixture priors). */
  readonly klPerLatent?: readonly number[];
  /** How much the posterior mean of each latent dimension varies over the held-out examples. */
  readonly activity: readonly number[];
  /** Variance above which a latent dimension counts as active. */
  readonly activeThreshold: number;
  readonly activeUnits: number;
  /** Number of latent dimensions. */
  readonly latent: number;
  readonly seconds: number;
  readonly pictures: ReportPictures;
  readonly commands: readonly ReportCommand[];
  /** Remarks on the data and the run worth a reader's attention; may be empty. */
  readonly notes: readonly string[];
}
