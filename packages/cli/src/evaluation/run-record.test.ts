import { tensor } from '@reparam/tensor';
import type { Evaluation } from '@reparam/vae';
import { expect, test } from 'vitest';
import { tinyRun } from '../../../../test/support/tiny-run.ts';
import type { EpochRow } from '../report/contents.ts';
import { recordRun } from './run-record.ts';

const evaluation: Evaluation = {
  elbo: -1.5,
  reconstruction: -1,
  kl: 0.5,
  klPerLatent: [0.5],
  activity: [0.75],
  activeUnits: 1,
};
const row = (epoch: number): EpochRow => ({
  epoch,
  step: epoch,
  trainElbo: -epoch,
  trainReconstruction: -epoch - 1,
  trainKl: -1,
  heldOutElbo: -2 * epoch,
  heldOutReconstruction: -2 * epoch - 1,
  heldOutKl: -1,
  beta: epoch / 10,
  activeUnits: 1,
  seconds: epoch,
});
// The mean of each column is 0, and its variance is 4, 1 and 0.
const examples = tensor([
  [2, 1, 0],
  [-2, 1, 0],
  [2, -1, 0],
  [-2, -1, 0],
]);
const data = { heldOutExamples: examples, trainExamples: examples };

test('epochs are those of the metrics, the last one as it is evaluated now', () => {
  const run = tinyRun({}, { annealing: { kind: 'linear', epochs: 3, after: 1 }, beta: 2 });
  const record = recordRun(run, [1, 2, 3].map(row), evaluation, data);
  expect(record.settings).toEqual({ likelihood: 'bernoulli', beta: 2, annealEpochs: 4, learningRate: 0.1 });
  expect(record.epochs).toMatchObject([
    {
      epoch: 1,
      train: { elbo: -1, reconstruction: -2, kl: -1 },
      heldOut: { elbo: -2, reconstruction: -3, kl: -1 },
      klWeight: 0.1,
    },
    { epoch: 2 },
    { epoch: 3, train: { elbo: -3 }, heldOut: evaluation, klWeight: 0.3 },
  ]);
});

test('a run that ended early stops at its best epoch, and one without metrics has the one of now', () => {
  const run = { ...tinyRun(), stoppedEarly: true, best: { epoch: 2, elbo: -4, state: {} } };
  const record = recordRun(run, [1, 2, 3, 4].map(row), evaluation, data);
  expect(record.epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
  expect(recordRun(tinyRun(), [], evaluation, data).epochs).toEqual([
    { epoch: 1, train: evaluation, heldOut: evaluation, klWeight: 1 },
  ]);
});

test('the noise of a Gaussian is told, and the variances that it is measured by', () => {
  const fixed = recordRun(tinyRun({ likelihood: { kind: 'gaussian', scale: 0.5 } }), [], evaluation, data);
  expect(fixed.epochs[0]!.noiseVariance).toBeCloseTo(0.25, 6);
  expect(fixed.settings).not.toHaveProperty('initialNoiseVariance');
  expect(fixed.data!.principalVariances![0]).toBeCloseTo(4, 5);
  expect(fixed.data!.meanVariance).toBeCloseTo(5 / 3, 6);
  // −½ Σ [ln 2πσ² + v/σ²] with σ² = ¼ and v = 4, 1, 0.
  expect(fixed.data!.independentReconstruction).toBeCloseTo(-1.5 * Math.log(Math.PI / 2) - 10, 5);

  const learned = recordRun(
    tinyRun({ likelihood: { kind: 'gaussian', initialScale: 0.3 } }),
    [],
    evaluation,
    data,
  );
  expect(learned.epochs[0]!.noiseVariance).toBeCloseTo(0.09, 6);
  expect(learned.settings.initialNoiseVariance).toBeCloseTo(0.09, 12);
  // At the best shared σ², which is the mean variance: −½ Σ [ln 2πσ² + v/σ²] = −3/2 (ln 2π·5/3 + 1).
  expect(learned.data!.independentReconstruction).toBeCloseTo(
    -1.5 * (Math.log((2 * Math.PI * 5) / 3) + 1),
    5,
  );
});

test('of other likelihoods only the structure of the data is known', () => {
  const record = recordRun(tinyRun({ likelihood: { kind: 'laplace' } }), [], evaluation, data);
  expect(record.settings.likelihood).toBe('other');
  expect(record.data).not.toHaveProperty('independentReconstruction');
  expect(record.data!.principalVariances![0]).toBeCloseTo(4, 5);
});
