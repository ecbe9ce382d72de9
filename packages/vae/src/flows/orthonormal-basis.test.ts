import { checkGradients, Variable } from '@reparam/autograd';
import { normal, RandomKey, type Tensor, tensor } from '@reparam/tensor';
import { describe, expect, test } from 'vitest';
import { Householder } from './householder.ts';
import {
  axesInOrder,
  axesReversed,
  DependentColumnsError,
  MatrixBasis,
  type OrthonormalBasis,
  orthonormalize,
  ReflectionBasis,
} from './orthonormal-basis.ts';

const key = RandomKey.fromSeed(44);
const float64 = { dtype: 'float64' } as const;
const draw = (number: number, shape: number[]): Variable =>
  new Variable(normal(key.foldIn(number), shape, float64));
const of = (values: number[][]): Variable => new Variable(tensor(values, float64));
const largest = (x: Variable): number => x.abs().max().item();

/** Worst |QᵀQ − 1|. */
function deviation(q: Variable): number {
  const product = q.cast('float64').transpose().matmul(q.cast('float64')).toArray() as number[][];
  return Math.max(...product.flatMap((row, i) => row.map((x, j) => Math.abs(x - (i === j ? 1 : 0)))));
}

describe('orthonormalize', () => {
  test('gives orthonormal columns, of one matrix or of a batch', () => {
    expect(deviation(orthonormalize(draw(1, [6, 4])))).toBeLessThan(1e-14);
    const batch = orthonormalize(draw(2, [3, 5, 2]));
    for (let i = 0; i < 3; i++) expect(deviation(batch.slice([i]))).toBeLessThan(1e-14);
    expect(deviation(orthonormalize(draw(3, [6, 4]).cast('float32')))).toBeLessThan(2e-6);
  });

  test('gives the nearest one: 1 of a positive definite matrix, a rotation of its multiples', () => {
    const identity = orthonormalize(
      of([
        [3, 1],
        [1, 0.7],
      ]),
    );
    expect(
      largest(
        identity.sub(
          of([
            [1, 0],
            [0, 1],
          ]),
        ),
      ),
    ).toBeLessThan(1e-14);
    const rotation = of([
      [0.6, -0.8],
      [0.8, 0.6],
    ]);
    expect(largest(orthonormalize(rotation.mul(17)).sub(rotation))).toBeLessThan(1e-14);
  });

  test('gets there from columns that are nearly dependent', () => {
    expect(
      deviation(
        orthonormalize(
          of([
            [1, 1],
            [0, 1e-6],
          ]),
        ),
      ),
    ).toBeLessThan(1e-9);
  });

  test('its derivatives agree with differences', () => {
    for (const order of [1, 2] as const) {
      checkGradients((raw) => orthonormalize(raw!), [normal(key, [3, 2], float64)], { order });
    }
  });

  test('refuses columns that are dependent', () => {
    expect(() =>
      orthonormalize(
        of([
          [1, 1],
          [2, 2],
        ]),
      ),
    ).toThrow(DependentColumnsError);
    expect(() => orthonormalize(draw(4, [2, 3]))).toThrow(
      'orthonormalize: the 3 columns of raw, [2, 3], are not independent or not finite',
    );
  });
});

describe('bases', () => {
  const reflections = [draw(5, [4]), draw(6, [4]), draw(7, [4])];
  const bases: [string, OrthonormalBasis, number][] = [
    ['a matrix', new MatrixBasis(orthonormalize(draw(8, [4, 2]))), 2],
    ['reflections', new ReflectionBasis(reflections), 4],
    ['axes in order', axesInOrder, 4],
    ['axes reversed', axesReversed, 4],
  ];

  test.each(bases)('%s: QᵀQ = 1, and coordinates are the transpose of combine', (_, basis, columns) => {
    const [w, z] = [draw(9, [5, columns]), draw(10, [5, 4])];
    expect(largest(basis.coordinates(basis.combine(w)).sub(w))).toBeLessThan(1e-14);
    const [one, other] = [basis.combine(w).mul(z), basis.coordinates(z).mul(w)];
    expect(largest(one.sum({ axes: -1 }).sub(other.sum({ axes: -1 })))).toBeLessThan(1e-14);
    expect(basis.detach().combine(w).toArray()).toEqual(basis.combine(w).toArray());
  });
});

test('a reflection turns its vector round and leaves what is across alone', () => {
  const flow = new Householder(tensor([3, 4], float64) as Tensor);
  const { value, logDet } = flow.forwardAndLogDet(
    of([
      [3, 4],
      [-4, 3],
      [1, 0],
    ]),
  );
  const expected = of([
    [-3, -4],
    [-4, 3],
    [1 - (2 * 9) / 25, -(2 * 12) / 25],
  ]);
  expect(largest(value.sub(expected))).toBeLessThan(1e-15);
  expect(logDet.toArray()).toEqual([0, 0, 0]);
});
