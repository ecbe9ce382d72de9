import { normal, RandomKey, type Tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { tinyRun } from '../../../../test/support/tiny-run.ts';
import { VariationalOptimizer } from '../inference/variational-optimizer.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { judgeEpoch } from './epoch-end.ts';
import type { EpochEvent } from './events.ts';
import type { TrainingRun } from './run.ts';
import type { TrainingSettings } from './settings.ts';
import { evaluateRun, train } from './train.ts';

const key = RandomKey.fromSeed(46);

/** Judges epochs with these bounds; every parameter of the model is the number of the epoch. */
function judge(run: TrainingRun, elbos: readonly number[]): boolean[] {
  return elbos.map((elbo, i) => {
    for (const each of run.model.parameters()) each.assign(constantLike(each.value, i + 1));
    return judgeEpoch(run, i + 1, elbo);
  });
}

function constantLike(x: Tensor, value: number): Tensor {
  return normal(key, x.shape, { mean: value, standardDeviation: 0, dtype: 'float32' });
}

function valuesOf({ model }: TrainingRun): Set<number> {
  return new Set(model.parameters().flatMap(({ value }) => [...value.toTypedArray()]));
}

describe('judgeEpoch', () => {
  test('without patience lets every run go on', () => {
    const run = tinyRun();
    expect(judge(run, [-1, -2, -3, -4])).toEqual([false, false, false, false]);
    expect(run.best).toBeUndefined();
  });

  test('stops when the bound was not bettered for that many epochs, at the best parameters', () => {
    const run = tinyRun({}, { patience: 2 });
    expect(judge(run, [-5, -3, -4, -3])).toEqual([false, false, false, true]);
    expect(run).toMatchObject({ stoppedEarly: true, best: { epoch: 2, elbo: -3 } });
    expect(valuesOf(run)).toEqual(new Set([2]));
  });

  test('counts anew after each that is better', () => {
    const run = tinyRun({}, { patience: 2 });
    expect(judge(run, [-5, -6, -4, -6, -3, -6])).not.toContain(true);
    expect(run.best).toMatchObject({ epoch: 5, elbo: -3 });
  });

  test('begins to count when the weight of the KL no longer changes', () => {
    const run = tinyRun({}, { patience: 1, annealing: { kind: 'linear', epochs: 2, after: 1 } });
    // The bounds of epochs 1 and 2 are better, but of another objective.
    expect(judge(run, [-1, -2, -9, -8, -8.5])).toEqual([false, false, false, false, true]);
    expect(run.best!.epoch).toBe(4);
    expect(valuesOf(run)).toEqual(new Set([4]));
  });

  test('tells the learning rate', () => {
    const run = tinyRun({}, { learningRate: 0.8, schedule: { kind: 'plateau', patience: 1, factor: 0.5 } });
    judge(run, [-5, -6, -6]);
    expect(run.plateau!.value).toBe(0.4);
  });
});

describe('a run that learns by heart', () => {
  // A few examples of noise: the held-out bound rises while the decoder finds their mean, then falls.
  const sets = {
    train: { name: 'seen', examples: normal(key, [6, 3]) },
    heldOut: { name: 'unseen', examples: normal(key.foldIn(1), [12, 3]) },
  };
  const model = { latent: 2, hidden: [16], likelihood: { kind: 'gaussian', scale: 'learned' } } as const;
  const training: Partial<TrainingSettings> = {
    epochs: 200,
    optimizer: 'adam',
    learningRate: 0.03,
    patience: 4,
  };

  async function finish(run: TrainingRun, count = Infinity): Promise<EpochEvent[]> {
    const epochs: EpochEvent[] = [];
    for await (const event of train(run, sets)) {
      if (event.kind === 'epoch') epochs.push(event);
      if (epochs.length === count) break;
    }
    return epochs;
  }

  test.each(['adam', 'variational'] as const)(
    'by %s stops early, and has the parameters of its best epoch again',
    async (optimizer) => {
      const run = tinyRun(model, { ...training, optimizer });
      const epochs = await finish(run);
      const bounds = epochs.map(({ heldOut }) => heldOut.elbo);
      const best = bounds.indexOf(Math.max(...bounds)) + 1;
      expect(epochs.length).toBeLessThan(200);
      expect(epochs).toHaveLength(best + 4);
      expect(epochs.map(({ stoppedFor }) => stoppedFor)).toEqual([
        ...epochs.slice(1).map(() => undefined),
        best,
      ]);
      expect(evaluateRun(run, sets.heldOut)).toEqual(epochs[best - 1]!.heldOut);
      expect(run.stoppedEarly).toBe(true);
      // There is nothing more to do, now or from a checkpoint.
      expect(await finish(run)).toEqual([]);
      const read = decodeCheckpoint(encodeCheckpoint(run));
      expect(await finish(read)).toEqual([]);
      expect(evaluateRun(read, sets.heldOut)).toEqual(epochs[best - 1]!.heldOut);
    },
  );

  test('by variational inference keeps the posterior of its best epoch, not only a draw', async () => {
    const run = tinyRun(model, { ...training, optimizer: 'variational' });
    await finish(run);
    const { best, optimizer } = run;
    expect(optimizer).toBeInstanceOf(VariationalOptimizer);
    const means = (optimizer as VariationalOptimizer).posterior.location.toArray();
    expect(best!.optimizer!.location!.toArray()).toEqual(means);
  });
});
