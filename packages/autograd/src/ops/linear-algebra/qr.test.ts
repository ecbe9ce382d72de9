import { normal, RandomKey, SingularMatrixError, type Tensor, tensor, zeros } from '@reparam/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementAt, positionsOf, stridedView } from '../../../../../test/support/strided-views.ts';
import { grad } from '../../transforms.ts';
import { sum } from '../reductions.ts';
import { qr } from './qr.ts';

const doubles = (values: Parameters<typeof tensor>[0]) => tensor(values, { dtype: 'float64' });

function factors(a: Tensor): { q: Tensor; r: Tensor } {
  const { q, r } = qr(a);
  return { q: q.value, r: r.value };
}

describe('by hand', () => {
  test('a rotation and a stretch, with a positive diagonal', () => {
    // [−0.6, 0.8] times 5, then 5 times that and 5 times its normal [0.8, 0.6].
    const { q, r } = factors(
      doubles([
        [-3, 1],
        [4, 7],
      ]),
    );
    const close = (found: Tensor, expected: number[]): void =>
      expected.forEach((value, i) => {
        expect(found.toTypedArray()[i]).toBeCloseTo(value, 14);
      });
    close(q, [-0.6, 0.8, 0.8, 0.6]);
    close(r, [5, 5, 0, 5]);
  });

  test('one column, one row, one entry', () => {
    const column = factors(doubles([[0], [-2]]));
    expect([column.q.toArray(), column.r.toArray()]).toEqual([[[0], [-1]], [[2]]]);
    const row = factors(doubles([[-2, 6, -1]]));
    expect([row.q.toArray(), row.r.toArray()]).toEqual([[[-1]], [[2, -6, 1]]]);
  });

  test('a column of zeros is kept, and Q stays orthonormal', () => {
    const a = doubles([
      [0, 1],
      [0, 2],
      [0, 2],
    ]);
    const { q, r } = factors(a);
    expect(elementAt(r, [0, 0])).toBe(0);
    requireFactors(a, q, r);
  });

  test('of nothing', () => {
    for (const [shape, q, r] of [
      [
        [3, 0],
        [3, 0],
        [0, 0],
      ],
      [
        [0, 3],
        [0, 0],
        [0, 3],
      ],
      [
        [0, 2, 2],
        [0, 2, 2],
        [0, 2, 2],
      ],
    ] as const) {
      const found = factors(zeros(shape));
      expect([found.q.shape, found.r.shape]).toEqual([q, r]);
    }
  });
});

function requireFactors(a: Tensor, q: Tensor, r: Tensor, tolerance = 1e-13): void {
  const [m, k] = q.shape.slice(-2) as [number, number];
  const dot = (batch: readonly number[], i: number, j: number): number =>
    Array.from(
      { length: m },
      (_, row) => elementAt(q, [...batch, row, i]) * elementAt(q, [...batch, row, j]),
    ).reduce((x, y) => x + y, 0);
  for (const batch of positionsOf(a.shape.slice(0, -2))) {
    for (const [i, j] of positionsOf([k, k]) as [number, number][]) {
      expect(Math.abs(dot(batch, i, j) - (i === j ? 1 : 0))).toBeLessThan(tolerance);
    }
  }
  for (const position of positionsOf(r.shape)) {
    const [i, j] = position.slice(-2) as [number, number];
    if (i > j) expect(elementAt(r, position)).toBe(0);
    if (i === j) expect(elementAt(r, position)).toBeGreaterThanOrEqual(0);
  }
  for (const position of positionsOf(a.shape)) {
    const [i, j] = position.slice(-2) as [number, number];
    const batch = position.slice(0, -2);
    let sum = 0;
    for (let l = 0; l < k; l++) sum += elementAt(q, [...batch, i, l]) * elementAt(r, [...batch, l, j]);
    expect(Math.abs(sum - elementAt(a, position))).toBeLessThan(tolerance * 30);
  }
}

test('Q·R is the matrix, QᵀQ = 1, R upper triangular with a diagonal ≥ 0, for any view', () => {
  const lengths = fc.integer({ min: 1, max: 5 });
  const views = fc
    .tuple(fc.constantFrom([], [1], [3], [2, 2]), lengths, lengths)
    .chain(([batch, m, n]) => stridedView([...batch, m, n]));
  fc.assert(
    fc.property(views, (a) => {
      const { q, r } = factors(a);
      requireFactors(a, q, r);
    }),
    { numRuns: 80 },
  );
});

test('a large one', () => {
  const a = normal(RandomKey.fromSeed(3), [60, 40], { dtype: 'float64' });
  const { q, r } = factors(a);
  requireFactors(a, q, r);
});

test('of numbers whose squares leave the range of their type', () => {
  for (const scale of [1e200, 1e-200]) {
    const { r } = factors(doubles([[3 * scale], [4 * scale]]));
    expect(r.item() / scale).toBeCloseTo(5, 14);
  }
  expect(factors(tensor([[3e30], [4e30]])).r.item()).toBe(Math.fround(5e30));
});

test('float32 factors are rounded once', () => {
  const { q, r } = factors(tensor([[3], [4]]));
  expect([q.dtype, q.toArray(), r.toArray()]).toEqual([
    'float32',
    [[Math.fround(0.6)], [Math.fround(0.8)]],
    [[5]],
  ]);
});

describe('gradients', () => {
  test('of the length of a column are its direction', () => {
    const gradient = grad((a) => sum(qr(a!).r))(doubles([[3], [4]]))[0]!.toArray() as number[][];
    expect(gradient[0]![0]).toBeCloseTo(0.6, 15);
    expect(gradient[1]![0]).toBeCloseTo(0.8, 15);
  });

  test('of dependent columns do not exist', () => {
    const a = doubles([
      [1, 2],
      [2, 4],
      [-1, -2],
    ]);
    expect(factors(a).r.shape).toEqual([2, 2]);
    const gradient = () => grad((x) => sum(qr(x!).q))(a);
    expect(gradient).toThrow(SingularMatrixError);
    expect(gradient).toThrow(
      /^qr: a \[3, 2\] is singular: up to rounding \(4\.4e-16 of its size in float64\), column 1 is a combination of the columns before it/,
    );
  });
});

test('errors name what is wrong', () => {
  expect(() => qr(zeros([3]))).toThrow(
    'qr: a is [3], but needs at least two axes. For a column use a.reshape([-1, 1]).',
  );
  expect(() => qr(zeros([2, 2], { dtype: 'int32' }))).toThrow('qr: a is int32');
});
