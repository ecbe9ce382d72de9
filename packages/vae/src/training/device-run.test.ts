import {
  type Backend,
  DeviceLostError,
  RandomKey,
  referenceBackend,
  uniform,
  WasmBackend,
  wasmAvailable,
} from '@reparam/tensor';
import { expect, test } from 'vitest';
import { encodeCheckpoint } from './checkpoint.ts';
import { createTrainingRun, type TrainingRun } from './run.ts';
import { type TrainOptions, train } from './train.ts';

const key = RandomKey.fromSeed(71);
const data = {
  train: { name: 'seen', examples: uniform(key, [24, 5]) },
  heldOut: { name: 'unseen', examples: uniform(key.foldIn(1), [6, 5]) },
};

function createRun(): TrainingRun {
  return createTrainingRun({ features: 5, latent: 2, hidden: [4] }, { epochs: 3, batchSize: 8, seed: 2 });
}

/** Runs programs as the CPU does, and is gone after so many steps. */
function deviceLostAfter(steps: number): Backend {
  const cpu = new WasmBackend();
  let taken = 0;
  const device: Backend & Pick<WasmBackend, 'passes' | 'prepare'> = {
    ...referenceBackend,
    name: 'a device',
    passes: cpu.passes,
    prepare: (program) => {
      const executable = cpu.prepare(program);
      return {
        run: () => {
          throw new TypeError('a device is read later');
        },
        runAsync: async (inputs, keys) => {
          if (taken++ === steps) throw new DeviceLostError('device', 'it was unplugged.');
          return executable.run(inputs, keys);
        },
      };
    },
  };
  return device;
}

async function finish(run: TrainingRun, options: TrainOptions): Promise<number[]> {
  const steps: number[] = [];
  for await (const event of train(run, data, options)) if (event.kind === 'step') steps.push(event.step);
  return steps;
}

test.skipIf(!wasmAvailable())(
  'a run whose device is lost goes on from the end of the last epoch, and ends as if nothing had happened',
  async () => {
    const undisturbed = createRun();
    await finish(undisturbed, {});
    for (const [lostAfter, expected] of [
      // Epochs have three steps: five are taken, two of them again.
      [5, [1, 2, 3, 4, 5, 4, 5, 6, 7, 8, 9]],
      [1, [1, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
      [100, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ] as const) {
      const run = createRun();
      const notes: string[] = [];
      const steps = await finish(run, {
        backend: deviceLostAfter(lostAfter),
        onObstacle: (reason) => notes.push(reason),
      });
      expect(steps).toEqual(expected);
      expect(notes).toEqual(
        lostAfter === 100 ? [] : [expect.stringMatching(/unplugged.*goes on from step [03] on the CPU/)],
      );
      expect(encodeCheckpoint(run)).toEqual(encodeCheckpoint(undisturbed));
    }
  },
);
