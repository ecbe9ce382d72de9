import {
  eye,
  matmul,
  NotPositiveDefiniteError,
  normal,
  RandomKey,
  SingularMatrixError,
  type Tensor,
  tensor,
  zeros,
} from '@reparam/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementAt, positionsOf, stridedView } from '../../../../../test/support/strided-views.ts';
import { tapeOf } from '../../tape.ts';
import { grad, gradients } from '../../transforms.ts';
import { Variable } from '../../variable.ts';
import { sum } from '../reductions.ts';
import { trace } from './diagonal.ts';
import { inverse, solve } from './solve.ts';

const doubles = (values: Parameters<typeof tensor>[0]) => tensor(values, { dtype: 'float64' });

function requireClose(found: { toArray(): unknown }, expected: readonly number[], digits = 13): void {
  const values = (found.toArray() as number[][]).flat(4);
  expect(values.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(values[i]).toBeCloseTo(value, digits);
  });
}

describe('by hand', () => {
  // Determinant −2, so that the inverse is [[−2, 1], [1.5, −0.5]].
  const a = doubles([
    [1, 2],
    [3, 4],
  ]);

  test('two by two, and its inverse', () => {
    requireClose(solve(a, doubles([[5], [6]])), [-4, 4.5]);
    requireClose(inverse(a), [-2, 1, 1.5, -0.5]);
  });

  test('a pivot of zero is no obstacle', () => {
    const swap = doubles([
      [0, 1],
      [1, 0],
    ]);
    requireClose(inverse(swap), [0, 1, 1, 0]);
  });

  test('gradients: b̄ = a⁻ᵀx̄ and ā = −b̄xᵀ', () => {
    const variables = [a, doubles([[5], [6]])].map((x) => new Variable(x, { requiresGrad: true }));
    const total = sum(solve(variables[0]!, variables[1]!));
    const [byA, byB] = gradients(total, variables);
    // a⁻ᵀ·[1, 1] = [−0.5, 0.5] and x = [−4, 4.5]
    requireClose(byB!, [-0.5, 0.5]);
    requireClose(byA!, [-2, 2.25, 2, -2.25]);
  });

  test('the gradient of the trace of the inverse is −(a⁻²)ᵀ', () => {
    const gradient = grad((x) => trace(inverse(x!)))(a)[0]!;
    // a⁻² = [[5.5, −2.5], [−3.75, 1.75]]
    requireClose(gradient, [-5.5, 3.75, 2.5, -1.75]);
  });

  test('positive definite, of which the symmetric part counts', () => {
    const skewed = doubles([
      [4, 3],
      [1, 3],
    ]);
    // [[4, 2], [2, 3]] has determinant 8.
    requireClose(inverse(skewed, { positiveDefinite: true }), [3 / 8, -2 / 8, -2 / 8, 4 / 8]);
  });

  test('of nothing', () => {
    expect(solve(zeros([0, 0]), zeros([0, 2])).shape).toEqual([0, 2]);
    expect(inverse(zeros([0, 3, 3])).shape).toEqual([0, 3, 3]);
  });
});

/** The largest |Σⱼ aᵢⱼxⱼ − bᵢ| beside the size of its terms. */
function residual(a: Tensor, x: Tensor, b: Tensor): number {
  let worst = 0;
  for (const position of positionsOf(x.shape)) {
    const [i, column] = position.slice(-2) as [number, number];
    const batch = position.slice(0, -2);
    let sum = 0;
    let size = Math.abs(elementAt(b, position));
    for (let j = 0; j < a.shape.at(-1)!; j++) {
      const term = elementAt(a, [...batch, i, j]) * elementAt(x, [...batch, j, column]);
      sum += term;
      size += Math.abs(term);
    }
    worst = Math.max(worst, Math.abs(sum - elementAt(b, position)) / Math.max(size, 1));
  }
  return worst;
}

test('a·x is b, for any views that broadcast', () => {
  const shapes = fc.record({
    n: fc.integer({ min: 1, max: 4 }),
    columns: fc.integer({ min: 1, max: 3 }),
    batchA: fc.constantFrom([], [1], [2]),
    batchB: fc.constantFrom([], [2], [3, 1]),
  });
  const systems = shapes.chain(({ n, columns, batchA, batchB }) =>
    fc.tuple(stridedView([...batchA, n, n]), stridedView([...batchB, n, columns])),
  );
  fc.assert(
    fc.property(systems, ([view, b]) => {
      const n = view.shape.at(-1)!;
      // Dominant diagonals, larger than three more entries of up to 5.
      const dominant = eye(n, n, { dtype: 'float64' }).toTypedArray();
      const a = doubles(
        [...view.toTypedArray()].map((value, i) => value + 25 * dominant[i % (n * n)]!),
      ).reshape(view.shape);
      expect(residual(a, solve(a, b).value, b)).toBeLessThan(1e-13);
    }),
    { numRuns: 80 },
  );
});

test('a large one, either way', () => {
  const b = normal(RandomKey.fromSeed(4), [50, 2], { dtype: 'float64' });
  const a = normal(RandomKey.fromSeed(5), [50, 50], { dtype: 'float64' });
  expect(residual(a, solve(a, b).value, b)).toBeLessThan(1e-12);
  const gram = matmul(a, a, { transposeB: true });
  expect(residual(gram, solve(gram, b, { positiveDefinite: true }).value, b)).toBeLessThan(1e-12);
});

test('the matrix is factorised once for the solution and its gradients', () => {
  const a = new Variable(
    doubles([
      [2, 1],
      [1, 3],
    ]),
    { requiresGrad: true },
  );
  const x = solve(a, doubles([[1], [2]]));
  const [gradient] = gradients(sum(x), [a], { createGraph: true });
  expect(tapeOf(gradient!).filter(({ rules }) => rules.name === 'factorize')).toHaveLength(1);
});

describe('singular matrices', () => {
  const oneToNine = [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ];

  test('are recognised up to rounding', () => {
    const a = doubles([eye(3).toArray() as number[][], oneToNine]);
    expect(() => solve(a, zeros([3, 1], { dtype: 'float64' }))).toThrow(SingularMatrixError);
    expect(() => solve(a, zeros([3, 1], { dtype: 'float64' }))).toThrow(
      /^solve: matrix \[1\] of a \[2, 3, 3\] is singular: up to rounding \(6\.7e-16 of its size in float64\), column 2 is a combination of the columns before it \(distance /,
    );
    expect(() => inverse(tensor(oneToNine))).toThrow(/^inverse: a \[3, 3\] is singular/);
    expect(() => inverse(zeros([2, 2]))).toThrow('column 0 is a combination');
    expect(() => inverse(tensor([[Number.NaN]]))).toThrow(SingularMatrixError);
  });

  test('are not those with columns of different sizes', () => {
    requireClose(
      solve(
        doubles([
          [1e-30, 0],
          [0, 1e30],
        ]),
        doubles([[2e-30], [3e30]]),
      ),
      [2, 3],
    );
  });

  test('have no Cholesky factor', () => {
    const semidefinite = tensor([
      [1, 1],
      [1, 1],
    ]);
    const run = () => inverse(semidefinite, { positiveDefinite: true });
    expect(run).toThrow(NotPositiveDefiniteError);
    expect(run).toThrow('inverse: a [2, 2] is not positive definite: its pivot 1 is 0');
  });
});

test.each<[string, () => unknown, string]>([
  [
    'not square',
    () => solve(zeros([2, 3]), zeros([2, 1])),
    'solve: a is [2, 3], but needs to be a square matrix',
  ],
  [
    'a vector',
    () => solve(zeros([2, 2]), zeros([2])),
    'solve: b is [2], but needs at least two axes [..., n, k].',
  ],
  ['rows', () => solve(zeros([2, 2]), zeros([3, 1])), 'solve: the numbers of rows differ: a is [2, 2]'],
  [
    'rows',
    () => solve(zeros([2, 2]), zeros([3, 1]), { positiveDefinite: true }),
    'solve: the numbers of rows differ',
  ],
  ['types', () => solve(zeros([1, 1]), zeros([1, 1], { dtype: 'float64' })), 'solve: element types differ'],
  ['an inverse', () => inverse(zeros([2, 3])), 'inverse: a is [2, 3], but needs to be a square matrix'],
  ['integers', () => inverse(zeros([2, 2], { dtype: 'int32' })), 'inverse: a is int32'],
])('errors name the operation: %s', (_, fn, message) => {
  expect(fn).toThrow(message);
});
