import { checkGradients } from '@reparam/autograd';
import { ArgumentError, normal, RandomKey, ShapeError, tensor, zeros } from '@reparam/tensor';
import { expect, test } from 'vitest';
import { estimate } from '../../../../test/support/sample-moments.ts';
import { kernels, mmd } from './mmd.ts';

const key = RandomKey.fromSeed(74);
const float64 = { dtype: 'float64' } as const;

const a = [
  [0.3, -1],
  [1.2, 0.4],
  [-0.7, 0.1],
];
const b = [
  [0.5, 0.5],
  [-1, 2],
];

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

test.each(kernels)('%s: the definition, in plain loops', (kernel) => {
  const scales = [0.4, 3];
  const similarity = (p: readonly number[], q: readonly number[]): number => {
    const distance = (p[0]! - q[0]!) ** 2 + (p[1]! - q[1]!) ** 2;
    // The unit of the scales is 2D = 4.
    return mean(
      scales.map((scale) =>
        kernel === 'rbf' ? Math.exp(-distance / (4 * scale)) : (4 * scale) / (4 * scale + distance),
      ),
    );
  };
  const within = (rows: number[][]): number =>
    mean(rows.flatMap((p, i) => rows.flatMap((q, j) => (i === j ? [] : [similarity(p, q)]))));
  const across = mean(a.flatMap((p) => b.map((q) => similarity(p, q))));
  expect(mmd(tensor(a, float64), tensor(b, float64), { kernel, scales }).item()).toBeCloseTo(
    within(a) + within(b) - 2 * across,
    14,
  );
});

test.each([
  ['apart', 0.8, 0.6],
  ['equal', 0, 1],
])('between normals that are %s it has the exact mean', (_, shift, scale) => {
  // E exp(−‖u − v‖²/h) for u − v ~ N(m, s²I) in D dimensions is (h/(h + 2s²))^(D/2)·exp(−‖m‖²/(h + 2s²)).
  const [dimensions, h] = [3, 6];
  const expected = (variance: number, distance: number): number =>
    (h / (h + 2 * variance)) ** (dimensions / 2) * Math.exp(-distance / (h + 2 * variance));
  const truth =
    expected(2 * scale ** 2, 0) + expected(2, 0) - 2 * expected(1 + scale ** 2, dimensions * shift ** 2);
  const measured = Array.from({ length: 300 }, (_, i) => {
    const [first, second] = key.foldIn(i).split(2) as [RandomKey, RandomKey];
    const options = { mean: shift, standardDeviation: scale, dtype: 'float64' } as const;
    return mmd(normal(first, [40, dimensions], options), normal(second, [50, dimensions], float64), {
      kernel: 'rbf',
      scales: [1],
    }).item();
  });
  const { mean: average, standardError } = estimate(measured);
  expect(Math.abs(average - truth)).toBeLessThan(4 * standardError);
  expect(standardError).toBeLessThan(0.004);
});

test.each(kernels)('%s: gradients agree with differences', (kernel) => {
  checkGradients((first, second) => mmd(first!, second!, { kernel }), [a, b]);
});

test.each([
  [
    [1, 2],
    [3, 2],
  ],
  [
    [3, 2],
    [3, 1],
  ],
  [[3], [3]],
])('refuses draws %j and %j', (first, second) => {
  const build = (): unknown => mmd(zeros(first), zeros(second));
  expect(build).toThrow(ShapeError);
  expect(build).toThrow('both must be draws [count, D] of the same D, two or more.');
});

test.each([[[]], [[1, 0]], [[Number.NaN]]])('refuses the scales %j', (scales) => {
  const build = (): unknown => mmd(zeros([2, 2]), zeros([2, 2]), { scales });
  expect(build).toThrow(ArgumentError);
  expect(build).toThrow(`mmd: scales are [${scales.join(', ')}]; give one or more numbers above 0.`);
});
