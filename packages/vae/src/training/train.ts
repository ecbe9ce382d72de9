import { type Backend, DeviceLostError, gather, permutation } from '@reparam/tensor';
import type { Dataset } from '../data/dataset.ts';
import { VariationalOptimizer } from '../inference/variational-optimizer.ts';
import { objectives } from '../objectives/table.ts';
import { klSchedule } from './annealing.ts';
import { DeviceRun } from './device-run.ts';
import { DivergedError } from './diverged-error.ts';
import { judgeEpoch } from './epoch-end.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import type { EpochEvent, TrainingEvent } from './events.ts';
import { learningRateSchedule } from './learning-rates.ts';
import { createOptimizer, noTotals, streamKey, type TrainingRun, withSettledParameters } from './run.ts';
import type { TrainingSettings } from './settings.ts';
import { takeStep } from './step.ts';
import { compiledSteps, eagerSteps } from './step-function.ts';
import { requireTrainable } from './trainable.ts';

export interface TrainOptions {
  /** Whether steps are worked out operation by operation instead of as a compiled program; false unless told. */
  readonly eager?: boolean;
  /** What runs compiled steps, such as a GPU; the active backend unless told. All else runs on the active one. */
  readonly backend?: Backend;
  /** Is told once why steps are not compiled, where they cannot be, or that a device was lost. */
  readonly onObstacle?: (reason: string) => void;
}

export function stepsPerEpoch({ batchSize }: Pick<TrainingSettings, 'batchSize'>, examples: number): number {
  return Math.ceil(examples / batchSize);
}

/**
 * Trains a run from where it stands to its last epoch: yields an event after every step, and one with the
 * held-out bound after every epoch. Stop by leaving the loop; the run can be saved and gone on with after any
 * event, and comes to the same parameters bit for bit as without the stop. A run with `patience` may end sooner.
 * @throws ShapeError or ArgumentError when the examples do not fit the model, DivergedError when the loss, its
 * gradient or the held-out bound is no longer finite.
 */
export async function* train(
  run: TrainingRun,
  { train: data, heldOut }: { readonly train: Dataset; readonly heldOut: Dataset },
  { eager = false, backend, onObstacle = () => {} }: TrainOptions = {},
): AsyncGenerator<TrainingEvent, void> {
  requireTrainable(run, data);
  requireTrainable(run, heldOut);
  const { settings } = run;
  const datasetSize = data.examples.shape[0]!;
  const epochSteps = stepsPerEpoch(settings, datasetSize);
  const totalSteps = settings.epochs * epochSteps;
  const klWeights = klSchedule(settings, epochSteps);
  const { learningRate, schedule } = settings;
  const rates = learningRateSchedule(schedule, { learningRate, epochSteps, totalSteps });
  const leastBatch = Math.min(objectives[settings.objective.kind].needs.batch, datasetSize);
  const breathe = breather();
  if (run.step === 0) initialize(run, data);
  if (run.optimizer instanceof VariationalOptimizer) run.optimizer.dataCount = datasetSize;
  const device = backend && !eager ? new DeviceRun(run) : undefined;
  let stepFunction = eager ? eagerSteps(run) : compiledSteps(run, { backend, onObstacle });
  // A run that was stopped between the last step of an epoch and its end owes that end.
  if (run.totals.examples > 0 && run.step % epochSteps === 0) {
    yield closeEpoch(run, heldOut, run.step / epochSteps, klWeights(run.step - 1));
  }
  while (run.step < totalSteps && !run.stoppedEarly) {
    const epoch = Math.floor(run.step / epochSteps);
    const order = permutation(streamKey(run.key, 'shuffle').foldIn(epoch), datasetSize);
    try {
      for (let position = run.step % epochSteps; position < epochSteps; position++) {
        const to = Math.min((position + 1) * settings.batchSize, datasetSize);
        // What compares examples must not get a lone last one.
        const from = Math.min(position * settings.batchSize, to - leastBatch);
        const batch = gather(data.examples, order.slice([[from, to]]));
        const klWeight = klWeights(run.step);
        run.optimizer.learningRate = run.plateau?.value ?? rates(run.step);
        const terms = await takeStep(run, stepFunction, batch, { klWeight, epoch: epoch + 1, datasetSize });
        yield {
          kind: 'step',
          ...terms,
          klWeight,
          learningRate: run.optimizer.learningRate,
          step: run.step,
          totalSteps,
          epoch: epoch + 1,
          examples: to - from,
        };
        await breathe();
      }
      await device?.readBackIfNeeded();
    } catch (error) {
      if (!(error instanceof DeviceLostError) || device === undefined) throw error;
      device.goBack();
      stepFunction = compiledSteps(run, { onObstacle });
      onObstacle(`${error.message} The run goes on from step ${run.step} on the CPU.`);
      continue;
    } finally {
      // Also when the loop is left: whoever saves the run then finds it here.
      await device?.readBackIfNeeded();
    }
    yield closeEpoch(run, heldOut, epoch + 1, klWeights(run.step - 1));
  }
}

/** Most examples that a model looks at before its first step. */
const mostLookedAt = 2000;

/** What is set by looking at data is set before the first step; an optimiser that remembers parameters starts anew. */
function initialize(run: TrainingRun, { examples }: Dataset): void {
  const { model, settings, key } = run;
  const looked = examples.slice([[0, Math.min(mostLookedAt, examples.shape[0]!)]]).cast(model.settings.dtype);
  if (model.initialize(looked, streamKey(key, 'initialize'))) {
    run.optimizer = createOptimizer(model, settings, key);
  }
}

function closeEpoch(run: TrainingRun, heldOut: Dataset, epoch: number, klWeight: number): EpochEvent {
  const { examples, reconstruction, kl } = run.totals;
  const evaluation = evaluateRun(run, heldOut);
  const { elbo } = evaluation;
  if (!Number.isFinite(elbo)) {
    const { step, settings } = run;
    const { learningRate } = settings;
    throw new DivergedError({ quantity: 'the held-out bound', value: elbo, step, epoch, learningRate });
  }
  run.totals = noTotals;
  const stops = judgeEpoch(run, epoch, elbo);
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
    ...(stops && { stoppedFor: run.best!.epoch }),
  };
}

/** The bound on a data set, by the run's own key: the same figures whenever it is asked. */
export function evaluateRun(run: TrainingRun, data: Dataset): Evaluation {
  const { batchSize, binarization } = run.settings;
  const key = streamKey(run.key, 'evaluation');
  return withSettledParameters(run, () =>
    evaluate(run.model, data.examples, { key, batchSize, binarization }),
  );
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
