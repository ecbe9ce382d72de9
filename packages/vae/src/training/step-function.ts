import { compile, gradients } from '@reparam/autograd';
import { clipByGlobalNorm } from '@reparam/nn';
import {
  assignWhere,
  type Backend,
  type Compiled,
  scalarFunctions as f,
  input,
  map,
  type RandomKey,
  RecordedReadError,
  type Tensor,
} from '@reparam/tensor';
import { VariationalOptimizer } from '../inference/variational-optimizer.ts';
import { createObjective } from '../objectives/table.ts';
import type { ObjectiveTerms } from '../objectives/terms.ts';
import { binarize } from './binarize.ts';
import type { TrainingRun } from './run.ts';

/** What a step is given; everything else is the run's. */
export interface StepArguments {
  /** [B, features], as the data has it. */
  readonly batch: Tensor;
  readonly keyData: RandomKey;
  readonly keyDraw: RandomKey;
  /** A scalar. */
  readonly klWeight: Tensor;
  /** Examples that the batch was drawn from. */
  readonly datasetSize: number;
}

/** Scalars. */
export interface StepFigures {
  readonly loss: Tensor;
  /** Of the gradient, before it is clipped. */
  readonly norm: Tensor;
  readonly reconstruction: Tensor;
  readonly kl: Tensor;
}

export type StepFunction = (step: StepArguments) => StepFigures | Promise<StepFigures>;

/** The terms of the objective on a batch, and the gradient of its loss. */
export function differentiateLoss(
  { model, settings, baseline }: TrainingRun,
  { batch, keyData, keyDraw, klWeight, datasetSize }: StepArguments,
): { readonly terms: ObjectiveTerms; readonly slopes: Tensor[] } {
  const x = binarize(batch.cast(model.settings.dtype), settings.binarization, keyData);
  const { kind, ...options } = settings.objective;
  const terms = createObjective(
    kind,
    options,
  )({
    x,
    posterior: model.encode(x),
    prior: model.prior.forward(),
    decode: (z) => model.decode(z),
    key: keyDraw,
    klWeight,
    freeBits: settings.freeBits,
    datasetSize,
    runningMean: baseline.mean(),
  });
  const slopes = gradients(terms.loss, model.parameters()).map(({ value }) => value);
  return { terms, slopes };
}

const bothFinite = f.isFinite(f.add(f.abs(input(0)), f.abs(input(1))));

/** A step in terms of tensors alone: the run is changed unless the loss or its gradient is not finite. */
function computeStep(run: TrainingRun, step: StepArguments): StepFigures {
  const { terms, slopes } = differentiateLoss(run, step);
  const { clipNorm } = run.settings;
  const { gradients: clipped, norm } = clipByGlobalNorm(slopes, clipNorm > 0 ? clipNorm : Infinity);
  const loss = terms.loss.value;
  assignWhere(map(bothFinite, [loss, norm.cast(loss.dtype)]), () => {
    run.optimizer.step(clipped);
    if (terms.signal) run.baseline.update(terms.signal);
  });
  return { loss, norm, reconstruction: terms.reconstruction.value, kl: terms.kl.value };
}

/** Why a run's steps are not compiled; undefined when they may be. */
export function obstacleToCompiling({ optimizer }: TrainingRun): string | undefined {
  return optimizer instanceof VariationalOptimizer
    ? 'variational inference draws the parameters anew for every step, outside of the program'
    : undefined;
}

/** The steps of a run, each worked out operation by operation. */
export function eagerSteps(run: TrainingRun): StepFunction {
  return (step) => computeStep(run, step);
}

/**
 * The steps of a run as a compiled program. Where a model reads numbers on the way, which cannot be recorded, steps are
 * worked out operation by operation; `onObstacle` is then told why.
 */
export function compiledSteps(
  run: TrainingRun,
  {
    backend,
    onObstacle,
  }: { readonly backend?: Backend | undefined; readonly onObstacle: (reason: string) => void },
): StepFunction {
  const obstacle = obstacleToCompiling(run);
  let compiled: Compiled<[StepArguments], StepFigures> | undefined =
    obstacle === undefined
      ? compile((step: StepArguments) => computeStep(run, step), backend ? { backend } : {})
      : undefined;
  if (obstacle !== undefined) onObstacle(obstacle);
  return async (step) => {
    if (compiled === undefined) return computeStep(run, step);
    try {
      return await compiled.async(step);
    } catch (error) {
      if (!(error instanceof RecordedReadError)) throw error;
      compiled = undefined;
      onObstacle(error.message);
      return computeStep(run, step);
    }
  };
}
