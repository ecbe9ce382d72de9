import { RandomKey } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { tinyModel } from '../../../../test/support/tiny-run.ts';
import { type FlowName, flows } from '../flows/table.ts';
import { type LikelihoodSettings, likelihoods } from './likelihoods.ts';
import type { FlowSettings } from './posterior-flows.ts';
import type { PosteriorSettings } from './posteriors.ts';
import type { PriorSettings } from './priors/table.ts';
import type { VaeSettings } from './settings.ts';
import { leastParameterCount } from './size.ts';
import { Vae } from './vae.ts';

const key = RandomKey.fromSeed(45);
const plain: VaeSettings = { ...tinyModel, features: 12, latent: 5, hidden: [7, 3], activation: 'tanh' };

function actualCount(settings: VaeSettings): number {
  return new Vae(settings, key).parameters().reduce((sum, { size }) => sum + size, 0);
}

const flowNames = Object.keys(flows) as FlowName[];

const changes: Partial<VaeSettings>[] = [
  {},
  { hidden: [] },
  { latent: 2, hidden: [40] },
  { network: { kind: 'conv', image: [4, 3], channels: [6] } },
  { network: { kind: 'conv', image: [4, 3], channels: [2] }, hidden: [] },
  ...(Object.keys(likelihoods) as (keyof typeof likelihoods)[]).flatMap((kind) => [
    { likelihood: { kind } as LikelihoodSettings },
    {
      likelihood: { kind } as LikelihoodSettings,
      network: { kind: 'conv', image: [4, 3], channels: [6] } as const,
    },
  ]),
  { likelihood: { kind: 'gaussian', scale: 'network' } },
  { likelihood: { kind: 'discretized-logistic', components: 9 } },
  ...(
    [
      { kind: 'diagonal', scale: 'softplus' },
      { kind: 'full' },
      { kind: 'low-rank', rank: 3 },
      { kind: 'mixture', components: 4 },
    ] as PosteriorSettings[]
  ).map((posterior) => ({ posterior })),
  ...(
    [
      { kind: 'mixture', components: 3 },
      { kind: 'mixture', components: 3, covariance: 'full' },
      { kind: 'vamp', components: 6 },
    ] as PriorSettings[]
  ).map((prior) => ({ prior })),
  ...flowNames.flatMap((kind) =>
    [2, 5, 18].flatMap((latent) => [
      ...(['amortized', 'shared'] as const).flatMap((parameters) => [
        { latent, flow: { kind, layers: 3, parameters, width: 4 } as FlowSettings },
        { latent, hidden: [30], flow: { kind, layers: 2, parameters } as FlowSettings },
      ]),
      { latent, prior: { kind: 'flow', flow: kind, layers: 3, width: 4 } as PriorSettings },
    ]),
  ),
];

test(`says no more than there is, in ${changes.length} kinds of models, and not nothing`, () => {
  for (const change of changes) {
    const settings = { ...plain, ...change };
    const [least, actual] = [leastParameterCount(settings), actualCount(settings)];
    expect(least, JSON.stringify(change)).toBeLessThanOrEqual(actual);
    expect(least, JSON.stringify(change)).toBeGreaterThan(actual / 10);
  }
});

describe('counts what has no limit of its own', () => {
  const billion = 1e9;
  const conv = { kind: 'conv', image: [4, 3] } as const;
  test.each<Partial<VaeSettings>>([
    { features: billion },
    { latent: billion },
    { hidden: [2, billion] },
    { hidden: [1e5, 1e5] },
    { network: { ...conv, channels: [billion] } },
    { network: { ...conv, channels: [1], image: [1e5, 1e5] }, features: 1e10 },
    { likelihood: { kind: 'discretized-logistic', components: billion } },
    {
      likelihood: { kind: 'discretized-logistic', components: billion },
      network: { ...conv, channels: [2] },
    },
    { posterior: { kind: 'low-rank', rank: billion } },
    { posterior: { kind: 'mixture', components: billion } },
    { prior: { kind: 'mixture', components: billion } },
    { prior: { kind: 'vamp', components: billion } },
    ...flowNames.flatMap((kind): Partial<VaeSettings>[] => [
      { flow: { kind, layers: billion } as FlowSettings },
      { flow: { kind, layers: billion, parameters: 'shared' } as FlowSettings },
      { prior: { kind: 'flow', flow: kind, layers: billion } },
    ]),
    { flow: { kind: 'maf', width: billion } },
    { flow: { kind: 'realnvp', width: billion, parameters: 'shared' } },
    { prior: { kind: 'flow', flow: 'continuous', width: billion } },
  ])('%o', (change) => {
    expect(leastParameterCount({ ...plain, ...change })).toBeGreaterThanOrEqual(billion);
  });
});
