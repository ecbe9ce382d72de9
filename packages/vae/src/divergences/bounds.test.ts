import { checkGradients, type Variable } from '@reparam/autograd';
import { ArgumentError, normal, RandomKey, ShapeError, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { evenGrid, integrate } from '../../../../test/support/quadrature.ts';
import { DiagonalNormal } from '../distributions/diagonal-normal.ts';
import type { Distribution } from '../distributions/distribution.ts';
import { FullNormal } from '../distributions/full-normal.ts';
import { Laplace } from '../distributions/laplace.ts';
import { Mixture } from '../distributions/mixture.ts';
import { klBounds } from './bounds.ts';

const float64 = { dtype: 'float64' } as const;
const t = (values: Parameters<typeof tensor>[0]) => tensor(values, float64);

/** Σ π N(μ, v) in one dimension, of diagonal or of full normals. */
function mixtureOf(weights: number[], locations: number[], variances: number[], kind: 'diagonal' | 'full') {
  const [mean, scale] = [locations.map((mu) => [mu]), variances.map((v) => [Math.sqrt(v)])];
  const components =
    kind === 'diagonal'
      ? DiagonalNormal.fromScale(t(mean), t(scale))
      : new FullNormal(t(mean), t(scale.map((row) => [row])));
  return new Mixture(t(weights.map(Math.log)), components);
}

function quadrature(q: Distribution, p: Distribution, dimensions: number): number {
  const grid = evenGrid(dimensions, 12, dimensions === 1 ? 4001 : 241);
  const logQ = q.logProb(grid.points).value.toTypedArray();
  const logP = p.logProb(grid.points).value.toTypedArray();
  return integrate(grid, (_, i) => Math.exp(logQ[i]!) * (logQ[i]! - logP[i]!));
}

describe.each(['diagonal', 'full'] as const)('%s covariances', (kind) => {
  test('a normal to a mixture: the strict sandwich of the fixture', () => {
    const q =
      kind === 'diagonal' ? DiagonalNormal.fromScale(t([0.5]), 0.5) : new FullNormal(t([0.5]), t([[0.5]]));
    const p = mixtureOf([0.5, 0.5], [-2, 2], [1, 1], kind);
    const { lower, upper } = klBounds(q, p);
    expect(lower.item()).toBeCloseTo(1.713965, 6);
    expect(quadrature(q, p, 1)).toBeCloseTo(1.779978, 6);
    expect(upper.item()).toBeCloseTo(2.009366, 6);
  });

  test('a mixture to a mixture: Hershey & Olsen’s approximations of the fixture, within the bounds', () => {
    const q = mixtureOf([0.5, 0.5], [-2, 2], [1, 1], kind);
    const p = mixtureOf([0.3, 0.7], [-1, 3], [2, 0.5], kind);
    const { lower, upper, product, variational } = klBounds(q, p);
    expect(product.item()).toBeCloseTo(0.339215, 6);
    expect(variational.item()).toBeCloseTo(0.776416, 6);
    const exact = quadrature(q, p, 1);
    expect(exact).toBeCloseTo(0.457636, 6);
    expect(lower.item()).toBeLessThan(exact);
    expect(upper.item()).toBeGreaterThan(exact);
  });
});

test('the bounds hold in two dimensions for mixtures of any two kinds', () => {
  for (const seed of [1, 2, 3]) {
    const key = RandomKey.fromSeed(seed);
    const draw = (i: number, shape: number[]) => normal(key.foldIn(i), shape, float64);
    const diagonal = new Mixture(draw(0, [3]), DiagonalNormal.fromSoftplus(draw(1, [3, 2]), draw(2, [3, 2])));
    const full = new Mixture(draw(3, [2]), FullNormal.fromUnconstrained(draw(4, [2, 2]), draw(5, [2, 3])));
    for (const [q, p] of [
      [diagonal, full],
      [full, diagonal],
    ] as const) {
      const exact = quadrature(q, p, 2);
      const { lower, upper } = klBounds(q, p);
      expect(lower.item()).toBeLessThanOrEqual(exact);
      expect(upper.item()).toBeGreaterThanOrEqual(exact);
    }
  }
});

test('between normals the upper bound is the KL, and D_var too', () => {
  const [q, p] = [
    DiagonalNormal.fromScale(t([1, -0.5]), t([0.5, Math.SQRT2])),
    DiagonalNormal.standard(2, 'float64'),
  ];
  const { lower, upper, variational } = klBounds(q, p);
  expect(upper.item()).toBeCloseTo(1.096574, 6);
  expect(variational.item()).toBeCloseTo(1.096574, 6);
  expect(lower.item()).toBeLessThan(1.096574);
});

test('a batch of posteriors has bounds each, whether the prior has a batch or not', () => {
  const locations = [[0.5], [-1], [3]];
  const q = DiagonalNormal.fromScale(t(locations), 0.5);
  const p = mixtureOf([0.5, 0.5], [-2, 2], [1, 1], 'diagonal');
  const many = new Mixture(
    t([
      [0, 0],
      [0, 0],
      [0, 0],
    ]),
    DiagonalNormal.fromScale(
      t([
        [[-2], [2]],
        [[-2], [2]],
        [[-2], [2]],
      ]),
      1,
    ),
  );
  const each = locations.map((location) => klBounds(DiagonalNormal.fromScale(t(location), 0.5), p));
  for (const prior of [p, many]) {
    const bounds = klBounds(q, prior);
    for (const name of ['lower', 'upper', 'product', 'variational'] as const) {
      expect(bounds[name].toArray()).toEqual(each.map((one) => expect.closeTo(one[name].item(), 13)));
    }
  }
});

test.each(['lower', 'upper', 'product', 'variational'] as const)(
  'the derivatives of %s agree with differences',
  (name) => {
    const bounds = (mu: Variable, raw: Variable, logits: Variable, locations: Variable, factors: Variable) =>
      klBounds(
        DiagonalNormal.fromSoftplus(mu, raw),
        new Mixture(logits, FullNormal.fromUnconstrained(locations, factors)),
      )[name];
    checkGradients(
      (...raw) => bounds(...(raw as [Variable, Variable, Variable, Variable, Variable])),
      [
        [
          [0.3, -0.4],
          [1, 0],
        ],
        [
          [-0.5, 0.7],
          [0, -1],
        ],
        [0.4, -0.2],
        [
          [1, -1],
          [-1, 0.5],
        ],
        [
          [0.1, -0.3, 0.5],
          [0.2, 0.4, 0],
        ],
      ],
    );
  },
);

test('refuses what is no mixture of normals, and other dimensions', () => {
  const standard = DiagonalNormal.standard(1, 'float64');
  expect(() => klBounds(standard, new Laplace(t([0]), 1))).toThrow(ArgumentError);
  expect(() => klBounds(standard, new Laplace(t([0]), 1))).toThrow(
    'klBounds: p is a Laplace; it must be a normal or a mixture of normals over one axis.',
  );
  expect(() => klBounds(standard, DiagonalNormal.standard(2, 'float64'))).toThrow(ShapeError);
  expect(() => klBounds(standard, DiagonalNormal.standard(2, 'float64'))).toThrow(
    'klBounds: q is over [1] but p is over [2]; their events must be the same.',
  );
});
