import { full, tensor, zeros } from '@reparam/tensor';
import { type Dataset, finish } from '@reparam/vae';
import { describe, expect, test } from 'vitest';
import { tinyRun } from '../../../../test/support/tiny-run.ts';
import { evaluateThoroughly } from './evaluate-run.ts';

const dataset: Dataset = {
  name: 'corners',
  examples: tensor([
    [0, 0, 1],
    [1, 0, 1],
    [1, 1, 1],
    [0, 0.25, 0],
  ]),
};

/** All parameters are 0: q(z|x) = p(z) = N(0, 1), and every value of x is a fair coin. */
function indifferent(training = {}) {
  const run = tinyRun({}, training);
  for (const parameter of run.model.parameters()) parameter.assign(zeros(parameter.shape));
  return run;
}

describe('a model that ignores z', () => {
  test('has a bound that is exact, and latents that tell nothing', () => {
    const { elbo, logLikelihood, latents, aggregate, findings, data } = evaluateThoroughly({
      path: 'runs/corners',
      run: indifferent({ binarization: 'dynamic' }),
      dataset,
      samples: 20,
    });
    const exact = -3 * Math.LN2;
    expect(elbo.elbo).toBeCloseTo(exact, 6);
    expect(elbo).toMatchObject({ kl: 0, klEstimated: false });
    expect(logLikelihood.logLikelihood).toBeCloseTo(exact, 6);
    expect(logLikelihood.standardError).toBeLessThan(1e-3);
    expect(logLikelihood.samples).toBe(20);
    expect(logLikelihood.effectiveSamples.median).toBeCloseTo(20, 4);
    expect(logLikelihood.effectiveSamples.least).toBeCloseTo(20, 4);
    expect(latents).toMatchObject({ count: 1, active: 0, activity: [0], kl: [0] });
    expect(aggregate!.mutualInformation.value).toBeCloseTo(0, 6);
    expect(aggregate!.aggregateKl.value).toBeCloseTo(0, 6);
    expect(aggregate!.ceiling).toBeCloseTo(Math.log(4), 12);
    expect(data).toEqual({ name: 'corners', split: 'all', examples: 4 });
    expect(findings).toBeUndefined();
  });

  test('is found by the collapse doctor among its own examples', () => {
    const row = { epoch: 1, step: 1, trainElbo: -2.1, trainReconstruction: -2.1, trainKl: 0 };
    const heldOut = { heldOutElbo: -2.1, heldOutReconstruction: -2.1, heldOutKl: 0 };
    const history = [{ ...row, ...heldOut, beta: 1, activeUnits: 0, seconds: 1 }];
    const { findings, data } = evaluateThoroughly({
      path: 'runs/corners',
      run: indifferent(),
      dataset,
      samples: 1,
      own: { history, train: dataset },
    });
    expect(data.split).toBe('held-out');
    expect(findings!.map(({ cause }) => cause)).toEqual(['annealing-too-short']);
  });

  test('says what it is working on', () => {
    const labels: string[] = [];
    evaluateThoroughly({
      path: 'runs/corners',
      run: indifferent(),
      dataset,
      samples: 1,
      perform: (label, work) => {
        labels.push(label);
        return finish(work);
      },
    });
    expect(labels).toEqual(['importance sampling', 'aggregate posterior']);
  });
});

test('variational inference over the weights is judged by their means', () => {
  const run = tinyRun({}, { optimizer: 'variational' });
  const request = { path: 'r', run, dataset, samples: 3 };
  const before = evaluateThoroughly(request);
  // The weights that the next step would use.
  for (const parameter of run.model.parameters()) parameter.assign(full(parameter.shape, 3));
  expect(evaluateThoroughly(request)).toEqual(before);
});
