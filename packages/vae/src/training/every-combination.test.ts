import {
  constant,
  scalarFunctions as f,
  input,
  map,
  RandomKey,
  type Tensor,
  tensor,
  uniform,
} from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../data/dataset.ts';
import { type FlowName, flows } from '../flows/table.ts';
import { type LikelihoodName, type LikelihoodSettings, likelihoods } from '../models/likelihoods.ts';
import type { FlowSettings } from '../models/posterior-flows.ts';
import type { PosteriorSettings } from '../models/posteriors.ts';
import type { PriorSettings } from '../models/priors/table.ts';
import { type VaeSettings, vaeSettings } from '../models/settings.ts';
import { type ObjectiveName, objectives } from '../objectives/table.ts';
import { combinationProblem } from './combination.ts';
import { createTrainingRun } from './run.ts';
import { type TrainingSettings, trainingSettings } from './settings.ts';
import { train } from './train.ts';

/*
 * Everything combines with everything: what `combinationProblem` has nothing against trains for 20 steps, with finite
 * losses and a finite held-out bound; the rest is refused for the reason that it gives.
 */

const key = RandomKey.fromSeed(48);
/** Pictures of 3 × 2. */
const features = 6;
/** 20 batches of 2, the fewest that can be compared. */
const count = 40;
const training: Partial<TrainingSettings> = { epochs: 1, batchSize: 2, learningRate: 0.01, clipNorm: 100 };

const unit = uniform(key, [count, features]);
const positive = map(f.multiply(constant(3), f.add(input(0), constant(0.01))), [unit]);
const data: Record<string, Tensor> = {
  'values from 0 to 1': unit,
  'values between 0 and 1, without 0 and 1 themselves': map(
    f.add(constant(0.05), f.multiply(constant(0.9), input(0))),
    [unit],
  ),
  'finite numbers': map(f.subtract(input(0), constant(1.5)), [positive]),
  'numbers above 0': positive,
  'whole numbers from 0': map(f.floor(input(0)), [positive]),
  'rows of zeros with a single 1': tensor(
    Array.from({ length: count }, (_, i) =>
      Array.from({ length: features }, (_, j) => (j === i % features ? 1 : 0)),
    ),
  ),
};

function datasetsFor({ kind }: LikelihoodSettings): { train: Dataset; heldOut: Dataset } {
  const { wanted } = likelihoods[kind].support;
  const examples = data[wanted]!;
  return {
    train: { name: wanted, examples },
    heldOut: { name: wanted, examples: examples.slice([[0, 4]]) },
  };
}

interface Combination {
  readonly model: VaeSettings;
  readonly training: TrainingSettings;
}

function combine(
  model: Partial<VaeSettings>,
  objective: TrainingSettings['objective'] = { kind: 'elbo' },
): Combination {
  return {
    model: vaeSettings({ features, latent: 2, hidden: [8], ...model }),
    training: trainingSettings({ ...training, objective }),
  };
}

const priors: PriorSettings[] = [
  { kind: 'normal' },
  { kind: 'mixture', components: 2 },
  { kind: 'mixture', components: 2, covariance: 'full' },
  { kind: 'vamp', components: 2 },
  { kind: 'flow', layers: 1, width: 4 },
];
const posteriors: PosteriorSettings[] = [
  { kind: 'diagonal' },
  { kind: 'diagonal', scale: 'softplus' },
  { kind: 'full' },
  { kind: 'low-rank', rank: 1 },
  { kind: 'mixture', components: 2 },
];
const someFlows: FlowSettings[] = [
  { kind: 'none' },
  { kind: 'planar', layers: 1 },
  { kind: 'iaf', layers: 1, width: 4 },
  { kind: 'realnvp', layers: 1, width: 4, parameters: 'shared' },
];
const allFlows = (Object.keys(flows) as FlowName[]).map(
  (kind) => ({ kind, layers: 1, width: 4 }) as FlowSettings,
);
const allLikelihoods: LikelihoodSettings[] = [
  ...(Object.keys(likelihoods) as LikelihoodName[]).map((kind) => ({ kind }) as LikelihoodSettings),
  ...(['gaussian', 'laplace', 'logistic', 'student-t'] as const).flatMap((kind) => [
    { kind, scale: 'network' } as const,
    { kind, scale: 0.5 } as const,
  ]),
];
const allObjectives = (Object.keys(objectives) as ObjectiveName[]).map((kind) => ({ kind }));

const groups: Record<string, Combination[]> = {
  'prior × posterior × objective': priors.flatMap((prior) =>
    posteriors.flatMap((posterior) =>
      allObjectives.map((objective) => combine({ prior, posterior }, objective)),
    ),
  ),
  'prior × posterior × flow': priors.flatMap((prior) =>
    posteriors.flatMap((posterior) => someFlows.map((flow) => combine({ prior, posterior, flow }))),
  ),
  'likelihood × posterior': allLikelihoods.flatMap((likelihood) =>
    posteriors.map((posterior) => combine({ likelihood, posterior })),
  ),
  'likelihood × objective': allLikelihoods.flatMap((likelihood) =>
    allObjectives.map((objective) => combine({ likelihood }, objective)),
  ),
  'flow × objective': allFlows.flatMap((flow) =>
    allObjectives.map((objective) => combine({ flow }, objective)),
  ),
  'flow as prior × posterior': (Object.keys(flows) as FlowName[]).flatMap((flow) =>
    posteriors.map((posterior) => combine({ prior: { kind: 'flow', flow, layers: 1, width: 4 }, posterior })),
  ),
  'likelihood × convolutions': allLikelihoods.map((likelihood) =>
    combine({ likelihood, network: { kind: 'conv', image: [3, 2], channels: [3] } }),
  ),
};

function describeCombination({ model, training: { objective } }: Combination): string {
  const { prior, posterior, flow, likelihood, network } = model;
  return [prior, posterior, flow, likelihood, objective, network]
    .map((each) => Object.values(each).join(':'))
    .join(', ');
}

async function trainBriefly({ model, training: settings }: Combination): Promise<void> {
  const run = createTrainingRun(model, settings);
  const before = run.model.parameters().map(({ value }) => value.toTypedArray());
  for await (const event of train(run, datasetsFor(model.likelihood))) {
    const reached = event.kind === 'step' ? event.loss : event.heldOut.elbo;
    if (!Number.isFinite(reached)) throw new Error(`the ${event.kind} reached ${reached}`);
  }
  if (run.step !== 20) throw new Error(`it took ${run.step} steps`);
  const values = run.model.parameters().flatMap(({ value }) => [...value.toTypedArray()]);
  if (!values.every(Number.isFinite)) throw new Error('a parameter is no longer finite');
  run.model.parameters().forEach(({ value, name }, i) => {
    const now = value.toTypedArray();
    if (before[i]!.every((number, k) => number === now[k])) throw new Error(`${name} never moved`);
  });
}

/** Each failure with the combination that it happened to. */
async function failures(combinations: readonly Combination[]): Promise<string[]> {
  const found: string[] = [];
  for (const combination of combinations) {
    try {
      await trainBriefly(combination);
    } catch (error) {
      found.push(`${describeCombination(combination)}: ${String(error)}`);
    }
  }
  return found;
}

const problemOf = ({ model, training }: Combination) => combinationProblem(model, training);

describe.each(Object.entries(groups))('%s', (_, combinations) => {
  const sensible = combinations.filter((each) => !problemOf(each));
  const senseless = combinations.filter(problemOf);

  test(`${sensible.length} combinations train`, { timeout: 300_000 }, async () => {
    expect(await failures(sensible)).toEqual([]);
  });

  if (senseless.length === 0) return;
  test(`${senseless.length} are refused with the reason`, () => {
    for (const combination of senseless) {
      const { reason } = problemOf(combination)!;
      expect(reason).toMatch(/; use /);
      expect(() => createTrainingRun(combination.model, combination.training)).toThrow(`train: ${reason}`);
    }
  });
});
