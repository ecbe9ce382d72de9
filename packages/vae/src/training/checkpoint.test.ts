import {
  decodeSafetensors,
  encodeSafetensors,
  FileFormatError,
  ones,
  RandomKey,
  ReparamError,
  type Tensor,
  tensor,
  uniform,
} from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { tinyModel } from '../../../../test/support/tiny-run.ts';
import type { VaeSettings } from '../models/settings.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import type { TrainingEvent } from './events.ts';
import { createTrainingRun, type TrainingRun } from './run.ts';
import { type TrainingSettings, trainingSettings as usualSettings } from './settings.ts';
import { train } from './train.ts';

const modelSettings: VaeSettings = { ...tinyModel, latent: 2, hidden: [4], activation: 'gelu' };

const trainingSettings: TrainingSettings = usualSettings({
  epochs: 2,
  batchSize: 4,
  optimizer: 'adam',
  learningRate: 0.01,
  beta: 0.7,
  annealing: { kind: 'linear', epochs: 1.5 },
  freeBits: 0.05,
  clipNorm: 10,
  binarization: 'dynamic',
  seed: 123_456_789_012,
});

const key = RandomKey.fromSeed(33);
const data = {
  train: { name: 'seen', examples: uniform(key, [10, 3]) },
  heldOut: { name: 'unseen', examples: uniform(key.foldIn(1), [5, 3]) },
};
/** 3 steps and an epoch's end, twice. */
const eventCount = 8;

function createRun(model: Partial<VaeSettings> = {}, training: Partial<TrainingSettings> = {}): TrainingRun {
  return createTrainingRun(
    { ...modelSettings, ...model },
    { ...trainingSettings, ...training },
    { data: 'noise' },
  );
}

/** Goes on for `count` events, or to the end. */
async function advance(run: TrainingRun, count = Infinity): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of train(run, data)) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}

describe('a run that is saved and taken up again', () => {
  const priors: VaeSettings['prior'][] = [{ kind: 'normal' }, { kind: 'mixture', components: 3 }];
  const flows: VaeSettings['flow'][] = [{ kind: 'none' }, { kind: 'planar', layers: 2 }];
  const likelihoods: VaeSettings['likelihood'][] = [
    { kind: 'bernoulli' },
    { kind: 'gaussian', scale: 0.5 },
    { kind: 'gaussian', scale: 'learned' },
    { kind: 'gaussian', scale: 'network' },
  ];
  const combinations = (['adam', 'rmsprop', 'sgd'] as const).flatMap((optimizer) =>
    priors.flatMap((prior) =>
      flows.flatMap((flow) =>
        likelihoods.map((likelihood) => {
          const scale = likelihood.kind === 'gaussian' ? ` (${likelihood.scale})` : '';
          const name = `${optimizer}, ${prior.kind} prior, ${flow.kind} flow, ${likelihood.kind}${scale}`;
          return { name, optimizer, model: { prior, flow, likelihood } };
        }),
      ),
    ),
  );

  // Stopping points are spread over the combinations, so that each kind of stop meets each kind of part.
  test.each(combinations.map((each, i) => [each.name, each, 1 + ((5 * i) % (eventCount - 1))] as const))(
    '%s: ends in the same bytes',
    async (_, { optimizer, model }, stop) => {
      const binarization = model.likelihood.kind === 'bernoulli' ? 'dynamic' : 'none';
      const create = (): TrainingRun => createRun(model, { optimizer, binarization });
      const straight = create();
      const events = await advance(straight);
      expect(events).toHaveLength(eventCount);

      const stopped = create();
      const before = await advance(stopped, stop);
      const resumed = decodeCheckpoint(encodeCheckpoint(stopped));
      const after = await advance(resumed);
      expect([...before, ...after]).toEqual(events);
      expect(encodeCheckpoint(resumed)).toEqual(encodeCheckpoint(straight));
    },
  );

  test.each(Array.from({ length: eventCount }, (_, i) => i + 1))('after event %i', async (stop) => {
    const straight = createRun();
    await advance(straight);
    const stopped = createRun();
    await advance(stopped, stop);
    const resumed = decodeCheckpoint(encodeCheckpoint(stopped));
    await advance(resumed);
    expect(encodeCheckpoint(resumed)).toEqual(encodeCheckpoint(straight));
  });

  test('again and again after every step', async () => {
    const straight = createRun();
    await advance(straight);
    let run = createRun();
    for (let i = 0; i < eventCount; i++) {
      await advance(run, 1);
      run = decodeCheckpoint(encodeCheckpoint(run));
    }
    expect(encodeCheckpoint(run)).toEqual(encodeCheckpoint(straight));
  });

  test('is the run it was, in every part', async () => {
    const run = createRun({ dtype: 'float64' });
    await advance(run, 2);
    const bytes = encodeCheckpoint(run);
    const read = decodeCheckpoint(bytes);
    expect(read.model.settings).toEqual(run.model.settings);
    expect(read.settings).toEqual(run.settings);
    expect(read.key.words).toEqual(run.key.words);
    expect([read.step, read.totals, read.annotations]).toEqual([2, run.totals, { data: 'noise' }]);
    expect(run.totals.examples).toBe(8);
    expect(read.optimizer.steps).toBe(2);
    const numbers = (tensors: Readonly<Record<string, { toArray(): unknown }>>): unknown =>
      Object.fromEntries(Object.entries(tensors).map(([name, each]) => [name, each.toArray()]));
    expect(numbers(read.model.namedParameters())).toEqual(numbers(run.model.namedParameters()));
    expect(numbers(read.optimizer.state())).toEqual(numbers(run.optimizer.state()));
    expect(encodeCheckpoint(read)).toEqual(bytes);
  });
});

type Metadata = Record<string, string>;
type Tensors = Record<string, Tensor | undefined>;

const valid = encodeCheckpoint(createRun());

/** The valid checkpoint with entries replaced, added, or (undefined) taken out. */
function tampered(change: { metadata?: Record<string, string | undefined>; tensors?: Tensors }): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(valid);
  const kept = <T>(entries: Record<string, T | undefined>): Record<string, T> =>
    Object.fromEntries(
      Object.entries(entries).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
  return encodeSafetensors(
    kept<Tensor>({ ...tensors, ...change.tensors }),
    kept<string>({ ...metadata, ...change.metadata }),
  );
}

function withModel(change: Record<string, unknown>): Uint8Array {
  return tampered({ metadata: { model: JSON.stringify({ ...modelSettings, ...change }) } });
}

function withTraining(change: Record<string, unknown>): Uint8Array {
  return tampered({ metadata: { training: JSON.stringify({ ...trainingSettings, ...change }) } });
}

function withProgress(progress: unknown): Uint8Array {
  return tampered({ metadata: { progress: JSON.stringify(progress) } });
}

const noTotals = { examples: 0, reconstruction: 0, kl: 0 };

describe('bytes that are no checkpoint', () => {
  test('the tampering itself changes nothing', () => {
    expect(tampered({})).toEqual(valid);
    expect(decodeCheckpoint(withModel({})).step).toBe(0);
  });

  test('random bytes, nothing, and every kind of cut are refused as files', () => {
    const noise = Uint8Array.from({ length: 100 }, (_, i) => (i * 37) % 251);
    expect(() => decodeCheckpoint(noise)).toThrow(FileFormatError);
    for (let length = 0; length < valid.length; length += 97) {
      expect(() => decodeCheckpoint(valid.slice(0, length))).toThrow(FileFormatError);
    }
  });

  test('a byte changed anywhere is refused by name, or changes only numbers', () => {
    for (let position = 0; position < valid.length; position += 41) {
      const bytes = valid.slice();
      bytes[position]! ^= 0x15;
      try {
        expect(decodeCheckpoint(bytes).step).toBeGreaterThanOrEqual(0);
      } catch (error) {
        expect(error).toBeInstanceOf(ReparamError);
      }
    }
  });

  test.each<[string, Metadata, string]>([
    [
      'another format',
      { format: 'pt' },
      'checkpoint: this is a safetensors file, but not a checkpoint of this library.',
    ],
    ['another version', { version: '1' }, 'checkpoint: version 1 is not known here, only 2.'],
    [
      'model settings that are no JSON',
      { model: '{"latent": ' },
      'checkpoint: its "model" settings cannot be read.',
    ],
    ['model settings that are null', { model: 'null' }, 'checkpoint: its "model" settings cannot be read.'],
    [
      'training settings that are text',
      { training: '"adam"' },
      'checkpoint: its "training" settings cannot be read.',
    ],
    ['progress that is no JSON', { progress: '' }, 'checkpoint: its "progress" settings cannot be read.'],
  ])('%s', (_, metadata, message) => {
    const bytes = tampered({ metadata });
    expect(() => decodeCheckpoint(bytes)).toThrow(FileFormatError);
    expect(() => decodeCheckpoint(bytes)).toThrow(message);
  });

  test('a safetensors file of something else', () => {
    const bytes = encodeSafetensors({ weight: ones([3]) });
    expect(() => decodeCheckpoint(bytes)).toThrow(
      'checkpoint: this is a safetensors file, but not a checkpoint of this library.',
    );
  });

  test.each(['model', 'training', 'progress'])('without its %s settings', (entry) => {
    const bytes = tampered({ metadata: { [entry]: undefined } });
    expect(() => decodeCheckpoint(bytes)).toThrow(`checkpoint: its "${entry}" settings cannot be read.`);
  });

  test.each<[string, Uint8Array, string]>([
    ['a latent that is no number', withModel({ latent: 'two' }), 'model settings: latent is two; it must be'],
    [
      'no hidden layers given',
      withModel({ hidden: null }),
      'model settings: hidden is null; it must be a list',
    ],
    ['an unknown activation', withModel({ activation: 'step' }), 'model settings: activation is step;'],
    [
      'a negative learning rate',
      withTraining({ learningRate: -1 }),
      'training settings: learningRate is -1;',
    ],
    ['an unknown optimiser', withTraining({ optimizer: 'lion' }), 'there is no optimizer "lion"'],
    [
      'a step below 0',
      withProgress({ step: -1, totals: noTotals }),
      'its position in the training cannot be read.',
    ],
    [
      'a broken step',
      withProgress({ step: 0.5, totals: noTotals }),
      'its position in the training cannot be read.',
    ],
    ['no sums', withProgress({ step: 0 }), 'its position in the training cannot be read.'],
    [
      'sums that are no numbers',
      withProgress({ step: 0, totals: { ...noTotals, kl: '0' } }),
      'its position in the training cannot be read.',
    ],
    [
      'a best epoch without its bound',
      withProgress({ step: 0, totals: noTotals, stoppedEarly: false, best: { epoch: 1 } }),
      'its position in the training cannot be read.',
    ],
    [
      'a best epoch without its parameters',
      withProgress({ step: 0, totals: noTotals, stoppedEarly: false, best: { epoch: 1, elbo: -2 } }),
      'checkpoint: the names do not fit this model (missing: encoder.trunk.dense.layers.0.weight,',
    ],
    [
      'an early end that is neither true nor false',
      withProgress({ step: 0, totals: noTotals, stoppedEarly: 'no', best: null }),
      'its position in the training cannot be read.',
    ],
    [
      'an objective that the posterior cannot have',
      tampered({
        metadata: {
          model: JSON.stringify({ ...modelSettings, posterior: { kind: 'full' } }),
          training: JSON.stringify({ ...trainingSettings, freeBits: 0, objective: { kind: 'beta-tc' } }),
        },
      }),
      'train: beta-tc takes q(z|x) apart latent by latent',
    ],
    [
      'an infinite sum',
      tampered({
        metadata: { progress: '{"step":0,"totals":{"examples":4,"reconstruction":-1e999,"kl":0}}' },
      }),
      'its position in the training cannot be read.',
    ],
  ])('with %s', (_, bytes, message) => {
    expect(() => decodeCheckpoint(bytes)).toThrow(ReparamError);
    expect(() => decodeCheckpoint(bytes)).toThrow(message);
  });

  test.each<[string, Tensors, string]>([
    [
      'a parameter missing',
      { 'model.decoder.network.locations.bias': undefined },
      'restore: the names do not fit this model (missing: decoder.network.locations.bias).',
    ],
    [
      'a parameter renamed',
      { 'model.decoder.network.locations.bias': undefined, 'model.decoder.offset': ones([3]) },
      '(missing: decoder.network.locations.bias; unknown: decoder.offset)',
    ],
    [
      'a parameter of another shape',
      { 'model.decoder.network.locations.bias': ones([4]) },
      'restore: decoder.network.locations.bias was saved as float32 [4], but this model needs float32 [3].',
    ],
    [
      'a parameter of another type',
      { 'model.decoder.network.locations.bias': ones([3], { dtype: 'float64' }) },
      'restore: decoder.network.locations.bias was saved as float64 [3], but this model needs float32 [3].',
    ],
    [
      'optimiser state missing',
      { 'optimizer.mean.decoder.network.locations.bias': undefined },
      'adam.restore: the names do not fit this model (missing: mean.decoder.network.locations.bias).',
    ],
    [
      'a negative number of optimiser steps',
      { 'optimizer.step': tensor(-1, { dtype: 'int32' }) },
      'adam.restore: step was saved as int32 [] (-1); it must be an int32 scalar ≥ 0.',
    ],
    ['no key', { key: undefined }, 'checkpoint: the random key is missing.'],
    [
      'a key of another type',
      { key: ones([2]) },
      'RandomKey.fromTensor: words is float32, but a key is int32 [2].',
    ],
    [
      'a key of another shape',
      { key: ones([3], { dtype: 'int32' }) },
      'RandomKey.fromTensor: words is int32 [3], but a key is int32 [2].',
    ],
  ])('with %s', (_, tensors, message) => {
    const bytes = tampered({ tensors });
    expect(() => decodeCheckpoint(bytes)).toThrow(ReparamError);
    expect(() => decodeCheckpoint(bytes)).toThrow(message);
  });

  test('of a model of another structure', () => {
    expect(() => decodeCheckpoint(withModel({ latent: 3 }))).toThrow(
      'restore: encoder.location.weight was saved as float32 [4, 2], but this model needs float32 [4, 3].',
    );
    expect(() => decodeCheckpoint(withModel({ flow: { kind: 'planar', layers: 1 } }))).toThrow(
      'restore: the names do not fit this model (missing: encoder.flow.head.weight, encoder.flow.head.bias)',
    );
    expect(() => decodeCheckpoint(withTraining({ optimizer: 'sgd' }))).toThrow(
      'sgd.restore: the names do not fit',
    );
  });
});

describe('settings that promise more than the file holds', () => {
  const billion = 1e9;

  test.each<[string, Record<string, unknown>]>([
    ['features', { features: billion }],
    ['hidden', { hidden: [4, billion] }],
    ['many layers, each of which would fit', { hidden: new Array(1e4).fill(30) }],
    ['latent', { latent: billion }],
    ['features and latent without hidden layers', { features: 2 ** 30, latent: 2 ** 20, hidden: [] }],
    ['flow layers', { flow: { kind: 'planar', layers: billion } }],
    ['shared flow layers', { flow: { kind: 'planar', layers: billion, parameters: 'shared' } }],
    ['networks of a flow', { flow: { kind: 'maf', width: billion } }],
    ['components of a posterior', { posterior: { kind: 'mixture', components: billion } }],
    ['components of a likelihood', { likelihood: { kind: 'discretized-logistic', components: billion } }],
    ['channels', { network: { kind: 'conv', image: [2, 2], channels: [billion] }, features: 4 }],
    ['an image', { network: { kind: 'conv', image: [2 ** 26, 2 ** 26], channels: [1] }, features: 2 ** 52 }],
    ['pseudo-inputs', { prior: { kind: 'vamp', components: billion } }],
    ['layers of a flow prior', { prior: { kind: 'flow', flow: 'continuous', layers: billion } }],
    ['mixture components', { prior: { kind: 'mixture', components: billion } }],
    ['as many as a number can say', { prior: { kind: 'mixture', components: Number.MAX_SAFE_INTEGER } }],
  ])('%s: nothing of that size is made', (_, change) => {
    const bytes = withModel(change);
    const before = performance.now();
    expect(() => decodeCheckpoint(bytes)).toThrow(FileFormatError);
    expect(() => decodeCheckpoint(bytes)).toThrow(
      /^checkpoint: its settings promise a model of more than \S+ parameters, which its \d+ bytes cannot hold\.$/,
    );
    expect(performance.now() - before).toBeLessThan(1000);
  });
});
