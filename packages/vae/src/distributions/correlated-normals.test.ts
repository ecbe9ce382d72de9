import { checkGradients, einsum } from '@reparam/autograd';
import { RandomKey, ShapeError, tensor, zeros } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { evenGrid, integrate } from '../../../../test/support/quadrature.ts';
import { column, estimate } from '../../../../test/support/sample-moments.ts';
import { DiagonalNormal } from './diagonal-normal.ts';
import { FullNormal } from './full-normal.ts';
import { LowRankNormal } from './low-rank-normal.ts';

const key = RandomKey.fromSeed(74);
const float64 = { dtype: 'float64' } as const;
const location = [0.5, -1];

/** Σ = [[2, .5], [.5, 1]] in each of the ways: [[√2, 0], [.5/√2, √.875]], and W·Wᵀ + diag(1, .75) with W = (1, .5). */
const covariance = [
  [2, 0.5],
  [0.5, 1],
];
const full = new FullNormal(
  tensor(location, float64),
  tensor(
    [
      [Math.SQRT2, 0],
      [0.5 / Math.SQRT2, Math.sqrt(0.875)],
    ],
    float64,
  ),
);
const lowRank = new LowRankNormal(
  tensor(location, float64),
  tensor([[1], [0.5]], float64),
  tensor([1, Math.sqrt(0.75)], float64),
);

/** By the inverse and the determinant 1.75 of the 2×2 matrix. */
function logDensity([x, y]: readonly number[]): number {
  const [u, v] = [x! - location[0]!, y! - location[1]!];
  return -0.5 * ((u * u - u * v + 2 * v * v) / 1.75) - 0.5 * Math.log(1.75) - Math.log(2 * Math.PI);
}

describe.each([
  ['full', full],
  ['low-rank', lowRank],
  [
    'full, from its covariance',
    FullNormal.fromCovariance(tensor(location, float64), tensor(covariance, float64)),
  ],
] as const)('%s', (_, distribution) => {
  const points = [
    [0, 0],
    [0.5, -1],
    [-3, 4],
  ];

  test('has the density of the textbook', () => {
    const got = distribution.logProb(tensor(points, float64)).toArray();
    expect(got).toEqual(points.map((point) => expect.closeTo(logDensity(point), 12)));
  });

  test('integrates to 1', () => {
    const grid = evenGrid(2, 12, 241);
    const logProb = distribution.logProb(grid.points).value.toTypedArray();
    expect(integrate(grid, (_, i) => Math.exp(logProb[i]!))).toBeCloseTo(1, 9);
  });

  test('knows its covariance, variance and entropy', () => {
    expect(distribution.covariance().toArray()).toEqual(
      covariance.map((row) => row.map((value) => expect.closeTo(value, 13))),
    );
    expect(distribution.variance().toArray()).toEqual([expect.closeTo(2, 13), expect.closeTo(1, 13)]);
    expect(distribution.entropy().item()).toBeCloseTo(0.5 * Math.log((2 * Math.PI * Math.E) ** 2 * 1.75), 13);
    expect(distribution.mean().toArray()).toEqual(location);
  });

  test('draws with that covariance', () => {
    const count = 60_000;
    const draws = distribution.sample(key, [count]).value.toTypedArray();
    const columns = [0, 1].map((d) => column(draws, 2, d).map((x) => x - location[d]!));
    for (const [i, j] of [
      [0, 0],
      [0, 1],
      [1, 1],
    ] as const) {
      const { mean, standardError } = estimate(columns[i]!.map((x, n) => x * columns[j]![n]!));
      expect(Math.abs(mean - covariance[i]![j]!)).toBeLessThan(4 * standardError);
    }
  });
});

test('one covariance serves a batch of locations, and one location a batch of covariances', () => {
  const locations = tensor(
    [
      [0, 0],
      [1, 1],
      [2, 2],
    ],
    float64,
  );
  const shared = new FullNormal(locations, full.scaleTril);
  expect([shared.batchShape, shared.sample(key).shape, shared.entropy().shape]).toEqual([[3], [3, 2], [3]]);
  const factors = tensor(
    [
      [
        [1, 0],
        [0, 1],
      ],
      [
        [2, 0],
        [1, 3],
      ],
    ],
    float64,
  );
  const spread = new FullNormal(tensor(location, float64), factors);
  expect([spread.batchShape, spread.mean().shape, spread.variance().shape]).toEqual([[2], [2, 2], [2, 2]]);
  const low = new LowRankNormal(locations, tensor([[1], [0.5]], float64), 0.5);
  expect([low.batchShape, low.sample(key, [4]).shape, low.entropy().shape]).toEqual([[3], [4, 3, 2], [3]]);
});

describe('FullNormal.fromUnconstrained', () => {
  test('fills the lower triangle row by row, its diagonal by softplus + 1e-6', () => {
    const raw = tensor([0.1, -2, 0.3, 5, -6, -0.7], float64);
    const softplus = (x: number): number => Math.log1p(Math.exp(x)) + 1e-6;
    const expected = [
      [softplus(0.1), 0, 0],
      [-2, softplus(0.3), 0],
      [5, -6, softplus(-0.7)],
    ];
    expect(FullNormal.fromUnconstrained(zeros([3], float64), raw).scaleTril.toArray()).toEqual(
      expected.map((row) => row.map((value) => expect.closeTo(value, 14))),
    );
  });

  test('refuses another count of numbers', () => {
    const build = () => FullNormal.fromUnconstrained(zeros([3]), zeros([4, 5]));
    expect(build).toThrow(ShapeError);
    expect(build).toThrow(
      'FullNormal.fromUnconstrained: raw is [4, 5] but the location is [3]; a triangle of D = 3 has D(D + 1)/2 = 6 ' +
        'numbers along the last axis.',
    );
  });
});

test('what is above the diagonal of a factor counts for nothing', () => {
  const dirty = new FullNormal(
    tensor(location, float64),
    tensor(
      [
        [Math.SQRT2, 7],
        [0.5 / Math.SQRT2, Math.sqrt(0.875)],
      ],
      float64,
    ),
  );
  expect(dirty.logProb(tensor([1, 1], float64)).item()).toBe(full.logProb(tensor([1, 1], float64)).item());
  expect(dirty.sample(key).toArray()).toEqual(full.sample(key).toArray());
});

test('a low rank with a factor of 1000 σ keeps its precision in float32', () => {
  const values = [location, [[1000], [500]], [1, 0.5], [1000.5, -501]] as const;
  const logProb = (dtype: 'float32' | 'float64'): number => {
    const [mean, factor, scale, x] = values.map((each) => tensor(each, { dtype }));
    return new LowRankNormal(mean!, factor!, scale!).logProb(x!).item();
  };
  expect(Math.abs(logProb('float32') / logProb('float64') - 1)).toBeLessThan(1e-4);
});

test('derivatives of a draw by the factor give those of E[xxᵀ] = Σ + μμᵀ', () => {
  // ∂/∂W tr(A·(WWᵀ + …)) = 2AW holds for the mean over draws; of a single draw the differences decide.
  checkGradients(
    (mean, factor, scale) => {
      const x = new LowRankNormal(mean!, factor!, scale!).sample(key, [2]);
      return einsum('ni,nj->ij', x, x);
    },
    [location, [[1], [0.5]], [1, 0.8]],
    { order: 2 },
  );
});

test.each([
  [
    () => new FullNormal(zeros([3]), zeros([2, 2])),
    'FullNormal: scaleTril is [2, 2] but the location is [3]; scaleTril needs one row for each of the last axis of ' +
      'the location: [..., 3, 2].',
  ],
  [() => new FullNormal(zeros([3]), zeros([3, 2])), 'scaleTril is [3, 2]; it must be square, [..., D, D].'],
  [() => new FullNormal(zeros([]), zeros([1, 1])), 'FullNormal: scaleTril is [1, 1] but the location is []'],
  [
    () => new LowRankNormal(zeros([3]), zeros([3]), 1),
    'LowRankNormal: factor is [3] but the location is [3]',
  ],
])('refuses shapes that do not fit: %s', (build, message) => {
  expect(build).toThrow(ShapeError);
  expect(build).toThrow(message);
});

test('agrees with DiagonalNormal without correlations', () => {
  const scale = tensor([0.5, 2], float64);
  const diagonal = DiagonalNormal.fromScale(tensor(location, float64), scale);
  const x = tensor(
    [
      [0.1, 3],
      [-1, 2],
    ],
    float64,
  );
  const expected = (diagonal.logProb(x).toArray() as number[]).map((value) => expect.closeTo(value, 13));
  for (const other of [
    new FullNormal(tensor(location, float64), diagonal.covarianceFactor()),
    new LowRankNormal(tensor(location, float64), zeros([2, 1], float64), scale),
  ]) {
    expect(other.logProb(x).toArray()).toEqual(expected);
  }
});
