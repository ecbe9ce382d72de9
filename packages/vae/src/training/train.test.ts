import { NonFiniteError } from '@reparam/autograd';
import {
  ArgumentError,
  normal,
  RandomKey,
  ShapeError,
  type Tensor,
  tensor,
  uniform,
  zeros,
} from '@reparam/tensor';
import { describe, expect, test, vi } from 'vitest';
import { tinyModel, tinyTraining } from '../../../../test/support/tiny-run.ts';
import type { Dataset } from '../data/dataset.ts';
import type { VaeSettings } from '../models/settings.ts';
import { encodeCheckpoint } from './checkpoint.ts';
import { DivergedError } from './diverged-error.ts';
import type { StepEvent, TrainingEvent } from './events.ts';
import { createTrainingRun, type TrainingRun } from './run.ts';
import type { TrainingSettings } from './settings.ts';
import { evaluateRun, train } from './train.ts';

const key = RandomKey.fromSeed(30);

const modelSettings: VaeSettings = { ...tinyModel, features: 4, latent: 2, hidden: [5], activation: 'tanh' };

const trainingSettings: TrainingSettings = {
  ...tinyTraining,
  epochs: 2,
  optimizer: 'adam',
  learningRate: 0.01,
  binarization: 'dynamic',
  seed: 1,
};

function dataset(name: string, examples: Tensor): Dataset {
  return { name, examples };
}

/** 10 examples to learn from, which make batches of 4, 4 and 2, and 5 held out. */
const data = {
  train: dataset('seen', uniform(key.foldIn(0), [10, 4])),
  heldOut: dataset('unseen', uniform(key.foldIn(1), [5, 4])),
};

function createRun(training: Partial<TrainingSettings> = {}, model: Partial<VaeSettings> = {}): TrainingRun {
  return createTrainingRun({ ...modelSettings, ...model }, { ...trainingSettings, ...training });
}

async function finish(run: TrainingRun, sets = data): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of train(run, sets)) events.push(event);
  return events;
}

function stepsOf(events: readonly TrainingEvent[]): StepEvent[] {
  return events.filter((event) => event.kind === 'step');
}

describe('events', () => {
  test('tell every step, and after each epoch the held-out bound', async () => {
    const run = createRun({ annealing: { kind: 'linear', epochs: 1 }, beta: 0.6 });
    const events = await finish(run);
    expect(events.map(({ kind }) => kind)).toEqual([
      ...['step', 'step', 'step', 'epoch'],
      ...['step', 'step', 'step', 'epoch'],
    ]);
    expect(stepsOf(events).map(({ step, epoch, examples }) => [step, epoch, examples])).toEqual([
      [1, 1, 4],
      [2, 1, 4],
      [3, 1, 2],
      [4, 2, 4],
      [5, 2, 4],
      [6, 2, 2],
    ]);
    expect(stepsOf(events).every(({ totalSteps }) => totalSteps === 6)).toBe(true);
    expect(run.step).toBe(6);
    const last = events.at(-1);
    expect(last).toMatchObject({ kind: 'epoch', epoch: 2, step: 6 });
    expect(last?.kind === 'epoch' && last.heldOut).toEqual(evaluateRun(run, data.heldOut));
  });

  test('anneal the weight of the KL in a straight line, and charge that weight', async () => {
    const events = await finish(createRun({ annealing: { kind: 'linear', epochs: 1 }, beta: 0.6 }));
    const steps = stepsOf(events);
    const weights = [0, 0.2, 0.4, 0.6, 0.6, 0.6];
    expect(steps.map(({ klWeight }) => klWeight)).toEqual(
      weights.map((weight) => expect.closeTo(weight, 12)),
    );
    for (const { loss, klWeight, kl, reconstruction, elbo } of steps) {
      expect(loss).toBeCloseTo(klWeight * kl - reconstruction, 5);
      expect(elbo).toBe(reconstruction - kl);
    }
    const epochs = events.filter((event) => event.kind === 'epoch');
    expect(epochs.map(({ klWeight }) => klWeight)).toEqual([
      expect.closeTo(0.4, 12),
      expect.closeTo(0.6, 12),
    ]);
  });

  test('give an epoch the mean over its examples, not over its batches', async () => {
    const events = await finish(createRun());
    const epochs = events.filter((event) => event.kind === 'epoch');
    epochs.forEach(({ train }, i) => {
      const steps = stepsOf(events).slice(3 * i, 3 * i + 3);
      for (const term of ['elbo', 'reconstruction', 'kl'] as const) {
        const mean = steps.reduce((sum, step) => sum + step[term] * step.examples, 0) / 10;
        expect(train[term]).toBeCloseTo(mean, 12);
      }
    });
  });

  test('every epoch sees every example once, in an order of its own', async () => {
    const run = createRun({ binarization: 'none', epochs: 3 });
    const encode = vi.spyOn(run.model, 'encode');
    const rows = (calls: typeof encode.mock.calls): unknown[] =>
      calls.flatMap(([x]) => (x as Tensor).toArray() as number[][]);
    const orders: unknown[][] = [];
    // What a compiled program is given, nobody sees.
    for await (const event of train(run, data, { eager: true })) {
      if (event.kind === 'step') continue;
      // Batches of training come first, then those of the held-out examples.
      orders.push(rows(encode.mock.calls.slice(0, 3)));
      encode.mockClear();
    }
    const all = data.train.examples.toArray() as number[][];
    expect(orders).toHaveLength(3);
    for (const order of orders) {
      expect(order).toHaveLength(10);
      expect(new Set(order.map(String))).toEqual(new Set(all.map(String)));
    }
    expect(new Set(orders.map(String)).size).toBe(3);
  });
});

describe('a run', () => {
  test('is decided by its seed', async () => {
    const bytes = async (seed: number): Promise<Uint8Array> => {
      const run = createRun({ seed });
      await finish(run);
      return encodeCheckpoint(run);
    };
    expect(await bytes(1)).toEqual(await bytes(1));
    expect(await bytes(1)).not.toEqual(await bytes(2));
  });

  test('that is left after any event and gone on with ends where it would have', async () => {
    const straight = createRun();
    const allEvents = await finish(straight);
    for (let stop = 1; stop <= allEvents.length; stop++) {
      const run = createRun();
      const events: TrainingEvent[] = [];
      for await (const event of train(run, data)) {
        events.push(event);
        if (events.length === stop) break;
      }
      events.push(...(await finish(run)));
      expect(events).toEqual(allEvents);
      expect(encodeCheckpoint(run)).toEqual(encodeCheckpoint(straight));
    }
  });

  test('of a float64 model takes float32 data', async () => {
    const run = createRun({}, { dtype: 'float64' });
    expect(await finish(run)).toHaveLength(8);
    expect(run.model.parameters().every(({ dtype }) => dtype === 'float64')).toBe(true);
  });

  test('that is finished has nothing more to do', async () => {
    const run = createRun();
    await finish(run);
    const before = encodeCheckpoint(run);
    expect(await finish(run)).toEqual([]);
    expect(encodeCheckpoint(run)).toEqual(before);
  });

  test.each(['adam', 'rmsprop', 'sgd'] as const)('learns with %s', async (optimizer) => {
    // Two kinds of examples: a latent that tells them apart is worth about ln 2 nats a pixel.
    const pattern = [
      [1, 1, 0, 0],
      [0, 0, 1, 1],
    ];
    const examples = tensor(Array.from({ length: 40 }, (_, i) => pattern[i % 2]!));
    const sets = { train: dataset('patterns', examples), heldOut: dataset('patterns', examples) };
    const [learningRate, epochs] = { adam: [0.03, 50], rmsprop: [0.01, 50], sgd: [0.1, 150] }[optimizer];
    const run = createRun({ optimizer, learningRate: learningRate!, epochs: epochs!, batchSize: 10 });
    const before = evaluateRun(run, sets.heldOut).elbo;
    await finish(run, sets);
    const after = evaluateRun(run, sets.heldOut);
    // Chance is −4 ln 2 = −2.77; the entropy of the data, −ln 2 = −.69, is the most there is.
    expect(before).toBeLessThan(-2.5);
    expect(after.elbo).toBeGreaterThan(-1.3);
    expect(after.elbo).toBeLessThan(-0.6);
  });

  test('with a limit on the norm takes steps no longer than that', async () => {
    const run = createRun({ optimizer: 'sgd', learningRate: 1, clipNorm: 1e-3, epochs: 1 });
    const values = (): number[] => run.model.parameters().flatMap(({ value }) => [...value.toTypedArray()]);
    let before = values();
    for await (const event of train(run, data)) {
      if (event.kind === 'epoch') break;
      const after = values();
      const length = Math.hypot(...after.map((value, i) => value - before[i]!));
      expect(length).toBeLessThan(1.001e-3);
      expect(length).toBeGreaterThan(0.9e-3);
      before = after;
    }
  });

  test('with free bits holds on to that much KL', async () => {
    const noise = normal(key, [64, 4]);
    const sets = { train: dataset('noise', noise), heldOut: dataset('noise', noise) };
    const settings = { epochs: 40, batchSize: 16, learningRate: 0.02, binarization: 'none' } as const;
    const likelihood = { kind: 'gaussian', scale: 3 } as const;
    const klWith = async (freeBits: number): Promise<number> => {
      const run = createRun({ ...settings, freeBits }, { likelihood });
      await finish(run, sets);
      return evaluateRun(run, sets.heldOut).kl;
    };
    // The data vary less than the scale of the likelihood, so the bound is best with all latents off.
    expect(await klWith(0)).toBeLessThan(0.05);
    expect(await klWith(0.3)).toBeGreaterThan(0.3);
  });
});

describe('divergence', () => {
  const gaussian = { likelihood: { kind: 'gaussian', scale: 0.01 } } as const;

  test('of the loss stops the run before the step, and says what may help', async () => {
    const run = createRun(
      { optimizer: 'sgd', learningRate: 1e6, binarization: 'none', epochs: 50 },
      gaussian,
    );
    let last: Uint8Array | undefined;
    const loop = async (): Promise<void> => {
      for await (const event of train(run, data)) if (event.kind === 'step') last = encodeCheckpoint(run);
    };
    const error: unknown = await loop().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DivergedError);
    expect(error).toMatchObject({ operation: 'train', step: run.step + 1 });
    expect((error as DivergedError).message).toMatch(
      /^train: the (loss|norm of the gradient) became (NaN|Infinity) at step \d+ \(epoch \d+\)\. First there was \w+: element .+ is -?(NaN|Infinity).+ Try a learning rate below 1000000, a limit on the gradient norm, or a longer annealing of the KL; and look at the data for extreme values\.$/,
    );
    // What made the first of those numbers, with its operation and inputs.
    expect((error as DivergedError).cause).toBeInstanceOf(NonFiniteError);
    expect(last).toBeDefined();
    expect(encodeCheckpoint(run)).toEqual(last);
  });

  test('of the gradient alone stops it too', async () => {
    // The loss, about (3e17)², still is a float32; the gradient, about 3e20, has no norm there.
    const huge = normal(key, [10, 4], { standardDeviation: 3e14 });
    const run = createRun({ binarization: 'none' }, { likelihood: { kind: 'gaussian', scale: 1e-3 } });
    const before = encodeCheckpoint(run);
    const attempt = finish(run, { train: dataset('huge', huge), heldOut: data.heldOut });
    await expect(attempt).rejects.toThrow(DivergedError);
    await expect(attempt).rejects.toThrow(
      'train: the norm of the gradient became Infinity at step 1 (epoch 1).',
    );
    expect(encodeCheckpoint(run)).toEqual(before);
  });

  test('of the held-out bound is not passed over', async () => {
    const extreme = tensor([[1e30, 0, 0, 0]]);
    const run = createRun({ binarization: 'none' }, { likelihood: { kind: 'gaussian', scale: 1 } });
    const attempt = finish(run, { train: data.train, heldOut: dataset('extreme', extreme) });
    await expect(attempt).rejects.toThrow('train: the held-out bound became -Infinity at step 3 (epoch 1).');
  });
});

describe('data that do not fit', () => {
  test.each([
    [[10, 5], 'train: "odd" is [10, 5], but this model takes [count, 4].'],
    [[10], 'train: "odd" is [10], but this model takes [count, 4].'],
    [[2, 5, 4], 'train: "odd" is [2, 5, 4], but this model takes [count, 4].'],
    [[0, 4], 'train: "odd" is [0, 4]: there are no examples.'],
  ])('of shape %j are refused, to train on and to hold out', async (shape, message) => {
    const odd = dataset('odd', zeros(shape));
    for (const sets of [
      { ...data, train: odd },
      { ...data, heldOut: odd },
    ]) {
      const attempt = finish(createRun(), sets);
      await expect(attempt).rejects.toThrow(ShapeError);
      await expect(attempt).rejects.toThrow(message);
    }
  });

  test.each([
    [1.5, '1.5'],
    [-0.25, '-0.25'],
    [Number.NaN, 'NaN'],
  ])('with the value %s are refused by a Bernoulli likelihood', async (value, written) => {
    const odd = dataset('odd', tensor([[0, 1, 0.5, value]]));
    for (const binarization of ['dynamic', 'none'] as const) {
      const attempt = finish(createRun({ binarization }), { ...data, train: odd });
      await expect(attempt).rejects.toThrow(ArgumentError);
      await expect(attempt).rejects.toThrow(
        `train: "odd" has the value ${written}, but a bernoulli likelihood is about values from 0 to 1. ` +
          'Rescale the data, or use another likelihood, such as gaussian for any numbers.',
      );
    }
  });

  test.each([
    [[0, 0, 0, 0], 0],
    [[1, 0, 1, 0], 2],
  ])('that are no classes, %j, are refused by a categorical likelihood', async (row, ones) => {
    const odd = dataset('odd', tensor([[0, 1, 0, 0], row]));
    const classes = dataset('classes', tensor([[0, 0, 1, 0]]));
    const create = () => createRun({ binarization: 'none' }, { likelihood: { kind: 'categorical' } });
    const attempt = finish(create(), { train: odd, heldOut: classes });
    await expect(attempt).rejects.toThrow(ArgumentError);
    await expect(attempt).rejects.toThrow(
      `train: "odd" has ${ones} ones in row 1 (counted from 0), but a categorical likelihood is about rows of zeros ` +
        'with a single 1.',
    );
    await expect(finish(create(), { train: classes, heldOut: classes })).resolves.toHaveLength(4);
  });

  test('with values beyond 0 and 1 are welcome where they are cut at ½, or Gaussian', async () => {
    const grey = dataset('grey', tensor([[-3, 0.2, 0.8, 7]]));
    const sets = { train: grey, heldOut: grey };
    await expect(finish(createRun({ binarization: 'threshold' }), sets)).resolves.toHaveLength(4);
    const gaussian = createRun({ binarization: 'none' }, { likelihood: { kind: 'gaussian', scale: 1 } });
    await expect(finish(gaussian, sets)).resolves.toHaveLength(4);
  });
});
