import type { Evaluation } from './evaluate.ts';

/** Means over examples, in nats. */
export interface BoundTerms {
  readonly elbo: number;
  readonly reconstruction: number;
  readonly kl: number;
}

export interface StepEvent extends BoundTerms {
  readonly kind: 'step';
  /** Steps taken, this one included. */
  readonly step: number;
  readonly totalSteps: number;
  /** Counted from 1. */
  readonly epoch: number;
  readonly loss: number;
  readonly klWeight: number;
  readonly learningRate: number;
  readonly examples: number;
}

export interface EpochEvent {
  readonly kind: 'epoch';
  readonly epoch: number;
  readonly step: number;
  /** Means over the epoch's steps, while the model was changing. */
  readonly train: BoundTerms;
  readonly heldOut: Evaluation;
  /** The weight of the KL in the epoch's last step. */
  readonly klWeight: number;
  /** The epoch whose parameters the run has again, where it ends here because the bound was not bettered. */
  readonly stoppedFor?: number;
}

export type TrainingEvent = StepEvent | EpochEvent;
