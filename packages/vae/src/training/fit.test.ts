import { RandomKey, uniform } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { tinyRun } from '../../../../test/support/tiny-run.ts';
import { encodeCheckpoint } from './checkpoint.ts';
import type { TrainingEvent } from './events.ts';
import { fit } from './fit.ts';
import type { TrainingRun } from './run.ts';
import { train } from './train.ts';

const key = RandomKey.fromSeed(50);
const data = {
  train: { name: 'seen', examples: uniform(key, [10, 3]) },
  heldOut: { name: 'unseen', examples: uniform(key.foldIn(1), [5, 3]) },
};
/** 3 steps and an epoch's end, twice. */
const create = (): TrainingRun => tinyRun({}, { epochs: 2 });

async function straight(): Promise<{ events: TrainingEvent[]; bytes: Uint8Array }> {
  const run = create();
  const events: TrainingEvent[] = [];
  for await (const event of train(run, data)) events.push(event);
  return { events, bytes: encodeCheckpoint(run) };
}

describe('fit', () => {
  test('trains to the end as the loop does, and tells every event in order', async () => {
    const { events, bytes } = await straight();
    const run = create();
    const told: TrainingEvent[] = [];
    const note = (event: TrainingEvent): void => {
      told.push(event);
    };
    const epochs = await fit(run, data, { onStep: note, onEpoch: note });
    expect(told).toEqual(events);
    expect(epochs).toEqual(events.filter(({ kind }) => kind === 'epoch'));
    expect(encodeCheckpoint(run)).toEqual(bytes);
    expect(await fit(run, data)).toEqual([]);
  });

  test('stops after the step in which the signal comes, and can be gone on with', async () => {
    const { events, bytes } = await straight();
    for (let stop = 1; stop <= 6; stop++) {
      const run = create();
      const controller = new AbortController();
      const before = await fit(run, data, {
        onStep: ({ step }) => {
          if (step === stop) controller.abort();
        },
        signal: controller.signal,
      });
      expect(run.step).toBe(stop);
      const after = await fit(run, data);
      expect([...before, ...after]).toEqual(events.filter(({ kind }) => kind === 'epoch'));
      expect(encodeCheckpoint(run)).toEqual(bytes);
    }
  });

  test('takes no step when the signal came before', async () => {
    const run = create();
    const before = encodeCheckpoint(run);
    expect(await fit(run, data, { signal: AbortSignal.abort() })).toEqual([]);
    expect(encodeCheckpoint(run)).toEqual(before);
  });

  test('waits for callbacks', async () => {
    const run = create();
    const order: string[] = [];
    await fit(run, data, {
      onStep: async ({ step }) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        order.push(`after step ${step}`);
      },
      onEpoch: ({ epoch }) => {
        order.push(`epoch ${epoch}`);
      },
    });
    const steps = [1, 2, 3].map((step) => `after step ${step}`);
    const later = [4, 5, 6].map((step) => `after step ${step}`);
    expect(order).toEqual([...steps, 'epoch 1', ...later, 'epoch 2']);
  });

  test('passes on what a callback throws, and leaves a run that can go on', async () => {
    const { bytes } = await straight();
    const run = create();
    const attempt = fit(run, data, {
      onStep: ({ step }) => {
        if (step === 2) throw new RangeError('enough');
      },
    });
    await expect(attempt).rejects.toThrow(RangeError);
    expect(run.step).toBe(2);
    await fit(run, data);
    expect(encodeCheckpoint(run)).toEqual(bytes);
  });
});
