import type { Tensor } from '@reparam/tensor';
import {
  activeThreshold,
  aggregatePosterior,
  binarize,
  collapseDoctor,
  type Dataset,
  evaluateRun,
  finish,
  flows,
  importanceLogLikelihood,
  type LatentModel,
  latentUsage,
  type TrainingRun,
  type Work,
  withSettledParameters,
} from '@reparam/vae';
import { firstRows } from '../data/first-rows.ts';
import type { EpochRow } from '../report/contents.ts';
import type { RunEvaluation } from './evaluation.ts';
import { recordRun } from './run-record.ts';

export interface EvaluationRequest {
  /** How messages and files call the run. */
  readonly path: string;
  readonly run: TrainingRun;
  readonly dataset: Dataset;
  /** Draws of z for each example. */
  readonly samples: number;
  /** The run's own history and training data, where it is its held-out examples that are evaluated. */
  readonly own?: { readonly history: readonly EpochRow[]; readonly train: Dataset };
  /** Does work that takes a while, and may show how far it has come. */
  readonly perform?: Perform;
}

export type Perform = <Result>(label: string, work: Work<Result>) => Result;

/** Beyond the streams of random numbers that training uses. */
const stream = 100;

/** All that can be said of a run's model over a data set. The same run and data give the same figures. */
export function evaluateThoroughly(request: EvaluationRequest): RunEvaluation {
  return withSettledParameters(request.run, () => evaluateSettled(request));
}

function evaluateSettled({
  path,
  run,
  dataset,
  samples,
  own,
  perform = (_, work) => finish(work),
}: EvaluationRequest): RunEvaluation {
  const { model, settings } = run;
  const key = run.key.foldIn(stream);
  const x = binarize(dataset.examples, settings.binarization, key.foldIn(0));
  const latentModel: LatentModel = {
    prior: model.prior.forward(),
    posterior: (batch) => model.encode(batch),
    decode: (z) => model.decode(z),
  };
  const bound = evaluateRun(run, dataset);
  const usage = latentUsage({ ...latentModel, x, key: key.foldIn(1) });
  const evidence = perform(
    'importance sampling',
    importanceLogLikelihood({ ...latentModel, x, samples, key: key.foldIn(2) }),
  );
  const sizes = evidence.perExample.effectiveSampleSize.toSorted();
  return {
    run: path,
    data: { name: dataset.name, split: own ? 'held-out' : 'all', examples: x.shape[0]! },
    likelihood: model.settings.likelihood.kind,
    binarization: settings.binarization,
    objective: settings.objective,
    elbo: {
      elbo: bound.elbo,
      reconstruction: bound.reconstruction,
      kl: bound.kl,
      klEstimated: usage.klEstimated,
    },
    logLikelihood: {
      logLikelihood: evidence.logLikelihood,
      standardError: evidence.standardError,
      bound: evidence.bound,
      samples,
      effectiveSamples: { median: sizes[Math.floor(sizes.length / 2)]!, least: sizes[0]! },
    },
    latents: {
      count: usage.activity.length,
      active: usage.activeUnits,
      activeThreshold,
      activity: usage.activity,
      ...(usage.klPerLatent && { kl: usage.klPerLatent }),
    },
    ...aggregateOf(latentModel, run, x, perform),
    ...(own && {
      findings: collapseDoctor(
        recordRun(run, own.history, bound, { heldOutExamples: x, trainExamples: own.train.examples }),
      ),
    }),
  };
}

/** Its cost is that of all pairs, each of which a flow that is not inverted in closed form makes much dearer. */
const mostPaired = { closed: 1000, passes: 300, iterative: 150 } as const;

function aggregateOf(
  latentModel: LatentModel,
  { model, key }: TrainingRun,
  x: Tensor,
  perform: Perform,
): Pick<RunEvaluation, 'aggregate'> {
  const { kind } = model.settings.flow;
  const rows = firstRows(x, mostPaired[kind === 'none' ? 'closed' : flows[kind].inverse]);
  const {
    kl: _,
    aggregateKlPerLatent: __,
    ...parts
  } = perform(
    'aggregate posterior',
    aggregatePosterior({ ...latentModel, x: rows, key: key.foldIn(stream).foldIn(3) }),
  );
  return { aggregate: { ...parts, examples: rows.shape[0]! } };
}
