import { type AnomalyOptions, detectAnomalies, NonFiniteError } from '@reparam/autograd';
import { type RandomKey, scalar, type Tensor, tensor } from '@reparam/tensor';
import { DivergedError } from './diverged-error.ts';
import type { BoundTerms } from './events.ts';
import { streamKey, type TrainingRun } from './run.ts';
import { differentiateLoss, type StepArguments, type StepFunction } from './step-function.ts';

/** What a step is told beside the run. */
interface StepInputs {
  readonly klWeight: number;
  /** Counted from 1. */
  readonly epoch: number;
  /** Examples that the batch was drawn from. */
  readonly datasetSize: number;
}

/**
 * One step of the optimiser along the gradient of the objective on a batch.
 * @throws DivergedError, the step not taken, when the loss or its gradient is no longer finite.
 */
export async function takeStep(
  run: TrainingRun,
  stepFunction: StepFunction,
  batch: Tensor,
  { klWeight, epoch, datasetSize }: StepInputs,
): Promise<BoundTerms & { loss: number }> {
  const { model, settings, optimizer } = run;
  const [keyData, keyDraw] = streamKey(run.key, 'step').foldIn(run.step).split(2) as [RandomKey, RandomKey];
  const step: StepArguments = {
    batch,
    keyData,
    keyDraw,
    klWeight: scalar(klWeight, { dtype: model.settings.dtype }),
    datasetSize,
  };
  const before = optimizer.steps;
  const figures = await stepFunction(step);
  const requireFinite = (quantity: string, value: number): void => {
    if (Number.isFinite(value)) return;
    // The program counts the step before it knows.
    optimizer.restore({ ...optimizer.state(), step: tensor(before, { dtype: 'int32' }) });
    const cause = causeOf(() => differentiateLoss(run, step), { infinities: !Number.isNaN(value) });
    const { learningRate } = settings;
    throw new DivergedError({ quantity, value, step: run.step + 1, epoch, learningRate, cause });
  };
  const loss = figures.loss.item();
  requireFinite('the loss', loss);
  requireFinite('the norm of the gradient', figures.norm.item());
  const [reconstruction, kl] = [figures.reconstruction.item(), figures.kl.item()];
  const count = batch.shape[0]!;
  run.step++;
  run.totals = {
    examples: run.totals.examples + count,
    reconstruction: run.totals.reconstruction + reconstruction * count,
    kl: run.totals.kl + kl * count,
  };
  return { elbo: reconstruction - kl, reconstruction, kl, loss };
}

/** The operation that first makes NaN, or with `infinities` one of these. */
function causeOf(step: () => void, options: AnomalyOptions): NonFiniteError | undefined {
  try {
    detectAnomalies(step, options);
  } catch (error) {
    if (error instanceof NonFiniteError) return error;
    throw error;
  }
  return undefined;
}
