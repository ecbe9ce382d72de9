import { finish } from '@reparam/vae';
import { type EvaluationRequest, evaluateThoroughly, type Perform } from '../evaluation/evaluate-run.ts';
import { renderEvaluation } from '../evaluation/render-evaluation.ts';
import type { EpochRow } from '../report/contents.ts';
import { createWorkBar } from '../terminal/work-bar.ts';
import { loadFitting } from './fitting-data.ts';
import { openRun } from './run-folder.ts';
import { type OpenedData, reopenData, sourceOf } from './source.ts';

export interface EvaluateOptions {
  readonly data?: string;
  readonly samples: number;
  readonly json: boolean;
}

/** Prints how well a run's model explains examples, what its latents do, and what is the matter with it. */
export async function evaluateCommand(path: string, { data, samples, json }: EvaluateOptions): Promise<void> {
  const { run, folder } = await openRun(path);
  const history = await folder.readMetrics(run.step);
  const evaluated =
    data === undefined
      ? ownExamples(await reopenData(sourceOf(run, path)), history)
      : { dataset: await loadFitting(data, path, run) };
  const evaluation = evaluateThoroughly({ path, run, samples, perform, ...evaluated });
  console.log(
    json ? JSON.stringify(evaluation, null, 2) : renderEvaluation(evaluation, process.stdout.columns ?? 100),
  );
}

function ownExamples(
  { train, heldOut }: OpenedData,
  history: readonly EpochRow[],
): Pick<EvaluationRequest, 'dataset' | 'own'> {
  return { dataset: heldOut, own: { train, history } };
}

const perform: Perform = (label, work) => {
  const bar = createWorkBar(process.stderr, label);
  try {
    return finish(work, bar.update);
  } finally {
    bar.stop();
  }
};
