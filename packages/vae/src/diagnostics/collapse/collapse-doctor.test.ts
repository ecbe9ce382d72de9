import { ArgumentError } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { collapseDoctor } from './collapse-doctor.ts';
import type { Finding } from './finding.ts';
import type { EpochRecord, RunRecord } from './record.ts';

const healthy: RunRecord = {
  settings: { likelihood: 'bernoulli', beta: 1, annealEpochs: 2, learningRate: 1e-3 },
  epochs: [-150, -120, -110, -105].map((elbo, i) =>
    epoch(i + 1, elbo, { klWeight: Math.min(1, (i + 1) / 2) }),
  ),
};

interface Change {
  readonly kl?: number;
  readonly klWeight?: number;
  readonly train?: number;
  readonly activity?: readonly number[];
  readonly noiseVariance?: number;
}

function epoch(number: number, elbo: number, change: Change = {}): EpochRecord {
  const { kl = 20, klWeight = 1, train = elbo, activity = [0.9, 0.8, 0.5], noiseVariance } = change;
  const bound = (value: number) => ({ elbo: value, reconstruction: value + kl, kl });
  return {
    epoch: number,
    train: bound(train),
    heldOut: { ...bound(elbo), activity },
    klWeight,
    ...(noiseVariance !== undefined && { noiseVariance }),
  };
}

function run(change: Partial<RunRecord> & { readonly last?: readonly EpochRecord[] }): RunRecord {
  const { last, ...rest } = change;
  return { ...healthy, ...rest, ...(last && { epochs: last }) };
}

function settings(change: Partial<RunRecord['settings']>): RunRecord['settings'] {
  return { ...healthy.settings, ...change };
}

function only(record: RunRecord): Finding {
  const findings = collapseDoctor(record);
  expect(findings).toHaveLength(1);
  return findings[0]!;
}

const dead = { kl: 0.01, activity: [0.001, 0, 0] };

test('nothing is the matter with a healthy run', () => {
  expect(collapseDoctor(healthy)).toEqual([]);
});

test('reads what went through JSON', () => {
  const record = run({ last: [epoch(1, -206, dead)], settings: settings({ beta: 4 }) });
  const read = JSON.parse(JSON.stringify(record)) as RunRecord;
  expect(collapseDoctor(read)).toEqual(collapseDoctor(record));
});

test('refuses a run without epochs', () => {
  expect(() => collapseDoctor(run({ last: [] }))).toThrow(ArgumentError);
  expect(() => collapseDoctor(run({ last: [] }))).toThrow(
    'collapseDoctor: the run has no epochs to read; train for one at least.',
  );
});

describe('divergence', () => {
  test('is named, even before the first epoch was over', () => {
    const found = only(run({ last: [], diverged: { step: 17, quantity: 'the loss' } }));
    expect(found.cause).toBe('diverged');
    expect(found.evidence).toEqual({ step: 17, learningRate: 1e-3 });
    expect(found.remedy).toContain('0.0001');
  });

  test('a training bound that lost more than half of its gain', () => {
    const bounds = [-200, -120, -110, -170];
    const found = only(run({ last: bounds.map((elbo, i) => epoch(i + 1, elbo)) }));
    expect([found.cause, found.severity]).toEqual(['learning-rate-too-high', 'fault']);
    expect(found.evidence).toMatchObject({ bestEpoch: 3, best: -110, last: -170 });
  });

  test('is not a smaller loss, nor one while the KL weight grew', () => {
    const small = [-200, -120, -110, -150].map((train, i) => epoch(i + 1, -100 - i / 100, { train }));
    expect(collapseDoctor(run({ last: small }))).toEqual([]);
    const annealed = [-200, -90, -120, -110].map((elbo, i) =>
      epoch(i + 1, elbo, { klWeight: i < 2 ? i / 2 : 1 }),
    );
    expect(collapseDoctor(run({ last: annealed }))).toEqual([]);
  });
});

describe('a KL that vanished', () => {
  const reference = { independentReconstruction: -206 };

  test('because it counted too much', () => {
    const record = run({ last: [epoch(1, -206, dead)], settings: settings({ beta: 4 }), data: reference });
    const found = only(record);
    expect([found.cause, found.severity]).toEqual(['kl-weight-too-high', 'fault']);
    expect(found.evidence).toEqual({ beta: 4, kl: 0.01 });
  });

  test('because its weight grew too fast', () => {
    const record = run({
      last: [
        epoch(1, -190, { klWeight: 0.5, kl: 8 }),
        ...[2, 3, 4].map((number) => epoch(number, -206, dead)),
      ],
      data: reference,
    });
    const found = only(record);
    expect(found.cause).toBe('annealing-too-short');
    expect(found.evidence).toMatchObject({ aliveInEpoch: 1, klThen: 8, annealEpochs: 2, epochs: 4 });
  });

  test('because it counted fully from the start', () => {
    const epochs = Array.from({ length: 30 }, (_, i) => epoch(i + 1, -206, dead));
    const found = only(run({ last: epochs, settings: settings({ annealEpochs: 0 }), data: reference }));
    expect(found.cause).toBe('annealing-too-short');
    expect(found.explanation).toContain('almost from the start');
  });

  test('because the noise started above all variance', () => {
    const found = only(
      run({
        last: [epoch(1, -206, { ...dead, noiseVariance: 0.9 })],
        settings: settings({ likelihood: 'gaussian', initialNoiseVariance: 9 }),
        data: { meanVariance: 1 },
      }),
    );
    expect(found.cause).toBe('initial-noise-too-large');
    expect(found.evidence).toMatchObject({ initialNoiseVariance: 9, explainedVariance: 1 });
  });

  test('because the decoder remembers: a bigram decoder on chains of ten', () => {
    // The order-1 decoder scores 6.93 on chains whose letters alone would cost as much; full memory reaches the entropy.
    const chain = { entropy: 4.308852, independentReconstruction: -10 * Math.LN2 };
    const lawful = only(run({ last: [epoch(1, -4.31, { kl: 0.001, activity: [0] })], data: chain }));
    expect([lawful.cause, lawful.severity]).toEqual(['decoder-needs-no-latents', 'lawful']);
    const between = only(run({ last: [epoch(1, -5.5, { kl: 0.001, activity: [0] })], data: chain }));
    expect([between.cause, between.severity]).toEqual(['decoder-needs-no-latents', 'fault']);
    const ignoring = only(run({ last: [epoch(1, -6.931, { kl: 0.001, activity: [0] })], data: chain }));
    expect(ignoring.cause).toBe('annealing-too-short');
  });

  test('because fixed noise exceeds all there is to explain', () => {
    const found = only(
      run({
        last: [epoch(1, -12, { ...dead, noiseVariance: 5 })],
        settings: settings({ likelihood: 'gaussian' }),
        data: { principalVariances: [4, 2, 1] },
      }),
    );
    expect([found.cause, found.severity]).toEqual(['noise-exceeds-signal', 'fault']);
    expect(found.evidence).toEqual({ kl: 0.01, noiseVariance: 5, largestPrincipalVariance: 4 });
  });
});

describe('latents that are not used', () => {
  const some = [0.9, 0.6, 0.001];
  const gaussian = (
    change: Partial<RunRecord['settings']>,
    noiseVariance: number,
    data?: readonly number[],
  ) =>
    run({
      last: [epoch(1, -8, { kl: 2, activity: some, noiseVariance })],
      settings: settings({ likelihood: 'gaussian', ...change }),
      ...(data && { data: { principalVariances: data } }),
    });

  test('lawfully: they explain less than the noise', () => {
    const found = only(gaussian({}, 1.5, [4, 2, 1]));
    expect([found.cause, found.severity]).toEqual(['latents-explain-too-little', 'lawful']);
    expect(found.evidence).toEqual({
      active: 2,
      latents: 3,
      beta: 1,
      noiseVariance: 1.5,
      nextPrincipalVariance: 1,
    });
  });

  test('lawfully: there is no further direction', () => {
    expect(only(gaussian({}, 0.1, [4, 2])).explanation).toContain('no further direction');
  });

  test('by the weight of the KL', () => {
    const findings = collapseDoctor(gaussian({ beta: 2 }, 0.6, [4, 2, 1]));
    expect(findings.map(({ cause, severity }) => [cause, severity])).toEqual([
      ['kl-weight-too-high', 'warning'],
      ['latents-explain-too-little', 'lawful'],
    ]);
    expect(findings[0]!.evidence.silenced).toBe(1);
  });

  test('by the noise at the start', () => {
    const found = only(gaussian({ initialNoiseVariance: 1 }, 0.1, [4, 2, 1]));
    expect(found.cause).toBe('initial-noise-too-large');
    expect(found.evidence).toMatchObject({ wanted: 3, active: 2, explainedVariance: 1 });
  });

  test('by nothing but a bad start', () => {
    const found = only(gaussian({ initialNoiseVariance: 0.01, annealEpochs: 0 }, 0.1, [4, 2, 1]));
    expect(found.cause).toBe('annealing-too-short');
    expect(found.evidence).toMatchObject({ wanted: 3, active: 2 });
  });

  test('not missed when the variance is hardly above the noise', () => {
    expect(only(gaussian({}, 0.9, [4, 2, 1])).severity).toBe('lawful');
  });

  test('unknown without the variances of the data', () => {
    const found = only(run({ last: [epoch(1, -100, { activity: some })] }));
    expect([found.cause, found.severity]).toEqual(['latents-explain-too-little', 'warning']);
  });
});

describe('posteriors that shrank to points', () => {
  test('because the KL counts for nothing', () => {
    const found = only(
      run({ last: [epoch(1, -300, { kl: 30, klWeight: 1e-4 })], settings: settings({ beta: 1e-4 }) }),
    );
    expect([found.cause, found.severity]).toEqual(['posterior-variance-collapsed', 'fault']);
    expect(found.evidence.posteriorVariance).toBeCloseTo(Math.exp(-20), 12);
  });

  test('because the noise has vanished', () => {
    const found = only(
      run({
        last: [epoch(1, 40, { kl: 30, noiseVariance: 1e-6 })],
        settings: settings({ likelihood: 'gaussian' }),
        data: { meanVariance: 1 },
      }),
    );
    expect([found.cause, found.severity]).toEqual(['posterior-variance-collapsed', 'warning']);
    expect(found.remedy).toContain('floor');
  });

  test('but not by much information alone', () => {
    expect(collapseDoctor(run({ last: [epoch(1, -80, { kl: 30 })] }))).toEqual([]);
  });
});

describe('overfitting', () => {
  test('a held-out bound that falls while the training bound rises', () => {
    const held = [-150, -110, -100, -104, -110];
    const epochs = held.map((elbo, i) => epoch(i + 1, elbo, { train: -150 + 15 * i }));
    const found = only(run({ last: epochs }));
    expect(found.cause).toBe('overfitting');
    expect(found.evidence).toEqual({ bestEpoch: 3, best: -100, last: -110, gap: 20 });
    expect(found.remedy).toContain('near epoch 3');
  });

  test('is not the noise of an epoch, nor a fall of both', () => {
    const noisy = [-150, -110, -100, -101].map((elbo, i) => epoch(i + 1, elbo, { train: -150 + 15 * i }));
    expect(collapseDoctor(run({ last: noisy }))).toEqual([]);
    const both = [-150, -110, -100, -110].map((elbo, i) => epoch(i + 1, elbo));
    expect(collapseDoctor(run({ last: both }))).toEqual([]);
  });
});
