import { normal, RandomKey, uniform } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { tinyModel, tinyTraining } from '../../../../test/support/tiny-run.ts';
import type { VaeSettings } from '../models/settings.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import type { TrainingEvent } from './events.ts';
import { createTrainingRun, type TrainingRun } from './run.ts';
import type { TrainingSettings } from './settings.ts';
import { train } from './train.ts';

const key = RandomKey.fromSeed(47);
const data = {
  train: { name: 'seen', examples: uniform(key, [10, 3]) },
  heldOut: { name: 'unseen', examples: uniform(key.foldIn(1), [5, 3]) },
};

async function advance(run: TrainingRun, count = Infinity): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of train(run, data)) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}

interface Part {
  readonly model?: Partial<VaeSettings>;
  readonly training?: Partial<TrainingSettings>;
}

/** Everything that has a state of its own, and what depends on where in the run it is. */
const parts: Record<string, Part> = {
  'a score-function gradient with the running mean as baseline': {
    training: { objective: { kind: 'score', samples: 1, baseline: 'running-mean' } },
  },
  'a learning rate that drops at a plateau': {
    training: { schedule: { kind: 'plateau', patience: 1, factor: 0.5 }, learningRate: 0.5, epochs: 6 },
  },
  'a learning rate that warms up and falls': { training: { schedule: { kind: 'cosine', warmUp: 0.7 } } },
  'patience, which runs out': { training: { patience: 1, learningRate: 0.3, epochs: 8 } },
  'patience after annealing': {
    training: { patience: 2, annealing: { kind: 'cosine', epochs: 2 }, learningRate: 0.3, epochs: 8 },
  },
  'cyclical annealing': { training: { annealing: { kind: 'cyclical', epochs: 1, cycles: 2 } } },
  'variational inference': { training: { optimizer: 'variational' } },
  'variational inference with patience': {
    training: { optimizer: 'variational', patience: 1, learningRate: 0.3, epochs: 8 },
  },
  'a VampPrior': { model: { prior: { kind: 'vamp', components: 4 } } },
  'a Glow prior': {
    model: { latent: 2, prior: { kind: 'flow', flow: 'glow', layers: 2, width: 4 } },
  },
  'a mixture of full covariances as prior': {
    model: { latent: 2, prior: { kind: 'mixture', components: 3, covariance: 'full' } },
  },
  'a mixture as posterior, through a flow': {
    model: { posterior: { kind: 'mixture', components: 2 }, flow: { kind: 'iaf', layers: 1, width: 4 } },
  },
  // Its spectral norms are buffers.
  'a residual flow': { model: { flow: { kind: 'residual', layers: 1, width: 4 } } },
  'batches that are compared, the last of which takes an example again': {
    training: { objective: { kind: 'info-vae' }, batchSize: 3 },
  },
};

describe.each(Object.entries(parts))('a run with %s', (_, { model, training }) => {
  const create = (): TrainingRun =>
    createTrainingRun(
      { ...tinyModel, hidden: [4], activation: 'tanh', ...model },
      { ...tinyTraining, epochs: 2, optimizer: 'adam', learningRate: 0.05, ...training },
    );

  test('that is saved and taken up again after any event ends in the same bytes', async () => {
    const straight = create();
    const events = await advance(straight);
    const bytes = encodeCheckpoint(straight);
    expect(events.length).toBeGreaterThanOrEqual(8);
    for (let stop = 1; stop < events.length; stop += 3) {
      const stopped = create();
      const before = await advance(stopped, stop);
      const resumed = decodeCheckpoint(encodeCheckpoint(stopped));
      const after = await advance(resumed);
      expect([...before, ...after]).toEqual(events);
      expect(encodeCheckpoint(resumed)).toEqual(bytes);
    }
  });

  test('that is saved after every event does not change by that', async () => {
    const straight = create();
    const events = await advance(straight);
    let run = create();
    for (const event of events) {
      expect(await advance(run, 1)).toEqual([event]);
      run = decodeCheckpoint(encodeCheckpoint(run));
    }
    expect(encodeCheckpoint(run)).toEqual(encodeCheckpoint(straight));
  });
});

test('the parts of those runs that have a state do change it', async () => {
  const finish = async ({ model, training }: Part): Promise<TrainingRun> => {
    const run = createTrainingRun(
      { ...tinyModel, hidden: [4], activation: 'tanh', ...model },
      { ...tinyTraining, epochs: 2, optimizer: 'adam', learningRate: 0.05, ...training },
    );
    await advance(run);
    return run;
  };
  const score = await finish(parts['a score-function gradient with the running mean as baseline']!);
  expect(score.baseline.value).toBeLessThan(-1);
  const plateau = await finish(parts['a learning rate that drops at a plateau']!);
  expect(plateau.plateau!.value).toBeLessThan(0.5);
  const patient = await finish(parts['patience, which runs out']!);
  expect(patient.stoppedEarly).toBe(true);
});

test('the running mean is of the signals of its own steps', async () => {
  const run = createTrainingRun(
    { ...tinyModel, likelihood: { kind: 'gaussian', scale: 1 } },
    {
      ...tinyTraining,
      objective: { kind: 'score', samples: 2, baseline: 'running-mean' },
      learningRate: 1e-9,
    },
  );
  const noise = { name: 'noise', examples: normal(key, [12, 3]) };
  const signals: number[] = [];
  for await (const event of train(run, { train: noise, heldOut: noise })) {
    // The KL to N(0, I) is known in closed form, so that the signal is ln p(x|z) alone.
    if (event.kind === 'step') signals.push(event.reconstruction);
  }
  const weights = signals.map((_, i) => 0.9 ** (signals.length - 1 - i));
  const expected =
    signals.reduce((sum, signal, i) => sum + signal * weights[i]!, 0) /
    weights.reduce((sum, w) => sum + w, 0);
  expect(signals).toHaveLength(3);
  expect(run.baseline.value).toBeCloseTo(expected, 5);
});
