import { ReparamError } from '@reparam/tensor';

/** What left the finite numbers, and when. */
export interface Divergence {
  /** Such as `the loss`. */
  readonly quantity: string;
  readonly value: number;
  readonly step: number;
  readonly epoch: number;
  readonly learningRate: number;
  /** The operation that made the first such number, where it was found. */
  readonly cause?: Error | undefined;
}

/**
 * The training left the finite numbers. The step that noticed it was not taken: the run stands where the step
 * before left it, so go on from an earlier checkpoint, with other settings.
 */
export class DivergedError extends ReparamError {
  readonly step: number;

  constructor({ quantity, value, step, epoch, learningRate, cause }: Divergence) {
    super(
      'train',
      `${quantity} became ${value} at step ${step} (epoch ${epoch}).${cause ? ` First there was ${cause.message}` : ''} ` +
        `Try a learning rate below ${learningRate}, a limit on the gradient norm, or a longer annealing of the KL; and ` +
        'look at the data for extreme values.',
      { cause },
    );
    this.step = step;
  }
}
