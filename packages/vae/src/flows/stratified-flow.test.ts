import { gradients, parameter, stack, type Variable } from '@reparam/autograd';
import { full, RandomKey, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { evenGrid } from '../../../../test/support/quadrature.ts';
import { estimate } from '../../../../test/support/sample-moments.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import type { Distribution } from '../distributions/distribution.ts';
import { Mixture } from '../distributions/mixture.ts';
import { isStratified, type StratifiedDistribution } from '../distributions/stratified.ts';
import { elbo } from '../objectives/elbo.ts';
import { pushForward } from './flow-distribution.ts';
import { Planar } from './planar.ts';

const key = RandomKey.fromSeed(49);
const float64 = { dtype: 'float64' } as const;

/* A mixture of two normals through a planar flow, on a line, where integrals are sums. */
const logits = parameter(tensor([0.4, -0.3], float64), 'logits');
const locations = parameter(tensor([[-1], [1.5]], float64), 'locations');
const u = parameter(tensor([1.2], float64), 'u');
const flow = new Planar({ u, w: tensor([0.8], float64), b: tensor(0.2, float64) });
const parameters = [logits, locations, u];

/** For a batch of the same posterior, many times. */
function posterior(...batch: number[]): Distribution {
  const mixture = new Mixture(
    logits.expand([...batch, 2]),
    DiagonalNormal.fromScale(locations.expand([...batch, 2, 1]), tensor([[0.5], [0.8]], float64)),
  );
  return pushForward(mixture, flow);
}

const prior = DiagonalNormal.standard(1, 'float64');
const decode = (z: Variable): Distribution => DiagonalNormal.fromScale(z.sin(), 0.7);
const x = 0.9;

/** ∫ q(z)·[ln p(x|z) + ln p(z) − ln q(z)] dz */
function exactBound(): Variable {
  const { points, cell } = evenGrid(1, 12, 4001);
  const logDensity = posterior().logProb(points);
  const logJoint = decode(parameter(points))
    .logProb(full([4001, 1], x, float64))
    .add(prior.logProb(points));
  return logDensity.exp().mul(logJoint.sub(logDensity)).sum().mul(cell);
}

const slopesOf = (value: Variable): number[] =>
  gradients(value, parameters).flatMap(({ value: slope }) => [...slope.toTypedArray()]);

describe('the bound of a mixture through a flow', () => {
  const batch = 400;
  const examples = full([batch, 1], x, float64);
  const bounds = Array.from({ length: 100 }, (_, i) =>
    elbo({ x: examples, posterior: posterior(batch), prior, decode, key: key.foldIn(i) }),
  );

  test('is estimated from draws of every component', () => {
    const { mean, standardError } = estimate(bounds.map((terms) => terms.elbo.item()));
    expect(standardError).toBeLessThan(1e-2);
    expect(Math.abs(mean - exactBound().item())).toBeLessThan(4 * standardError);
  });

  test('with the gradients of weights, means and flow', () => {
    const exact = slopesOf(exactBound());
    const estimates = bounds.map((terms) => slopesOf(terms.elbo));
    exact.forEach((slope, i) => {
      const { mean, standardError } = estimate(estimates.map((each) => each[i]!));
      // Large enough that a gradient left out would be seen.
      expect(Math.abs(slope)).toBeGreaterThan(10 * standardError);
      expect(Math.abs(mean - slope)).toBeLessThan(4 * standardError);
    });
  });
});

test('its strata are those of its base, pushed along', () => {
  const bent = posterior(3) as Distribution & StratifiedDistribution;
  expect(isStratified(bent)).toBe(true);
  const { sample, logWeights, logProb } = bent.stratified(key, [5]);
  expect([sample.shape, logWeights.shape, logProb.shape]).toEqual([
    [2, 5, 3, 1],
    [2, 1, 3],
    [2, 5, 3],
  ]);
  // The same density by inverting the flow.
  const inverted = stack(
    sample.unstack().map((ofComponent) => bent.logProb(ofComponent)),
  ).value.toTypedArray();
  logProb.value.toTypedArray().forEach((value, i) => {
    expect(value).toBeCloseTo(inverted[i]!, 9);
  });
});

test('what is no mixture has no strata behind a flow either', () => {
  expect(isStratified(pushForward(prior, flow))).toBe(false);
});
