import { matmul, stack, type Variable } from '@reparam/autograd';
import { bernoulli, RandomKey, tensor } from '@reparam/tensor';
import { expect, test } from 'vitest';
import { DiagonalNormal } from '../../distributions/diagonal-normal.ts';
import { type Distribution, drawThenEvaluate } from '../../distributions/distribution.ts';
import { FullNormal } from '../../distributions/full-normal.ts';
import { FlowDistribution } from '../../flows/flow-distribution.ts';
import { Planar } from '../../flows/planar.ts';
import { finish } from '../work.ts';
import { annealedImportanceSampling } from './annealed-importance-sampling.ts';
import { evidenceSandwich } from './evidence-sandwich.ts';
import { sigmoidalSchedule } from './schedule.ts';

/*
 * A prior of two normals with full covariances and a linear decoder, x|z ~ N(Wz, .1·I), so that p(x) is a mixture of
 * N(Wμ, WΣWᵀ + .1·I) and the posterior has two modes.
 */
const float64 = { dtype: 'float64' } as const;
const key = RandomKey.fromSeed(59);
const weight = tensor(
  [
    [1, 0, 1],
    [0, 1, 1],
  ],
  float64,
);
const decode = (z: Variable) => DiagonalNormal.fromScale(matmul(z, weight), Math.sqrt(0.1));
const prior = mixture([
  FullNormal.fromCovariance(
    tensor([-2, 0], float64),
    tensor(
      [
        [0.25, 0],
        [0, 0.25],
      ],
      float64,
    ),
  ),
  FullNormal.fromCovariance(
    tensor([2, 1], float64),
    tensor(
      [
        [1, 0.6],
        [0.6, 1],
      ],
      float64,
    ),
  ),
]);
/** WΣWᵀ + .1·I, written out. */
const evidence = mixture([
  FullNormal.fromCovariance(
    tensor([-2, 0, -2], float64),
    tensor(
      [
        [0.35, 0, 0.25],
        [0, 0.35, 0.25],
        [0.25, 0.25, 0.6],
      ],
      float64,
    ),
  ),
  FullNormal.fromCovariance(
    tensor([2, 1, 3], float64),
    tensor(
      [
        [1.1, 0.6, 1.6],
        [0.6, 1.1, 1.6],
        [1.6, 1.6, 3.3],
      ],
      float64,
    ),
  ),
]);

/** .3·first + .7·second */
function mixture([first, second]: readonly [Distribution, Distribution]): Distribution {
  const self: Distribution = {
    batchShape: [],
    eventShape: first.eventShape,
    reparameterized: false,
    logProb: (x) =>
      stack([first.logProb(x).add(Math.log(0.3)), second.logProb(x).add(Math.log(0.7))]).logsumexp({
        axes: 0,
      }),
    sample: (drawKey, shape = []) => {
      const [keyChoice, keyFirst, keySecond] = drawKey.split(3) as [RandomKey, RandomKey, RandomKey];
      const chosen = bernoulli(keyChoice, 0.7, [...shape, 1], float64);
      const [a, b] = [first.sample(keyFirst, shape), second.sample(keySecond, shape)];
      return b.sub(a).mul(chosen).add(a);
    },
    sampleAndLogProb: (drawKey, shape) => drawThenEvaluate(self, drawKey, shape),
    mean: () => first.mean().mul(0.3).add(second.mean().mul(0.7)),
    detach: () => self,
  };
  return self;
}

const x = tensor([[1, 0.5, 1.2]], float64);

test('ln p(x) of one example is −3.127587, also from a posterior that is a flow', () => {
  expect(evidence.logProb(x).toArray()).toEqual([expect.closeTo(-3.127587, 6)]);
  const settings = { prior, decode, x, key, chains: 100, leapfrogSteps: 5, schedule: sigmoidalSchedule(80) };
  const flow = new FlowDistribution(DiagonalNormal.fromScale(tensor([[0.9, 0.3]], float64), 0.3), [
    new Planar({
      u: tensor([0.4, -0.2], float64),
      w: tensor([0.5, 1], float64),
      b: tensor(0.1, float64),
    }),
  ]);
  for (const initial of [prior, flow]) {
    const got = finish(annealedImportanceSampling({ ...settings, initial }));
    expect(got.standardError).toBeLessThan(0.2);
    expect(Math.abs(got.logLikelihood + 3.127587)).toBeLessThan(4 * got.standardError);
  }
});

test('the sandwich has ln p(x) of simulated examples between its bounds', () => {
  const got = finish(
    evidenceSandwich({
      prior,
      decode,
      key,
      count: 60,
      chains: 6,
      leapfrogSteps: 5,
      schedule: sigmoidalSchedule(100),
    }),
  );
  const exact = evidence.logProb(got.x).mean().item();
  expect(got.lower.logLikelihood).toBeLessThan(exact);
  expect(got.upper.logLikelihood).toBeGreaterThan(exact);
  expect(got.gap).toBeLessThan(1);
});
