import { gradients } from '@reparam/autograd';
import { clipByGlobalNorm, linearSchedule, type Schedule } from '@reparam/nn';
import {
  ArgumentError,
  formatShape,
  gather,
  permutation,
  type RandomKey,
  ReparamError,
  ShapeError,
  type Tensor,
} from '@reparam/tensor';
import type { Dataset } from '../data/dataset.ts';
import { binarize } from './binarize.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import { noTotals, streamKey, type TrainingRun } from './run.ts';
import type { TrainingSettings } from './settings.ts';

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
}

export type TrainingEvent = StepEvent | EpochEvent;

/**
 * The training left the finite numbers. The step that noticed it was not taken: the run stands where the step
 * before left it, so go on from an earlier checkpoint, with other settings.
 */
export class DivergedError extends ReparamError {
  readonly step: number;

  constructor(step: number, epoch: number, quantity: string, value: number, learningRate: number) {
    super(
      'train',
      `${quantity} became ${value} at step ${step} (epoch ${epoch}). Try a learning rate below ${learningRate}, ` +
        'a limit on the gradient norm, or a longer annealing of the KL; and look at the data for extreme values.',
    );
    this.step = step;
  }
}

export function stepsPerEpoch({ batchSize }: TrainingSettings, examples: number): number {
  return Math.ceil(examples / batchSize);
}

/** The weight of the KL at each step. */
export function klSchedule({ beta, annealEpochs }: TrainingSettings, epochSteps: number): Schedule {
  return linearSchedule({ from: 0, to: beta, over: Math.round(annealEpochs * epochSteps) });
}

/**
 * Trains a run from where it stands to its last epoch: yields an event after every step, and one with the
 * held-out bound after every epoch. Stop by leaving the loop; the run can be saved and gone on with after any
 * event, and comes to the same parameters bit for bit as without the stop.
 * @throws ShapeError or ArgumentError when the examples do not fit the model, DivergedError when the loss, its
 * gradient or the held-out bound is no longer finite.
 */
export async function* train(
  run: TrainingRun,
  { train: data, heldOut }: { readonly train: Dataset; readonly heldOut: Dataset },
): AsyncGenerator<TrainingEvent, void> {
  requireTrainable(run, data);
  requireTrainable(run, heldOut);
  const { settings } = run;
  const epochSteps = stepsPerEpoch(settings, data.examples.shape[0]!);
  const totalSteps = settings.epochs * epochSteps;
  const klWeights = klSchedule(settings, epochSteps);
  const breathe = breather();
  // A run that was stopped between the last step of an epoch and its end owes that end.
  if (run.totals.examples > 0 && run.step % epochSteps === 0) {
    yield closeEpoch(run, heldOut, run.step / epochSteps, klWeights(run.step - 1));
  }
  while (run.step < totalSteps) {
    const epoch = Math.floor(run.step / epochSteps);
    const order = permutation(streamKey(run.key, 'shuffle').foldIn(epoch), data.examples.shape[0]!);
    for (let position = run.step % epochSteps; position < epochSteps; position++) {
      const from = position * settings.batchSize;
      const picked = order.slice([[from, Math.min(from + settings.batchSize, order.size)]]);
      const klWeight = klWeights(run.step);
      const terms = takeStep(run, gather(data.examples, picked), klWeight, epoch + 1);
      yield {
        kind: 'step',
        ...terms,
        klWeight,
        step: run.step,
        totalSteps,
        epoch: epoch + 1,
        examples: picked.size,
      };
      await breathe();
    }
    yield closeEpoch(run, heldOut, epoch + 1, klWeights(run.step - 1));
  }
}

/** One step of the optimiser along the gradient of the loss on a batch. */
function takeStep(
  run: TrainingRun,
  batch: Tensor,
  klWeight: number,
  epoch: number,
): BoundTerms & { loss: number } {
  const { model, optimizer, settings } = run;
  const [keyData, keyDraw] = streamKey(run.key, 'step').foldIn(run.step).split(2) as [RandomKey, RandomKey];
  const x = binarize(batch.cast(model.settings.dtype), settings.binarization, keyData);
  const terms = model.elbo(x, keyDraw, { klWeight, freeBits: settings.freeBits });
  const loss = terms.loss.item();
  const requireFinite = (quantity: string, value: number): void => {
    if (Number.isFinite(value)) return;
    throw new DivergedError(run.step + 1, epoch, quantity, value, settings.learningRate);
  };
  requireFinite('the loss', loss);
  const slopes = gradients(terms.loss, model.parameters()).map(({ value }) => value);
  const clipped = clipByGlobalNorm(slopes, settings.clipNorm > 0 ? settings.clipNorm : Infinity);
  requireFinite('the norm of the gradient', clipped.norm);
  optimizer.step(clipped.gradients);
  const [reconstruction, kl] = [terms.reconstruction.item(), terms.kl.item()];
  const count = batch.shape[0]!;
  run.step++;
  run.totals = {
    examples: run.totals.examples + count,
    reconstruction: run.totals.reconstruction + reconstruction * count,
    kl: run.totals.kl + kl * count,
  };
  return { elbo: reconstruction - kl, reconstruction, kl, loss };
}

function closeEpoch(run: TrainingRun, heldOut: Dataset, epoch: number, klWeight: number): EpochEvent {
  const { examples, reconstruction, kl } = run.totals;
  const evaluation = evaluateRun(run, heldOut);
  if (!Number.isFinite(evaluation.elbo)) {
    throw new DivergedError(
      run.step,
      epoch,
      'the held-out bound',
      evaluation.elbo,
      run.settings.learningRate,
    );
  }
  run.totals = noTotals;
  return {
    kind: 'epoch',
    epoch,
    step: run.step,
    train: {
      elbo: (reconstruction - kl) / examples,
      reconstruction: reconstruction / examples,
      kl: kl / examples,
    },
    heldOut: evaluation,
    klWeight,
  };
}

/** The bound on a data set, by the run's own key: the same figures whenever it is asked. */
export function evaluateRun(run: TrainingRun, data: Dataset): Evaluation {
  const { batchSize, binarization } = run.settings;
  return evaluate(run.model, data.examples, {
    key: streamKey(run.key, 'evaluation'),
    batchSize,
    binarization,
  });
}

/**
 * Whether a run can learn from a data set.
 * @throws ShapeError when the examples do not fit the model, ArgumentError when their values do not.
 */
export function requireTrainable({ model, settings }: TrainingRun, { name, examples }: Dataset): void {
  const { features, likelihood } = model.settings;
  if (examples.rank !== 2 || examples.shape[1] !== features) {
    throw new ShapeError(
      'train',
      `"${name}" is ${formatShape(examples.shape)}, but this model takes [count, ${features}].`,
      { examples: examples.shape },
    );
  }
  if (examples.size === 0) {
    throw new ShapeError('train', `"${name}" is ${formatShape(examples.shape)}: there are no examples.`, {
      examples: examples.shape,
    });
  }
  if (likelihood.kind !== 'bernoulli' || settings.binarization === 'threshold') return;
  const outside = examples.toTypedArray().find((value) => !(value >= 0 && value <= 1));
  if (outside !== undefined) {
    throw new ArgumentError(
      'train',
      'examples',
      outside,
      `"${name}" has the value ${outside}, but a Bernoulli likelihood is about values from 0 to 1. ` +
        'Rescale the data, or use a Gaussian likelihood.',
    );
  }
}

/** Lets timers, signals and the page's events have their turn about thirty times a second. */
function breather(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < 30) return;
    await new Promise((resolve) => setTimeout(resolve));
    last = performance.now();
  };
}
