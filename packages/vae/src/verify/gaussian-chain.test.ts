import { checkGradients, noGrad } from '@reparam/autograd';
import { RandomKey, ShapeError, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { estimate } from '../../../../test/support/sample-moments.ts';
import { FullNormal } from '../distributions/full-normal.ts';
import { kl } from '../objectives/kl.ts';
import { GaussianChain } from './gaussian-chain.ts';

const float64 = { dtype: 'float64' } as const;
const key = RandomKey.fromSeed(3);

const mean = [0.3, -1, 0.5, 2];
const diagonal = [1.2, 0.7, 2, 1.1];
const band = [-0.4, 0.9, -1.5];
const chain = new GaussianChain(
  tensor(mean, float64),
  tensor(diagonal.map(Math.log), float64),
  tensor(band, float64),
);

/** Σ ln N(ε_t; 0, 1) + ln d_t with ε_t = d_t u_t + b_t u_{t−1}, state by state. */
function logDensity(z: readonly number[]): number {
  return z.reduce((sum, value, t) => {
    const u = value - mean[t]!;
    const before = t === 0 ? 0 : band[t - 1]! * (z[t - 1]! - mean[t - 1]!);
    const noise = diagonal[t]! * u + before;
    return sum - 0.5 * noise ** 2 - 0.5 * Math.log(2 * Math.PI) + Math.log(diagonal[t]!);
  }, 0);
}

describe('a chain of states', () => {
  test('has the density of its steps', () => {
    const points = [
      [0, 0, 0, 0],
      [1, -2, 0.4, 3],
      [-0.7, 0.1, 5, -1],
    ];
    const got = chain.logProb(tensor(points, float64)).toArray() as number[];
    points.forEach((point, i) => {
      expect(got[i]).toBeCloseTo(logDensity(point), 11);
    });
  });

  test('is stationary as an AR(1) process: covariance a^|i − j|', () => {
    const a = 0.9;
    const scale = Math.sqrt(1 - a * a);
    const process = new GaussianChain(
      zeros([5], float64),
      tensor(
        [0, 1, 2, 3, 4].map((t) => (t === 0 ? 0 : -Math.log(scale))),
        float64,
      ),
      tensor(new Array<number>(4).fill(-a / scale), float64),
    );
    const covariance = process.covariance().toArray() as number[][];
    covariance.forEach((row, i) => {
      row.forEach((value, j) => {
        expect(value).toBeCloseTo(a ** Math.abs(i - j), 12);
      });
    });
  });

  test('draws have its mean and its entropy', () => {
    const { sample, logProb } = noGrad(() => chain.sampleAndLogProb(key, [20_000]));
    const { mean: negativeEntropy, standardError } = estimate(logProb.value.toTypedArray());
    expect(Math.abs(chain.entropy().item() + negativeEntropy)).toBeLessThan(4 * standardError);
    const rows = sample.toArray() as number[][];
    mean.forEach((value, t) => {
      const ofState = estimate(rows.map((row) => row[t]!));
      expect(Math.abs(ofState.mean - value)).toBeLessThan(4 * ofState.standardError);
    });
  });

  test('is the normal with its covariance, also in a KL', () => {
    const full = FullNormal.fromCovariance(chain.location, chain.covariance());
    expect(kl(chain, full, key).estimated).toBe(false);
    expect(kl(chain, full, key).value.item()).toBeCloseTo(0, 10);
    expect(kl(full, chain, key).value.item()).toBeCloseTo(0, 10);
  });

  test('has derivatives that agree with differences', () => {
    checkGradients(
      (location, logDiagonal, below) => {
        const varied = new GaussianChain(location!, logDiagonal!, below!);
        return varied.logProb(tensor([1, 0.5, -0.2, 0.1], float64)).add(varied.sample(key).square().sum());
      },
      [mean, diagonal.map(Math.log), band].map((values) => tensor(values, float64)),
    );
  });
});

test.each([
  [[4], [4], [4]],
  [[4], [3], [3]],
  [[2, 4], [4], [3]],
  [[4], [4], [3, 1]],
])('refuses a location %j, diagonal %j and band %j', (location, logDiagonal, below) => {
  const build = (): unknown => new GaussianChain(zeros(location), zeros(logDiagonal), zeros(below));
  expect(build).toThrow(ShapeError);
  expect(build).toThrow('a chain of T states has [T], [T] and [T − 1].');
});
