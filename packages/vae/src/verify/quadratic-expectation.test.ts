import { matmul, type Variable } from '@reparam/autograd';
import { tensor } from '@reparam/tensor';
import { expect, test } from 'vitest';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import { FullNormal } from '../distributions/full-normal.ts';
import { LowRankNormal } from '../distributions/low-rank-normal.ts';
import { quadraticExpectation } from './quadratic-expectation.ts';

const float64 = { dtype: 'float64' } as const;

/** zᵀAz + bᵀz with A = [[2, 1], [1, −3]] and b = (.5, −1). */
function quadratic(z: Variable): Variable {
  const a = tensor(
    [
      [2, 1],
      [1, -3],
    ],
    float64,
  );
  return matmul(z, a)
    .mul(z)
    .add(z.mul(tensor([0.5, -1], float64)))
    .sum({ axes: -1 });
}

test('of a quadratic form is tr(AΣ) + μᵀAμ + bᵀμ, for each distribution of a batch', () => {
  const q = DiagonalNormal.fromScale(
    tensor(
      [
        [1, 2],
        [0, -1],
      ],
      float64,
    ),
    tensor([0.5, 2], float64),
  );
  // tr(AΣ) = 2·.25 − 3·4 = −11.5
  const expected = [-11.5 + (2 + 4 - 12) + (0.5 - 2), -11.5 - 3 + 1];
  const got = quadraticExpectation(q, quadratic).toArray() as number[];
  got.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 12);
  });
});

test('with correlations, of any rank: tr(AΣ) = 2·1 + 2·1·.6 − 3·2', () => {
  const covariance = tensor(
    [
      [1, 0.6],
      [0.6, 2],
    ],
    float64,
  );
  const full = FullNormal.fromCovariance(tensor([0, 0], float64), covariance);
  expect(quadraticExpectation(full, quadratic).item()).toBeCloseTo(2 + 1.2 - 6, 12);
  // Σ = ffᵀ + diag(.64, 1) with f = (.6, 1) is the same.
  const factor = tensor([[0.6], [1]], float64);
  const lowRank = new LowRankNormal(tensor([0, 0], float64), factor, tensor([0.8, 1], float64));
  expect(quadraticExpectation(lowRank, quadratic).item()).toBeCloseTo(2 + 1.2 - 6, 12);
});

test('of a cube is μ³ + 3μσ²; of a fourth power it is not exact', () => {
  const q = DiagonalNormal.fromScale(tensor([0.7], float64), 1.3);
  const power = (exponent: number): number =>
    quadraticExpectation(q, (z) => z.pow(exponent).sum({ axes: -1 })).item();
  expect(power(3)).toBeCloseTo(0.7 ** 3 + 3 * 0.7 * 1.3 ** 2, 12);
  expect(Math.abs(power(4) - (0.7 ** 4 + 6 * 0.7 ** 2 * 1.69 + 3 * 1.69 ** 2))).toBeGreaterThan(1);
});
